/** What each byte of a memory may be, by what was asked for and what went wrong meanwhile. */
import { ExpectationError } from '../../expect.ts';
import type { Range } from './facts.ts';

const ERASED = 0xff;

export class Contents {
  readonly #bytes: number;
  readonly #pageBytes: number;
  /** By address; of what is missing nothing is known. */
  readonly #legal = new Map<number, ReadonlySet<number>>();

  constructor(bytes: number, pageBytes: number) {
    this.#bytes = bytes;
    this.#pageBytes = pageBytes;
  }

  written(offset: number, bytes: Uint8Array): void {
    bytes.forEach((byte, index) => this.#legal.set(offset + index, new Set([byte])));
  }

  /** A write that did not succeed, or that another one overlapped. */
  maybeWritten(offset: number, bytes: Uint8Array, isCut: boolean): void {
    bytes.forEach((byte, index) => {
      const before = this.#legal.get(offset + index);
      if (before === undefined) return;
      this.#legal.set(offset + index, new Set([...before, byte, ...(isCut ? [ERASED] : [])]));
    });
  }

  /** The power fails: the cycle of a write that failed before may have been running still. */
  cut(): void {
    for (const [at, legal] of this.#legal) {
      if (legal.size > 1) this.#legal.set(at, new Set([...legal, ERASED]));
    }
  }

  /**
   * These bits of one byte of a write flipped: of a word address, maybe.
   * @param isVerified the write succeeded: its own bytes are where they should be
   */
  spoilt({ offset, length }: Range, bits: number, isVerified: boolean): void {
    const isOwn = (at: number) => isVerified && at >= offset && at < offset + length;
    for (let at = offset; at < offset + length; at = this.#pageOf(at) + this.#pageBytes) {
      for (const other of [at ^ bits, at ^ (bits * 256)]) {
        const page = this.#pageOf(other % this.#bytes);
        for (let each = page; each < page + this.#pageBytes; each++) {
          if (!isOwn(each)) this.#legal.delete(each);
        }
      }
      if (isVerified) continue;
      for (let each = at; each < offset + length; each++) this.#legal.delete(each);
    }
  }

  /** Where something is known. */
  known(): Range[] {
    const ranges: { offset: number; length: number }[] = [];
    for (const at of [...this.#legal.keys()].toSorted((a, b) => a - b)) {
      const last = ranges.at(-1);
      if (last !== undefined && last.offset + last.length === at) last.length++;
      else ranges.push({ offset: at, length: 1 });
    }
    return ranges;
  }

  forget(): void {
    this.#legal.clear();
  }

  /** @throws ExpectationError */
  explain(offset: number, bytes: Uint8Array, what: string): void {
    bytes.forEach((byte, index) => {
      const legal = this.#legal.get(offset + index);
      if (legal === undefined || legal.has(byte)) return;
      const place = `${what}: the byte at ${offset + index}`;
      throw new ExpectationError(place, [...legal].join(' or '), `${byte}`);
    });
  }

  #pageOf(at: number): number {
    return at - (at % this.#pageBytes);
  }
}
