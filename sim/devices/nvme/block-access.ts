/**
 * What the I/O commands do with the blocks of a namespace: the checks that they share, data in and
 * out, the write that a command holds until it ends.
 *
 * NVM Express Base Specification 1.4, "NVM Command Set" (secondary sources). Not modelled: metadata
 * and protection information.
 */
import { EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import type { Content } from './cache.ts';
import type { Execution } from './execution.ts';
import { BlockState } from './media.ts';
import type { Namespaces, NvmeNamespace } from './namespaces.ts';
import { Status } from './status.ts';
import { Command, ReadWrite } from './structures.ts';

export class BlockAccess {
  /** Of the SMART log: commands that found what they could not read. */
  mediaErrors = 0;
  readonly #world: World;
  readonly #namespaces: Namespaces;
  readonly #transferBytesMax: number;
  readonly #buffer: Uint8Array;
  readonly #other: Uint8Array;
  /** The last part of the buffer that was handed out: most commands have the same length. */
  #view: Uint8Array;

  /** `transferBytesMax`: what one command may transfer (MDTS). */
  constructor(world: World, namespaces: Namespaces, transferBytesMax: number) {
    this.#world = world;
    this.#namespaces = namespaces;
    this.#transferBytesMax = transferBytesMax;
    this.#buffer = new Uint8Array(transferBytesMax);
    this.#other = new Uint8Array(transferBytesMax);
    this.#view = this.#buffer;
  }

  /** Whether a command with data may begin; if not it has ended. */
  accepts(execution: Execution, namespace: NvmeNamespace, bytes: number): boolean {
    if (bytes > this.#transferBytesMax) {
      execution.fail(Status.InvalidField, ReadWrite.NLB);
      return false;
    }
    if (!this.inRange(execution, namespace)) return false;
    const status = execution.data.open(bytes);
    if (status === Status.Success) return true;
    execution.fail(status, Command.PRP1);
    return false;
  }

  /** Whether its blocks are there; if not the command has ended. */
  inRange(execution: Execution, namespace: NvmeNamespace): boolean {
    const { sqe } = execution;
    const lba = ReadWrite.SLBA.get(sqe);
    if (lba + ReadWrite.NLB.get(sqe) >= namespace.blocks) {
      execution.fail(Status.LbaOutOfRange, ReadWrite.SLBA, lba);
      return false;
    }
    // No format has protection information: nothing can be checked or inserted.
    if (ReadWrite.PRINFO.get(sqe) === 0) return true;
    execution.fail(Status.InvalidProtection, ReadWrite.PRINFO);
    return false;
  }

  /** Whether its blocks can be read; if not the command has ended. */
  readable(execution: Execution, namespace: NvmeNamespace, lba: number, count: number): boolean {
    const { media } = namespace;
    const bad = media.find(BlockState.Uncorrectable, lba, count);
    if (bad >= 0) {
      this.mediaErrors++;
      execution.fail(Status.UnrecoveredRead, undefined, bad);
      return false;
    }
    if (!namespace.deallocatedError) return true;
    const missing = media.find(BlockState.Deallocated, lba, count);
    if (missing < 0) return true;
    execution.fail(Status.DeallocatedBlock, undefined, missing);
    return false;
  }

  /** Whether the blocks are as the host's data; if not the command has ended. */
  equals(execution: Execution, namespace: NvmeNamespace): boolean {
    const { sqe } = execution;
    const lba = ReadWrite.SLBA.get(sqe);
    const count = ReadWrite.NLB.get(sqe) + 1;
    const bytes = count * namespace.blockBytes;
    if (ReadWrite.FUA.get(sqe) === 1) namespace.cache.commit(lba, count);
    if (!this.readable(execution, namespace, lba, count)) return false;
    const view = this.part(bytes);
    const status = execution.data.fromHost(0, view);
    if (status !== Status.Success) {
      execution.fail(status);
      return false;
    }
    namespace.media.read(lba, count, this.#other);
    for (let at = 0; at < bytes; at++) {
      if (view[at] === this.#other[at]) continue;
      execution.fail(Status.CompareFailure, undefined, lba + Math.floor(at / namespace.blockBytes));
      return false;
    }
    return true;
  }

  /** Fetches the data and writes them; false when that ended the command. */
  store(execution: Execution, namespace: NvmeNamespace): boolean {
    const { sqe } = execution;
    const view = this.part((ReadWrite.NLB.get(sqe) + 1) * namespace.blockBytes);
    const status = execution.data.fromHost(0, view);
    if (status === Status.Success) return this.begin(execution, namespace, view);
    execution.fail(status);
    return false;
  }

  /** Writes; false when the medium is full, which ended the command. */
  begin(execution: Execution, namespace: NvmeNamespace, content: Content): boolean {
    const lba = ReadWrite.SLBA.get(execution.sqe);
    const count = ReadWrite.NLB.get(execution.sqe) + 1;
    execution.held = namespace.cache.begin(lba, count, content);
    if (execution.held !== undefined) return true;
    this.isFull(execution, lba);
    return false;
  }

  /** The write ends with its command. */
  release(execution: Execution): void {
    const { held, sqe } = execution;
    execution.held = undefined;
    held?.cache.end(held, ReadWrite.FUA.get(sqe) === 1 || !this.#namespaces.cacheEnabled);
  }

  /** Ends a command that writes more than the medium can hold. */
  isFull(execution: Execution, lba: number): void {
    this.#world.journal.note(EventKind.Gap, 'limitation: the medium holds 1 GiB at the most');
    execution.fail(Status.CapacityExceeded, undefined, lba);
  }

  /** So many bytes that a command may use until its step is over. */
  part(bytes: number): Uint8Array {
    if (this.#view.length !== bytes) this.#view = this.#buffer.subarray(0, bytes);
    return this.#view;
  }
}
