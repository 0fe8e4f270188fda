/** One event from a line of the text form; text-encoder.ts says what lines look like. */
import { Ascii } from './ascii.ts';
import type { EventBatch } from './batch.ts';
import {
  KINDS_BY_NAME,
  NUMBER_MAX,
  PAYLOAD_MAX,
  SIZE_MAX,
  SPACE_MAX,
  TEXT_MAX,
  type TraceKind,
} from './event.ts';
import { type LineReader, hexDigit } from './line-reader.ts';

/** Kinds by length and letters, for reading them without a string. */
interface Name {
  readonly letters: Uint8Array;
  readonly kind: TraceKind;
}
const NAMES_BUCKETS = 64;
const NAMES: readonly Name[][] = (() => {
  const buckets: Name[][] = Array.from({ length: NAMES_BUCKETS }, () => []);
  for (const [name, kind] of KINDS_BY_NAME) {
    const letters = new TextEncoder().encode(name);
    buckets[bucketOf(letters, 0, letters.length)]?.push({ letters, kind });
  }
  return buckets;
})();

function bucketOf(bytes: Uint8Array, from: number, to: number): number {
  const first = bytes[from] as number;
  return (first * 7 + (bytes[to - 1] as number) + (to - from) * 5) % NAMES_BUCKETS;
}

export class EventLineReader {
  /** The time of the last event, which the next one's is counted from. */
  timeNs = 0;
  readonly #reader: LineReader;
  readonly #batch: EventBatch;

  constructor(reader: LineReader, batch: EventBatch) {
    this.#reader = reader;
    this.#batch = batch;
  }

  /** Adds the event of the line at hand to the batch. @throws TraceError */
  read(): void {
    const reader = this.#reader;
    const timeNs = this.#time(reader.peek);
    reader.expect(Ascii.Space);
    const kind = this.#kind();
    this.timeNs = timeNs;
    this.#fields(this.#batch.add(timeNs, kind, 0, 0, 0, 0, 0));
  }

