/**
 * PRP entries and lists: the pages of host memory that a command's data go through.
 *
 * NVM Express Base Specification 1.4, "Physical Region Page Entry and List" (secondary). SGLs are
 * refused.
 */
import type { DataPointer, Execution } from './execution.ts';
import { Status } from './status.ts';
import { Command, PrpEntry } from './structures.ts';

/** The smallest page (CAP.MPSMIN). */
export const PAGE_MIN = 4096;
/** Bytes that one command moves at the most (Identify Controller MDTS). */
export const TRANSFER_MAX = 512 * 1024;
/** The first page may begin anywhere, hence one more. */
const SEGMENTS_MAX = TRANSFER_MAX / PAGE_MIN + 1;
const ENTRY_BYTES = PrpEntry.bytes;

/** What a data pointer needs of its controller. */
export interface Transfers {
  /** Bytes of a memory page, as CC.MPS says. */
  readonly pageBytes: number;
  /** PRP lists are read here. False: the host's memory does not answer. */
  readList(address: number, into: Uint8Array, bytes: number): boolean;
  toHost(of: Execution, offset: number, address: number, bytes: Uint8Array): boolean;
  fromHost(of: Execution, offset: number, address: number, into: Uint8Array): boolean;
}

export class PrpPointer implements DataPointer {
  readonly #sqe: Uint8Array;
  readonly #transfers: Transfers;
  readonly #of: Execution;
  readonly #addresses = new Float64Array(SEGMENTS_MAX);
  /** Where each segment begins in the transfer; one more for the end. */
  readonly #starts = new Uint32Array(SEGMENTS_MAX + 1);
  #count = 0;
  /** The segment of the last access: transfers go on where they were. */
  #cursor = 0;

  constructor(sqe: Uint8Array, transfers: Transfers, of: Execution) {
    this.#sqe = sqe;
    this.#of = of;
    this.#transfers = transfers;
  }

  get length(): number {
    return this.#starts[this.#count] as number;
  }

  open(length: number): number {
    const sqe = this.#sqe;
    this.#count = 0;
    this.#cursor = 0;
    this.#starts[0] = 0;
    if (Command.PSDT.get(sqe) !== 0 || length > TRANSFER_MAX) return Status.InvalidField;
    if (length === 0) return Status.Success;
    const page = this.#transfers.pageBytes;
    const first = Command.PRP1.get(sqe);
    if (first % 4 !== 0) return Status.InvalidPrpOffset;
    const room = page - (first % page);
    this.#add(first, Math.min(length, room));
    if (length <= room) return Status.Success;
    const rest = length - room;
    const second = Command.PRP2.get(sqe);
    if (rest > page) return this.#openList(second, rest);
    if (second % page !== 0) return Status.InvalidPrpOffset;
    this.#add(second, rest);
    return Status.Success;
  }

  toHost(offset: number, bytes: Uint8Array): number {
    let done = 0;
    while (done < bytes.length) {
      const segment = this.#seek(offset + done);
      if (segment < 0) return Status.InternalError;
      const within = offset + done - (this.#starts[segment] as number);
      const end = this.#starts[segment + 1] as number;
      const count = Math.min(bytes.length - done, end - offset - done);
      const part = count === bytes.length ? bytes : bytes.subarray(done, done + count);
      const address = (this.#addresses[segment] as number) + within;
      if (!this.#transfers.toHost(this.#of, offset + done, address, part)) {
        return Status.DataTransferError;
      }
      done += count;
    }
    return Status.Success;
  }

  fromHost(offset: number, into: Uint8Array): number {
    let done = 0;
    while (done < into.length) {
      const segment = this.#seek(offset + done);
      if (segment < 0) return Status.InternalError;
      const within = offset + done - (this.#starts[segment] as number);
      const end = this.#starts[segment + 1] as number;
      const count = Math.min(into.length - done, end - offset - done);
      const part = count === into.length ? into : into.subarray(done, done + count);
      const address = (this.#addresses[segment] as number) + within;
      if (!this.#transfers.fromHost(this.#of, offset + done, address, part)) {
        return Status.DataTransferError;
      }
      done += count;
    }
    return Status.Success;
  }

  /** `at`: the first list may begin anywhere in its page, each later one at the start of one. */
  #openList(at: number, rest: number): number {
    const page = this.#transfers.pageBytes;
    if (at % ENTRY_BYTES !== 0) return Status.InvalidPrpOffset;
    let left = rest;
    let list = at;
    while (left > 0) {
      const needed = Math.ceil(left / page);
      const slots = Math.floor((page - (list % page)) / ENTRY_BYTES);
      // The last entry of a page that is not the last one points to the next.
      const entries = needed > slots ? slots - 1 : needed;
      const read = needed > slots ? slots : needed;
      if (!this.#transfers.readList(list, LIST, read * ENTRY_BYTES)) {
        return Status.DataTransferError;
      }
      for (let index = 0; index < entries; index++) {
        const address = PrpEntry.ADDRESS.get(LIST, index * ENTRY_BYTES);
        if (address % page !== 0) return Status.InvalidPrpOffset;
        this.#add(address, Math.min(left, page));
        left -= Math.min(left, page);
      }
      if (left === 0) break;
      list = PrpEntry.ADDRESS.get(LIST, entries * ENTRY_BYTES);
      if (list % page !== 0) return Status.InvalidPrpOffset;
    }
    return Status.Success;
  }

  #add(address: number, length: number): void {
    this.#addresses[this.#count] = address;
    this.#count++;
    this.#starts[this.#count] = (this.#starts[this.#count - 1] as number) + length;
  }

  /** The segment with this byte of the transfer, or -1 beyond what was opened. */
  #seek(offset: number): number {
    const starts = this.#starts;
    if (offset < (starts[this.#cursor] as number)) this.#cursor = 0;
    while (this.#cursor < this.#count && offset >= (starts[this.#cursor + 1] as number)) {
      this.#cursor++;
    }
    if (this.#cursor < this.#count) return this.#cursor;
    this.#cursor = 0;
    return -1;
  }
}

/** One page of a PRP list at a time; used and left within one call. */
const LIST = new Uint8Array(SEGMENTS_MAX * ENTRY_BYTES);
