/**
 * The I/O commands: what is asked of the blocks of a namespace.
 *
 * NVM Express Base Specification 1.4, "NVM Command Set", "Fused Operations", "Atomic Operations"
 * (secondary sources). Not modelled: metadata and protection information, directives, Reservations.
 */
import type { Random } from '../../kernel/random.ts';
import type { World } from '../../kernel/world.ts';
import { BlockAccess } from './block-access.ts';
import type { Execution } from './execution.ts';
import { ATOMIC_BLOCKS, BROADCAST, type Namespaces, type NvmeNamespace } from './namespaces.ts';
import { Status } from './status.ts';
import { Command, DatasetManagement, DatasetRange, ReadWrite } from './structures.ts';

export const IoOpcode = {
  Flush: 0x00,
  Write: 0x01,
  Read: 0x02,
  WriteUncorrectable: 0x04,
  Compare: 0x05,
  WriteZeroes: 0x08,
  DatasetManagement: 0x09,
  Verify: 0x0c,
} as const;

/** From the command to its completion; a random part lets commands overtake each other. */
const READ_NS = 10_000;
const WRITE_NS = 15_000;
const FLUSH_NS = 100_000;
const MANAGE_NS = 20_000;
const JITTER_NS = 8_000;
const BYTES_PER_NS = 4;

/** Write Zeroes of more than this goes through the cache. */
const CACHED_ZEROS_MAX = 1024 * 1024;
/** Dataset Management names this many ranges at the most. */
const RANGES_MAX = 256;

export interface IoOptions {
  /** What one command may transfer: MDTS in bytes. */
  readonly transferBytesMax: number;
  /** False: commands take no time. */
  readonly timed: boolean;
}

export class IoCommands {
  /** Of the SMART log: commands that ended well, and blocks of 512 bytes that they moved. */
  reads = 0;
  writes = 0;
  unitsRead = 0;
  unitsWritten = 0;
  readonly #namespaces: Namespaces;
  readonly #options: IoOptions;
  readonly #random: Random;
  readonly #blocks: BlockAccess;

  constructor(world: World, namespaces: Namespaces, options: IoOptions) {
    this.#namespaces = namespaces;
    this.#options = options;
    this.#random = world.random('nvme latency');
    this.#blocks = new BlockAccess(world, namespaces, options.transferBytesMax);
  }

  /** Of the SMART log: commands that found what they could not read. */
  get mediaErrors(): number {
    return this.#blocks.mediaErrors;
  }

  /** One step of a command. */
  execute(execution: Execution): void {
    const { sqe } = execution;
    const nsid = Command.NSID.get(sqe);
    const opcode = Command.OPC.get(sqe);
    if (opcode === IoOpcode.Flush && nsid === BROADCAST) return this.#flush(execution, nsid);
    const namespace = this.#namespaces.active(nsid);
    if (namespace === undefined) {
      return this.#refuse(execution, this.#namespaces.refusal(nsid));
    }
    if (namespace.formatting) return this.#refuse(execution, Status.FormatInProgress);
    // The blocks that the first step found are gone.
    if (execution.step === 0) execution.note = namespace.generation;
    else if (opcode !== IoOpcode.Flush && execution.note !== namespace.generation) {
      return this.#refuse(execution, Status.FormatInProgress);
    }
    if (execution.fused !== undefined) return this.#compareAndWrite(execution, namespace);
    this.#dispatch(execution, namespace, opcode);
  }