  #time(sign: number): number {
    const reader = this.#reader;
    const from = reader.at;
    if (sign === Ascii.Plus || sign === Ascii.Minus) reader.at++;
    const number = reader.decimal('the time in nanoseconds', NUMBER_MAX);
    if (sign !== Ascii.Plus && sign !== Ascii.Minus) return number;
    const timeNs = this.timeNs + (sign === Ascii.Plus ? number : -number);
    if (timeNs < 0) throw reader.errorFrom(from, 'this time is before the beginning');
    if (timeNs > NUMBER_MAX) throw reader.errorFrom(from, `this time is after ${NUMBER_MAX} ns`);
    return timeNs;
  }

  #kind(): TraceKind {
    const reader = this.#reader;
    const { bytes, at, end } = reader;
    let to = at;
    while (to < end && bytes[to] !== Ascii.Space) to++;
    if (to > at) {
      const names = NAMES[bucketOf(bytes, at, to)] as Name[];
      for (let index = 0; index < names.length; index++) {
        const { letters, kind } = names[index] as Name;
        if (letters.length !== to - at || !matches(bytes, at, letters)) continue;
        reader.at = to;
        return kind;
      }
    }
    throw reader.error(`here must be a kind of event: ${[...KINDS_BY_NAME.keys()].join(', ')}`);
  }

  /** What follows the kind, in its order. */
  #fields(index: number): void {
    const reader = this.#reader;
    const batch = this.#batch;
    if (reader.done) return;
    reader.expect(Ascii.Space);
    let more = true;
    if (reader.peek !== Ascii.Equals && reader.peek !== Ascii.Open && reader.peek !== Ascii.Quote) {
      this.#place(index);
      more = reader.accept(Ascii.Space);
    }
    let hasValue = false;
    if (more && reader.accept(Ascii.Equals)) {
      reader.expect(Ascii.Space);
      batch.values[index] = reader.hex('the value');
      batch.highs[index] = reader.high;
      hasValue = true;
      more = reader.accept(Ascii.Space);
    }
    if (more && reader.peek === Ascii.Open) {
      const length = this.#payload(index);
      if (!hasValue) batch.values[index] = length;
      more = reader.accept(Ascii.Space);
    }
    if (more && reader.peek === Ascii.Quote) {
      this.#text(index);
      more = false;
    }
    if (more || !reader.done) {
      throw reader.error(
        'an event is a time, a kind, a place, = and a value, bytes in [], text in "", and no more',
      );
    }
  }

  #place(index: number): void {
    const reader = this.#reader;
    const batch = this.#batch;
    if (reader.peek !== Ascii.Zero || reader.bytes[reader.at + 1] !== Ascii.SmallX) {
      batch.spaces[index] = reader.decimal('a space', SPACE_MAX);
      reader.expect(Ascii.Colon);
    }
    batch.addresses[index] = reader.wideHex('the address');
    if (reader.accept(Ascii.Slash)) batch.sizes[index] = reader.decimal('the size', SIZE_MAX);
  }

  #payload(index: number): number {
    const reader = this.#reader;
    const close = reader.bytes.indexOf(Ascii.Close, reader.at);
    if (close < 0 || close >= reader.end) throw reader.error('these bytes have no "]"');
    reader.at++;
    const from = reader.at;
    const length = this.#payloadLength(close);
    reader.at = from;
    const bytes = this.#batch.makeBytes(index, length);
    for (let at = 0; at < length;) {
      reader.accept(Ascii.Space);
      const to = at + this.#digitPairs(close);
      reader.hexBytes(bytes.subarray(at, to));
      at = to;
      if (!reader.accept(Ascii.Star)) continue;
      const end = at - 1 + reader.decimal('a count', PAYLOAD_MAX);
      bytes.fill(bytes[at - 1] as number, at, end);
      at = end;
    }
    reader.at = close + 1;
    return length;
  }

  /** Goes over the groups between the brackets: pairs of digits, the last may have a count. */
  #payloadLength(close: number): number {
    const reader = this.#reader;
    let length = 0;
    while (reader.at < close) {
      if (length > 0) reader.accept(Ascii.Space);
      const pairs = this.#digitPairs(close);
      if (pairs === 0) throw reader.error('here must be a pair of hexadecimal digits');
      reader.at += pairs * 2;
      length += pairs;
      if (reader.accept(Ascii.Star)) {
        const count = reader.decimal('a count', PAYLOAD_MAX);
        if (count === 0) throw reader.error('a byte is there at least once');
        length += count - 1;
      }
      if (length > PAYLOAD_MAX) throw reader.error(`an event has at most ${PAYLOAD_MAX} bytes`);
    }
    return length;
  }

  /** Pairs of digits from the cursor on. */
  #digitPairs(close: number): number {
    const { bytes, at } = this.#reader;
    let to = at;
    while (to < close && hexDigit(bytes[to] as number) >= 0) to++;
    return Math.floor((to - at) / 2);
  }

  #text(index: number): void {
    const reader = this.#reader;
    const { bytes, at: from, end } = reader;
    let to = from + 1;
    let simple = true;
    for (; to < end && bytes[to] !== Ascii.Quote; to++) {
      if (bytes[to] === Ascii.Backslash) {
        simple = false;
        to++;
      } else if ((bytes[to] as number) < Ascii.Space) {
        throw reader.errorFrom(to, 'control characters in a text are escaped as in JSON');
      }
    }
    if (to >= end) throw reader.error('this text has no closing quote');
    reader.at = to + 1;
    const text = simple ? reader.text(from + 1, to) : this.#unescaped(from, to + 1);
    if (text.length > TEXT_MAX) {
      throw reader.errorFrom(from, `a text has at most ${TEXT_MAX} characters`);
    }
    this.#batch.texts[index] = text;
  }

  #unescaped(from: number, to: number): string {
    const reader = this.#reader;
    let text: unknown;
    try {
      text = JSON.parse(reader.text(from, to));
    } catch {
      throw reader.errorFrom(from, 'this text has an escape that JSON does not know');
    }
    if (typeof text === 'string' && text.isWellFormed()) return text;
    throw reader.errorFrom(from, 'this text has half a surrogate pair');
  }
}

function matches(bytes: Uint8Array, at: number, letters: Uint8Array): boolean {
  for (let index = 0; index < letters.length; index++) {
    if (bytes[at + index] !== letters[index]) return false;
  }
  return true;
}
