/**
 * Lines of a text that comes in pieces, and a cursor in the line at hand: numbers and words are
 * read from bytes, so that a line costs no string. Every failure names line and column.
 */
import { Ascii } from './ascii.ts';
import { TraceError, atLine } from './trace-error.ts';

/** The longest line: a payload of the largest size in hexadecimal and a text beside it. */
export const LINE_MAX = 4 * 1_048_576;

const DIGITS_MAX = 16;
const LOW_DIGITS = 8;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class LineReader {
  /** The number of the line at hand, from 1. */
  line = 0;
  /** The line at hand is `bytes` from `start` to `end`; `at` is the cursor. */
  bytes = new Uint8Array(0);
  start = 0;
  end = 0;
  at = 0;
  /** The upper 32 bits of the last number that `hex` read. */
  high = 0;

  #next = 0;
  #limit = 0;
  #carried = new Uint8Array(0);
  #atEnd = false;

  /** Gives it the next piece; the piece before must be used up: `next` said false. */
  feed(chunk: Uint8Array): void {
    if (this.#carried.length > LINE_MAX) {
      throw this.errorAt(1, `this line is longer than ${LINE_MAX} bytes`);
    }
    const { length } = this.#carried;
    if (length === 0) {
      this.bytes = chunk as Uint8Array<ArrayBuffer>;
    } else {
      const joined = new Uint8Array(length + chunk.length);
      joined.set(this.#carried);
      joined.set(chunk, length);
      this.bytes = joined;
      this.#carried = new Uint8Array(0);
    }
    this.#next = 0;
    this.#limit = this.bytes.length;
  }

  /** No piece will come: what is left is a line without its end. Returns whether there is one. */
  finish(): boolean {
    if (this.#carried.length === 0) return false;
    this.bytes = this.#carried;
    this.#carried = new Uint8Array(0);
    this.#limit = this.bytes.length;
    this.#next = this.#limit;
    this.#atEnd = true;
    this.#take(0, this.#limit);
    return true;
  }

  /** Goes to the next whole line; false when more must be fed. */
  next(): boolean {
    if (this.#atEnd) return false;
    const from = this.#next;
    const found = this.bytes.indexOf(Ascii.Newline, from);
    if (found < 0 || found >= this.#limit) {
      if (from < this.#limit) this.#carried = this.bytes.slice(from, this.#limit);
      this.#next = this.#limit;
      return false;
    }
    this.#next = found + 1;
    this.#take(from, found);
    return true;
  }

  #take(start: number, end: number): void {
    this.line++;
    this.start = start;
    this.at = start;
    this.end = end > start && this.bytes[end - 1] === Ascii.Return ? end - 1 : end;
    if (end - start > LINE_MAX) throw this.errorAt(1, `this line is longer than ${LINE_MAX} bytes`);
  }

  /** The byte under the cursor; -1 at the end of the line. */
  get peek(): number {
    return this.at < this.end ? (this.bytes[this.at] as number) : -1;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** Passes a byte if it is the one. */
  accept(byte: number): boolean {
    if (this.peek !== byte) return false;
    this.at++;
    return true;
  }

  /** @throws TraceError with what stands there instead */
  expect(byte: number): void {
    if (!this.accept(byte)) throw this.error(`here must be "${String.fromCharCode(byte)}"`);
  }

  skipSpaces(): void {
    while (this.peek === Ascii.Space) this.at++;
  }

  /** An unsigned decimal number, at the most `max`. */
  decimal(what: string, max: number): number {
    const from = this.at;
    let value = 0;
    for (; this.at < this.end; this.at++) {
      const digit = (this.bytes[this.at] as number) - Ascii.Zero;
      if (digit < 0 || digit > Ascii.Nine - Ascii.Zero) break;
      value = value * 10 + digit;
      if (value > max) throw this.errorFrom(from, `${what} is larger than ${max}`);
    }
    if (this.at === from) throw this.error(`here must be ${what}, a decimal number`);
    return value;
  }

  /** After `0x`: up to 16 digits. Returns the low 32 bits; `high` has those above. */
  hex(what: string): number {
    this.prefix(what);
    return this.digits(what);
  }

  /** Passes `0x`. */
  prefix(what: string): void {
    if (
      this.bytes[this.at] === Ascii.Zero &&
      this.bytes[this.at + 1] === Ascii.SmallX &&
      this.at + 1 < this.end
    ) {
      this.at += 2;
      return;
    }
    throw this.error(`here must be ${what}, which begins with 0x`);
  }

  /** As `hex`, without the `0x`. */
  digits(what: string): number {
    const from = this.at;
    let low = 0;
    let high = 0;
    let to = from;
    while (to < this.end && hexDigit(this.bytes[to] as number) >= 0) to++;
    const count = to - from;
    if (count === 0) throw this.error(`here must be ${what}, a hexadecimal number`);
    if (count > DIGITS_MAX) throw this.error(`${what} has more than ${DIGITS_MAX} digits`);
    for (; this.at < to - LOW_DIGITS; this.at++) {
      high = high * 16 + hexDigit(this.bytes[this.at] as number);
    }
    for (; this.at < to; this.at++) low = low * 16 + hexDigit(this.bytes[this.at] as number);
    this.high = high;
    return low;
  }

  /** A hexadecimal number as one: at the most 2^53 - 1. */
  wideHex(what: string): number {
    const from = this.at;
    const low = this.hex(what);
    const value = this.high * 2 ** 32 + low;
    if (value > Number.MAX_SAFE_INTEGER) {
      throw this.errorFrom(from, `${what} is larger than 0x1fffffffffffff`);
    }
    return value;
  }

  /** Bytes as pairs of digits; the cursor stands on the first and is then behind the last. */
  hexBytes(into: Uint8Array): void {
    for (let index = 0; index < into.length; index++) {
      const upper = hexDigit(this.bytes[this.at] as number);
      if (upper < 0 || this.at >= this.end) throw this.error('here must be a hexadecimal digit');
      this.at++;
      const lower = hexDigit(this.bytes[this.at] as number);
      if (lower < 0 || this.at >= this.end) throw this.error('here must be a hexadecimal digit');
      this.at++;
      into[index] = upper * 16 + lower;
    }
  }

  /** From the cursor to the next space or the end. */
  word(): string {
    const from = this.at;
    const found = this.bytes.indexOf(Ascii.Space, from);
    this.at = found < 0 || found > this.end ? this.end : found;
    return this.text(from, this.at);
  }

  /** From the cursor to the end of the line. */
  rest(): string {
    const from = this.at;
    this.at = this.end;
    return this.text(from, this.end);
  }

  text(from: number, to: number): string {
    try {
      return utf8.decode(this.bytes.subarray(from, to));
    } catch {
      throw this.errorFrom(from, 'this text is no UTF-8');
    }
  }

  /** At the cursor. */
  error(sentence: string): TraceError {
    return this.errorFrom(this.at, sentence);
  }

  errorFrom(at: number, sentence: string): TraceError {
    return this.errorAt(at - this.start + 1, sentence);
  }

  errorAt(column: number, sentence: string): TraceError {
    return new TraceError(sentence, atLine(Math.max(1, this.line), column));
  }
}

/** The value of a hexadecimal digit in ASCII, or -1. */
export function hexDigit(byte: number): number {
  if (byte >= Ascii.Zero && byte <= Ascii.Nine) return byte - Ascii.Zero;
  if (byte >= Ascii.SmallA && byte <= Ascii.SmallF) return byte - Ascii.SmallA + 10;
  if (byte >= Ascii.CapitalA && byte <= Ascii.CapitalF) return byte - Ascii.CapitalA + 10;
  return -1;
}