  #dispatch(execution: Execution, namespace: NvmeNamespace, opcode: number): void {
    switch (opcode) {
      case IoOpcode.Read:
        return this.#read(execution, namespace);
      case IoOpcode.Write:
        return this.#write(execution, namespace);
      case IoOpcode.Flush:
        return this.#flush(execution, namespace.id);
      case IoOpcode.Compare:
        return this.#compare(execution, namespace);
      case IoOpcode.WriteZeroes:
        return this.#writeZeroes(execution, namespace);
      case IoOpcode.WriteUncorrectable:
        return this.#writeUncorrectable(execution, namespace);
      case IoOpcode.DatasetManagement:
        return this.#manage(execution, namespace);
      case IoOpcode.Verify:
        return this.#verify(execution, namespace);
      default:
        execution.fail(Status.InvalidOpcode, Command.OPC);
    }
  }

  #read(execution: Execution, namespace: NvmeNamespace): void {
    const { sqe } = execution;
    const lba = ReadWrite.SLBA.get(sqe);
    const count = ReadWrite.NLB.get(sqe) + 1;
    const bytes = count * namespace.blockBytes;
    if (execution.step === 0) {
      if (!this.#blocks.accepts(execution, namespace, bytes)) return;
      if (this.#waits(execution, READ_NS, bytes)) return;
    }
    if (ReadWrite.FUA.get(sqe) === 1) namespace.cache.commit(lba, count);
    if (!this.#blocks.readable(execution, namespace, lba, count)) return;
    const view = this.#blocks.part(bytes);
    namespace.media.read(lba, count, view);
    const status = execution.data.toHost(0, view);
    if (status !== Status.Success) return execution.fail(status);
    this.reads++;
    this.unitsRead += bytes / 512;
    execution.complete(Status.Success);
  }

  /** The data are fetched at once or late, as a controller likes: the host must not rely on it. */
  #write(execution: Execution, namespace: NvmeNamespace): void {
    const bytes = (ReadWrite.NLB.get(execution.sqe) + 1) * namespace.blockBytes;
    if (execution.step === 0) {
      if (!this.#blocks.accepts(execution, namespace, bytes)) return;
      const early = this.#options.timed && this.#random.chance(1, 2);
      if (early && !this.#blocks.store(execution, namespace)) return;
      if (this.#waits(execution, WRITE_NS, bytes)) return;
    }
    if (execution.held === undefined && !this.#blocks.store(execution, namespace)) return;
    this.#blocks.release(execution);
    this.writes++;
    this.unitsWritten += bytes / 512;
    execution.complete(Status.Success);
  }

  #flush(execution: Execution, nsid: number): void {
    if (execution.step === 0) {
      execution.note = this.#namespaces.tally.ended;
      if (this.#waits(execution, FLUSH_NS, 0)) return;
    }
    if (nsid === BROADCAST) {
      for (const { cache } of this.#namespaces.allocated()) cache.flush(execution.note);
    } else {
      this.#namespaces.active(nsid)?.cache.flush(execution.note);
    }
    execution.complete(Status.Success);
  }

  #compare(execution: Execution, namespace: NvmeNamespace): void {
    const bytes = (ReadWrite.NLB.get(execution.sqe) + 1) * namespace.blockBytes;
    if (execution.step === 0) {
      if (!this.#blocks.accepts(execution, namespace, bytes)) return;
      if (this.#waits(execution, READ_NS, bytes)) return;
    }
    if (this.#blocks.equals(execution, namespace)) execution.complete(Status.Success);
  }

  #writeZeroes(execution: Execution, namespace: NvmeNamespace): void {
    const { sqe } = execution;
    const lba = ReadWrite.SLBA.get(sqe);
    const count = ReadWrite.NLB.get(sqe) + 1;
    if (execution.step === 0) {
      if (!this.#blocks.inRange(execution, namespace)) return;
      if (this.#waits(execution, WRITE_NS, 0)) return;
    }
    const content = ReadWrite.DEAC.get(sqe) === 1 ? 'deallocated' : 'zeros';
    if (count * namespace.blockBytes > CACHED_ZEROS_MAX) {
      if (!namespace.cache.through(lba, count, content)) return this.#blocks.isFull(execution, lba);
    } else {
      if (!this.#blocks.begin(execution, namespace, content)) return;
      this.#blocks.release(execution);
    }
    execution.complete(Status.Success);
  }

  #writeUncorrectable(execution: Execution, namespace: NvmeNamespace): void {
    const { sqe } = execution;
    const lba = ReadWrite.SLBA.get(sqe);
    const count = ReadWrite.NLB.get(sqe) + 1;
    if (execution.step === 0) {
      if (!this.#blocks.inRange(execution, namespace)) return;
      if (this.#waits(execution, WRITE_NS, 0)) return;
    }
    if (!namespace.cache.through(lba, count, 'uncorrectable'))
      return this.#blocks.isFull(execution, lba);
    execution.complete(Status.Success);
  }

  #verify(execution: Execution, namespace: NvmeNamespace): void {
    const { sqe } = execution;
    const lba = ReadWrite.SLBA.get(sqe);
    const count = ReadWrite.NLB.get(sqe) + 1;
    if (execution.step === 0) {
      if (!this.#blocks.inRange(execution, namespace)) return;
      if (this.#waits(execution, READ_NS, 0)) return;
    }
    if (ReadWrite.FUA.get(sqe) === 1) namespace.cache.commit(lba, count);
    if (this.#blocks.readable(execution, namespace, lba, count)) execution.complete(Status.Success);
  }

  /** Only Deallocate has an effect; the hints for reading and writing are taken and forgotten. */
  #manage(execution: Execution, namespace: NvmeNamespace): void {
    const { sqe } = execution;
    const deallocates = DatasetManagement.AD.get(sqe) === 1;
    const length = Math.min(DatasetManagement.NR.get(sqe) + 1, RANGES_MAX) * DatasetRange.bytes;
    if (execution.step === 0) {
      const status = deallocates ? execution.data.open(length) : Status.Success;
      if (status !== Status.Success) return execution.fail(status, Command.PRP1);
      if (this.#waits(execution, MANAGE_NS, length)) return;
    }
    if (!deallocates) return execution.complete(Status.Success);
    const ranges = this.#blocks.part(length);
    const status = execution.data.fromHost(0, ranges);
    if (status !== Status.Success) return execution.fail(status);
    for (let at = 0; at < length; at += DatasetRange.bytes) {
      const lba = DatasetRange.SLBA.get(ranges, at);
      if (lba + DatasetRange.NLB.get(ranges, at) <= namespace.blocks) continue;
      return execution.fail(Status.LbaOutOfRange, undefined, lba);
    }
    for (let at = 0; at < length; at += DatasetRange.bytes) {
      const count = DatasetRange.NLB.get(ranges, at);
      namespace.cache.through(DatasetRange.SLBA.get(ranges, at), count, 'deallocated');
    }
    execution.complete(Status.Success);
  }

  /**
   * Compare and Write as one. Where the Compare fails the Write is not carried out; where the Write
   * cannot be, the Compare has ended as it did.
   */
  #compareAndWrite(compare: Execution, namespace: NvmeNamespace): void {
    const write = compare.fused as Execution;
    const bytes = (ReadWrite.NLB.get(compare.sqe) + 1) * namespace.blockBytes;
    if (compare.step === 0) {
      const status = fusedStatus(compare.sqe, write.sqe);
      if (status !== Status.Success) return this.#refuse(compare, status);
      if (!this.#blocks.accepts(compare, namespace, bytes)) {
        return write.fail(Status.AbortedFailedFused);
      }
      if (this.#waits(compare, WRITE_NS, bytes)) return;
    }
    if (!this.#blocks.equals(compare, namespace)) return write.fail(Status.AbortedFailedFused);
    compare.complete(Status.Success);
    if (!this.#blocks.accepts(write, namespace, bytes) || !this.#blocks.store(write, namespace))
      return;
    this.#blocks.release(write);
    this.writes++;
    this.unitsWritten += bytes / 512;
    write.complete(Status.Success);
  }

  /** Ends a command before anything was done; of two fused ones both. */
  #refuse(execution: Execution, status: number): void {
    const { fused, held } = execution;
    execution.held = undefined;
    held?.cache.end(held, false);
    const field = status === Status.FormatInProgress ? undefined : Command.NSID;
    execution.fail(status, field);
    fused?.fail(Status.AbortedFailedFused);
  }

  /** Whether the next step comes later; without time it is now. */
  #waits(execution: Execution, ns: number, bytes: number): boolean {
    if (!this.#options.timed) return false;
    execution.again(ns + bytes / BYTES_PER_NS + this.#random.below(JITTER_NS));
    return true;
  }
}

/** Whether two fused commands are a Compare and a Write of the same blocks. */
function fusedStatus(first: Uint8Array, second: Uint8Array): number {
  const isPair =
    Command.OPC.get(first) === IoOpcode.Compare && Command.OPC.get(second) === IoOpcode.Write;
  const isSame =
    Command.NSID.get(first) === Command.NSID.get(second) &&
    ReadWrite.SLBA.get(first) === ReadWrite.SLBA.get(second) &&
    ReadWrite.NLB.get(first) === ReadWrite.NLB.get(second);
  if (!isPair || !isSame) return Status.InvalidField;
  return ReadWrite.NLB.get(first) < ATOMIC_BLOCKS ? Status.Success : Status.AtomicWriteUnitExceeded;
}
