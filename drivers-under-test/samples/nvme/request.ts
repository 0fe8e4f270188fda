/**
 * A client's request on its way to the controller. Objects are used again and again: a read or
 * write allocates nothing here.
 */
import {
  Command,
  DatasetManagement,
  DatasetRange,
  ReadWrite,
} from '../../../sim/devices/nvme/structures.ts';
import type { BlockRange, BlockSegment } from '../../host/classes/block-device.ts';
import { kIOMemoryDirectionOut } from '../../host/io-memory-descriptor.ts';
import { DmaArea, type DmaOwner } from './dma-area.ts';
import type { ListSpace, QueuedCommand } from './queue-pair.ts';
import { Transfer } from './transfer.ts';

export const IoOpcode = {
  Flush: 0x00,
  Write: 0x01,
  Read: 0x02,
  WriteZeroes: 0x08,
  DatasetManagement: 0x09,
} as const;
type Opcode = (typeof IoOpcode)[keyof typeof IoOpcode];

/** Blocks of one Write Zeroes, and of one range of Dataset Management; their fields' widths. */
const ZEROES_MAX = 0x1_0000;
const RANGE_BLOCKS_MAX = 0xffff_ffff;
export const RANGES_MAX = 256;

/** Whom a request tells that its command has ended. */
export interface RequestOwner {
  requestEnded(request: IoRequest, status: number): void;
}

export class IoRequest implements QueuedCommand {
  /** In a list of requests. */
  next: IoRequest | undefined;
  id = 0;
  unit = 0;
  nsid = 0;
  opcode: Opcode = IoOpcode.Flush;
  lba = 0;
  blocks = 0;
  bytes = 0;
  fua = false;
  segments: readonly BlockSegment[] = [];
  ranges: readonly BlockRange[] = [];
  deadline = Infinity;
  /** Commands sent for this request, or for its present part. */
  attempts = 0;
  /** An abort of the present command was asked for. */
  aborted = false;
  /** What is mapped for it. */
  isPrepared = false;
  /** Blocks, or ranges, that earlier commands have dealt with. */
  #done = 0;
  readonly #owner: RequestOwner;
  readonly #dma: DmaOwner;
  readonly #pageBytes: number;
  readonly #transfer: Transfer;
  #rangeList: DmaArea | undefined;

  constructor(owner: RequestOwner, dma: DmaOwner, pageBytes: number) {
    this.#owner = owner;
    this.#dma = dma;
    this.#pageBytes = pageBytes;
    this.#transfer = new Transfer(dma, pageBytes);
  }

  /** Maps its memory. @throws kIOReturnNoMemory, kIOReturnNoResources; nothing is mapped then */
  prepare(): void {
    if (this.opcode === IoOpcode.Read || this.opcode === IoOpcode.Write) {
      this.#transfer.prepare(this.segments, this.opcode === IoOpcode.Read);
    } else if (this.opcode === IoOpcode.DatasetManagement) {
      const bytes = RANGES_MAX * DatasetRange.bytes;
      this.#rangeList = new DmaArea(this.#dma, kIOMemoryDirectionOut, bytes, this.#pageBytes);
    }
    this.isPrepared = true;
  }

  /** The controller is done with its memory. */
  complete(isGood: boolean): void {
    if (!this.isPrepared) return;
    this.isPrepared = false;
    this.#transfer.complete(isGood);
    this.#rangeList?.release();
    this.#rangeList = undefined;
  }

  /** Ready for another request. */
  recycle(): void {
    this.segments = [];
    this.ranges = [];
    this.fua = false;
    this.attempts = 0;
    this.aborted = false;
    this.#done = 0;
  }

  release(): void {
    this.#transfer.release();
  }

  /** A command ended well. @returns whether the request needs another one */
  advance(): boolean {
    this.attempts = 0;
    if (this.opcode === IoOpcode.WriteZeroes) {
      this.#done += this.#zeroes();
      return this.#done < this.blocks;
    }
    if (this.opcode !== IoOpcode.DatasetManagement) return false;
    this.#done += RANGES_MAX;
    return this.#done < this.ranges.length;
  }

  fill(entry: Uint8Array, list: ListSpace): void {
    Command.OPC.set(entry, 0, this.opcode);
    Command.NSID.set(entry, 0, this.nsid);
    switch (this.opcode) {
      case IoOpcode.Read:
      case IoOpcode.Write:
        this.#fillTransfer(entry, list);
        break;
      case IoOpcode.WriteZeroes:
        ReadWrite.SLBA.set(entry, 0, this.lba + this.#done);
        ReadWrite.NLB.set(entry, 0, this.#zeroes() - 1);
        break;
      case IoOpcode.DatasetManagement:
        this.#fillRanges(entry);
        break;
      case IoOpcode.Flush:
        break;
    }
  }

  ended(status: number): void {
    this.#owner.requestEnded(this, status);
  }

  #fillTransfer(entry: Uint8Array, list: ListSpace): void {
    const { entries } = this.#transfer;
    ReadWrite.SLBA.set(entry, 0, this.lba);
    ReadWrite.NLB.set(entry, 0, this.blocks - 1);
    if (this.fua) ReadWrite.FUA.set(entry, 0, 1);
    Command.PRP1.set(entry, 0, entries[0] as number);
    if (entries.length === 2) Command.PRP2.set(entry, 0, entries[1] as number);
    if (entries.length > 2) Command.PRP2.set(entry, 0, list.write(entries, 1));
  }

  #fillRanges(entry: Uint8Array): void {
    const list = this.#rangeList as DmaArea;
    const bytes = new Uint8Array(RANGES_MAX * DatasetRange.bytes);
    const part = this.ranges.slice(this.#done, this.#done + RANGES_MAX);
    for (let index = 0; index < part.length; index++) {
      const { lba, blocks } = part[index] as BlockRange;
      DatasetRange.NLB.set(bytes, index * DatasetRange.bytes, blocks);
      DatasetRange.SLBA.set(bytes, index * DatasetRange.bytes, lba);
    }
    list.memory.write(0, bytes);
    DatasetManagement.NR.set(entry, 0, part.length - 1);
    DatasetManagement.AD.set(entry, 0, 1);
    Command.PRP1.set(entry, 0, list.address);
  }

  #zeroes(): number {
    return Math.min(this.blocks - this.#done, ZEROES_MAX);
  }
}

/** Ranges of a trim in pieces that their fields can say. */
export function splitRanges(ranges: readonly BlockRange[]): BlockRange[] {
  const split: BlockRange[] = [];
  for (const { lba, blocks } of ranges) {
    for (let done = 0; done < blocks; done += RANGE_BLOCKS_MAX) {
      split.push({ lba: lba + done, blocks: Math.min(blocks - done, RANGE_BLOCKS_MAX) });
    }
  }
  return split;
}
