/** The memory that programs for an NVMe controller know, and what a command's PRP entries name. */
import type { DmaMemory } from '../../sim/buses/pci/function.ts';
import {
  DATA_BYTES,
  type Fill,
  MEMORY,
  NOWHERE,
  PAGE,
  type Place,
} from '../generators/nvme-steps.ts';
import { RawMemory } from '../suites/nvme/raw-memory.ts';

/** Aligned for the largest page size that programs use. */
const ALIGNMENT = 16 * PAGE;
/** Above all memory of every target. */
const NOWHERE_AT = 2 ** 40;
const DATA_AT = MEMORY.data * PAGE;
const ENTRY_BYTES = 8;
/** Pages of one transfer, lists and all. */
const ENTRIES_MAX = 1024;

/** So many bytes of the data area, from here on. */
interface Piece {
  readonly at: number;
  readonly bytes: number;
}

/** What the data area holds before a step, unless the program fills it: no two pages are alike. */
const PATTERN = Uint8Array.from(
  { length: DATA_BYTES },
  (_, at) => (at * 7 + Math.floor(at / 251)) % 251,
);

export class NvmeMemory {
  readonly #memory: RawMemory;
  /** The data area as the host left it. */
  #image = PATTERN;
  #isPattern = false;

  constructor(memory: DmaMemory) {
    this.#memory = new RawMemory(memory, MEMORY.end * PAGE, ALIGNMENT);
  }

  address({ page, offset }: Place): number {
    if (page >= NOWHERE) return NOWHERE_AT + (page - NOWHERE) * PAGE + offset;
    return this.#memory.address + page * PAGE + offset;
  }

  clear(page: number): void {
    this.#memory.write(page * PAGE, ZEROS);
  }

  write(page: number, offset: number, bytes: Uint8Array): void {
    this.#memory.write(page * PAGE + offset, bytes);
  }

  /** Little endian. */
  read32(page: number, offset: number): number {
    return this.#memory.read32(page * PAGE + offset);
  }

  /** The data area before a step. */
  prepare(fills: readonly Fill[]): void {
    if (!this.#isPattern) this.#memory.write(DATA_AT, PATTERN);
    this.#isPattern = true;
    this.#image = PATTERN;
    for (const fill of fills) {
      const bytes = this.#bytesOf(fill);
      this.write(fill.at.page, fill.at.offset, bytes);
      if (fill.at.page < MEMORY.data) continue;
      this.#isPattern = false;
      if (this.#image === PATTERN) this.#image = Uint8Array.from(PATTERN);
      this.#image.set(bytes, (fill.at.page - MEMORY.data) * PAGE + fill.at.offset);
    }
  }

  /** The data area after a step; undefined when it is as it was. */
  changed(): DataArea | undefined {
    const bytes = this.#memory.look(DATA_AT, DATA_BYTES);
    if (Buffer.compare(bytes, this.#image) === 0) return undefined;
    this.#isPattern = false;
    return { bytes: Uint8Array.from(bytes), before: this.#image };
  }

  /**
   * The places in the data area that a transfer reaches, in order; undefined where its PRP entries
   * leave it.
   */
  pieces(prp1: Place, prp2: Place, { bytes, pageBytes }: { bytes: number; pageBytes: number }) {
    const first = this.address(prp1);
    const pieces: Piece[] = [];
    let left = bytes;
    const take = (address: number): boolean => {
      const at = address - this.#memory.address - DATA_AT;
      const count = Math.min(left, pageBytes - (address % pageBytes));
      if (at < 0 || at + count > DATA_BYTES) return false;
      pieces.push({ at, bytes: count });
      left -= count;
      return true;
    };
    if (!take(first)) return undefined;
    if (left === 0) return pieces;
    const second = this.address(prp2);
    if (left <= pageBytes) return take(second) ? pieces : undefined;
    let at = second;
    for (let entries = 0; left > 0 && entries < ENTRIES_MAX; entries++) {
      const entry = this.#entry(at);
      const chains = (at + ENTRY_BYTES) % pageBytes === 0 && left > pageBytes;
      if (entry === undefined) return undefined;
      if (chains) at = entry;
      else if (take(entry)) at += ENTRY_BYTES;
      else return undefined;
    }
    return left === 0 ? pieces : undefined;
  }

  #entry(address: number): number | undefined {
    const at = address - this.#memory.address;
    if (at < 0 || at + ENTRY_BYTES > MEMORY.end * PAGE) return undefined;
    const bytes = this.#memory.read(at, ENTRY_BYTES);
    return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  }

  #bytesOf(fill: Fill): Uint8Array {
    if ('bytes' in fill) return Uint8Array.from(fill.bytes);
    const bytes = new Uint8Array(fill.entries.length * ENTRY_BYTES);
    const view = new DataView(bytes.buffer);
    for (const [index, place] of fill.entries.entries()) {
      view.setBigUint64(index * ENTRY_BYTES, BigInt(this.address(place)), true);
    }
    return bytes;
  }
}

const ZEROS = new Uint8Array(PAGE);

export interface DataArea {
  readonly bytes: Uint8Array;
  /** As the host left it. */
  readonly before: Uint8Array;
}

/** Takes the pieces out: their places are again as the host left them. */
export function cutOut({ bytes, before }: DataArea, pieces: readonly Piece[]): Uint8Array {
  const cut = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.bytes, 0));
  let done = 0;
  for (const { at, bytes: count } of pieces) {
    cut.set(bytes.subarray(at, at + count), done);
    done += count;
  }
  for (const { at, bytes: count } of pieces) bytes.set(before.subarray(at, at + count), at);
  return cut;
}
