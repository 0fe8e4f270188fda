/**
 * Data of a command and the PRP entries that name it, in any layout (NVM Express 1.4, Physical
 * Region Page Entry and List): where the first page begins, in which order the pages lie, where the
 * list lies in its page, and whether lists are chained.
 */
import type { DmaMemory } from '../../../sim/buses/pci/function.ts';
import { RawMemory } from './raw-memory.ts';

export interface Layout {
  /** Where in its page the data begin; a multiple of four. */
  readonly offset?: number;
  /** Which page of memory the first, second, ... page of the data lies in; default: in order. */
  readonly order?: readonly number[];
  /** Where in its page the first list begins; a multiple of eight. */
  readonly listOffset?: number;
  readonly pageBytes?: number;
}

const ENTRY_BYTES = 8;

/** Pages of data and pages of PRP lists, until `free`. */
export class RawData {
  readonly bytes: number;
  readonly prp1: number;
  /** Zero where one entry is enough. */
  readonly prp2: number;
  readonly #memory: RawMemory;
  readonly #lists: RawMemory | undefined;
  readonly #offset: number;
  readonly #pageBytes: number;
  readonly #order: readonly number[];

  /** @param bytes 1 or more */
  constructor(memory: DmaMemory, bytes: number, layout: Layout = {}) {
    const { offset = 0, pageBytes = 4096, listOffset = 0 } = layout;
    const pages = Math.max(1, Math.ceil((offset + bytes) / pageBytes));
    this.bytes = bytes;
    this.#offset = offset;
    this.#pageBytes = pageBytes;
    this.#order = layout.order ?? Array.from({ length: pages }, (_, index) => index);
    this.#memory = new RawMemory(memory, pages * pageBytes, pageBytes);
    this.prp1 = this.pageAddress(0) + offset;
    this.prp2 = pages === 2 ? this.pageAddress(1) : 0;
    if (pages <= 2) return;
    this.#lists = new RawMemory(memory, this.#listPages(pages - 1, listOffset), pageBytes);
    this.prp2 = this.#lists.address + listOffset;
    this.#link(this.#lists, pages, listOffset);
  }

  /** For a command. */
  get pointer(): { readonly prp1: number; readonly prp2: number } {
    return { prp1: this.prp1, prp2: this.prp2 };
  }

  /** The address of the n-th page of the data. */
  pageAddress(index: number): number {
    return this.#memory.address + this.#place(index);
  }

  /** Takes the place of one entry of the first list: for lists that are wrong. */
  spoil(entry: number, address: number | bigint): void {
    const lists = this.#lists;
    if (lists === undefined) throw new RangeError('These data need no PRP list.');
    lists.write64(this.prp2 - lists.address + entry * ENTRY_BYTES, address);
  }

  write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const [at, count] = this.#piece(done, bytes.length);
      this.#memory.write(at, bytes.subarray(done, done + count));
      done += count;
    }
  }

  read(): Uint8Array {
    const bytes = new Uint8Array(this.bytes);
    for (let done = 0; done < bytes.length;) {
      const [at, count] = this.#piece(done, bytes.length);
      bytes.set(this.#memory.read(at, count), done);
      done += count;
    }
    return bytes;
  }

  /** Every byte of every page, the data's surroundings too. */
  fill(value: number): void {
    this.#memory.fill(value);
  }

  /** Whether every byte before and behind the data is `value`. */
  isFilledAround(value: number): boolean {
    const first = this.#memory.read(this.#place(0), this.#offset);
    const end = this.#offset + this.bytes;
    const last = this.#order.length - 1;
    const used = end - last * this.#pageBytes;
    const rest = this.#memory.read(this.#place(last) + used, this.#pageBytes - used);
    return [...first, ...rest].every((byte) => byte === value);
  }

  free(): void {
    this.#memory.free();
    this.#lists?.free();
  }

  #place(page: number): number {
    return (this.#order[page] ?? page) * this.#pageBytes;
  }

  /** Where a byte of the data lies in memory, and how many of them lie there in one piece. */
  #piece(done: number, length: number): [at: number, count: number] {
    const from = this.#offset + done;
    const inPage = from % this.#pageBytes;
    const page = (from - inPage) / this.#pageBytes;
    return [this.#place(page) + inPage, Math.min(this.#pageBytes - inPage, length - done)];
  }

  /** Bytes of whole pages for so many entries, the first list beginning at an offset. */
  #listPages(entries: number, offset: number): number {
    const first = (this.#pageBytes - offset) / ENTRY_BYTES;
    if (entries <= first) return this.#pageBytes;
    // The last entry of a full list that goes on names the next list.
    const each = this.#pageBytes / ENTRY_BYTES - 1;
    return (1 + Math.ceil((entries - (first - 1) - 1) / each)) * this.#pageBytes;
  }

  #link(lists: RawMemory, pages: number, listOffset: number): void {
    let at = listOffset;
    for (let page = 1; page < pages; page++) {
      const isLastSlot = (at + ENTRY_BYTES) % this.#pageBytes === 0;
      if (isLastSlot && page < pages - 1) {
        lists.write64(at, lists.address + at + ENTRY_BYTES);
        at += ENTRY_BYTES;
      }
      lists.write64(at, this.pageAddress(page));
      at += ENTRY_BYTES;
    }
  }
}
