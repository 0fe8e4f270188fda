/** Lines out and in over a pair of file descriptors, blocking. */
import { readSync, writeSync } from 'node:fs';

/** Longest line that the other side may send, in characters: a b64read of 1 MiB fits. */
export const LINE_LENGTH_MAX = 2 ** 21;
const CHUNK = 65_536;

export interface LineEnds {
  /** Descriptor that we write to. */
  readonly out: number;
  /** Descriptor that we read from. */
  readonly in: number;
}

export class LineChannel {
  readonly #ends: LineEnds;
  readonly #gone: (cause?: unknown) => Error;
  readonly #chunk = Buffer.allocUnsafe(CHUNK);
  #text = '';
  #at = 0;

  /** @param gone makes the error for a channel whose other side has closed */
  constructor(ends: LineEnds, gone: (cause?: unknown) => Error) {
    this.#ends = ends;
    this.#gone = gone;
  }

  /** @throws what `gone` makes */
  writeLine(line: string): void {
    const bytes = Buffer.from(`${line}\n`, 'latin1');
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#ends.out, bytes, at);
    } catch (error) {
      throw this.#gone(error);
    }
  }

  /** Blocks until a whole line is here. @throws what `gone` makes, RangeError on a huge line */
  readLine(): string {
    for (;;) {
      const end = this.#text.indexOf('\n', this.#at);
      if (end >= 0) {
        const line = this.#text.slice(this.#at, end);
        this.#at = end + 1;
        return line;
      }
      this.#fill();
    }
  }

  #fill(): void {
    let count: number;
    try {
      count = readSync(this.#ends.in, this.#chunk, 0, CHUNK, null);
    } catch (error) {
      throw this.#gone(error);
    }
    if (count === 0) throw this.#gone();
    this.#text = this.#text.slice(this.#at) + this.#chunk.toString('latin1', 0, count);
    this.#at = 0;
    if (this.#text.length > LINE_LENGTH_MAX) {
      throw new RangeError(`the peer sent a line of over ${LINE_LENGTH_MAX} characters`);
    }
  }
}
