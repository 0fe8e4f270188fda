/**
 * Value change dumps (IEEE 1364, secondary: our notes and files of common writers). Our own give
 * their events back; of any other each change is a `line` event: `space` is the number of the
 * variable, in the order of declaration, and `value` what it changes to. A value with x or z, of
 * more than 64 bits, a real number or a string is the event's text.
 */
import { EventBatch } from '../../format/batch.ts';
import type { TraceDecoder } from '../../format/codec.ts';
import { Ascii } from '../../format/ascii.ts';
import { NUMBER_MAX, TEXT_MAX, TraceKind } from '../../format/event.ts';
import type { TraceFooter, TraceHeader } from '../../format/header.ts';
import { LineReader } from '../../format/line-reader.ts';
import { Declarations } from './declarations.ts';
import { EventVariables } from './event-variables.ts';

const TAB = 0x09;
const HIGH_BITS = 32;
const BITS_MAX = 64;
const BINARY = /^[01]+$/;

export class VcdDecoder implements TraceDecoder {
  header: TraceHeader | undefined;
  readonly footer: TraceFooter | undefined = undefined;
  readonly #reader = new LineReader();
  readonly #batch: EventBatch;
  readonly #declarations = new Declarations();
  readonly #own: EventVariables;
  #timeNs = 0;
  /** A vector's value, whose code comes next. */
  #vector: string | undefined;
  #isComment = false;

  constructor(batch = new EventBatch()) {
    this.#batch = batch;
    this.#own = new EventVariables(batch);
  }

  *push(chunk: Uint8Array): Iterable<EventBatch> {
    const batch = this.#batch;
    this.#reader.feed(chunk);
    while (this.#reader.next()) {
      while (this.#word()) {
        if (!batch.full) continue;
        yield batch;
        batch.clear();
      }
    }
    if (batch.length === 0) return;
    yield batch;
    batch.clear();
  }

  *end(): Iterable<EventBatch> {
    const batch = this.#batch;
    if (this.#reader.finish()) {
      while (this.#word()) {
        if (!batch.full) continue;
        yield batch;
        batch.clear();
      }
    }
    if (this.header === undefined || this.#vector !== undefined) {
      throw this.#reader.error('the dump ends here');
    }
    if (batch.length > 0) yield batch;
  }

  /** Reads a word of the line at hand; false when it has no more. */
  #word(): boolean {
    const reader = this.#reader;
    while (reader.peek === Ascii.Space || reader.peek === TAB) reader.at++;
    if (reader.done) return false;
    const from = reader.at;
    let to = from;
    while (to < reader.end && reader.bytes[to] !== Ascii.Space && reader.bytes[to] !== TAB) to++;
    reader.at = to;
    const word = reader.text(from, to);
    const problem = this.header === undefined ? this.#declare(word) : this.#change(word);
    if (problem !== undefined) throw reader.errorFrom(from, problem);
    return true;
  }

  #declare(word: string): string | undefined {
    const problem = this.#declarations.take(word);
    if (this.#declarations.isOver) this.header = this.#declarations.header();
    return problem;
  }

  /** Takes a word behind the declarations; returns what is wrong with it. */
  #change(word: string): string | undefined {
    if (this.#isComment) return this.#command(word);
    if (this.#vector !== undefined) {
      const value = this.#vector;
      this.#vector = undefined;
      return this.#set(word, value);
    }
    const first = word[0] ?? '';
    if (first === '$') return this.#command(word);
    if (first === '#') return this.#time(word.slice(1));
    if ('bBrRsS'.includes(first)) {
      this.#vector = `${first.toLowerCase()}${word.slice(1)}`;
      return word.length > TEXT_MAX * 4 + 1 ? 'this value is too long' : undefined;
    }
    if ('01xXzZ'.includes(first)) return this.#set(word.slice(1), `b${first.toLowerCase()}`);
    return 'here must be a time, a change of value or a command';
  }

  /** Frames of values ($dumpvars ... $end) say nothing; comments are passed over. */
  #command(word: string): undefined {
    if (word === '$comment') this.#isComment = true;
    if (word === '$end') this.#isComment = false;
    return undefined;
  }

  #time(digits: string): string | undefined {
    if (!/^\d{1,20}$/.test(digits)) return 'a time is # and a number';
    const ns = this.#declarations.nsOf(BigInt(digits));
    if (ns === undefined) return `this time is after ${NUMBER_MAX} ns`;
    this.#timeNs = ns;
    return undefined;
  }

  #set(code: string, value: string): string | undefined {
    const variable = this.#declarations.variable(code);
    if (variable === undefined) return 'no variable has this code';
    if (this.#declarations.isOwn) return this.#own.set(code, value, this.#timeNs);
    const batch = this.#batch;
    const index = batch.add(this.#timeNs, TraceKind.Line, variable, 0, 0, 0, 0);
    const bits = value.slice(1);
    if (value.startsWith('b') && BINARY.test(bits) && bits.length <= BITS_MAX) {
      batch.values[index] = Number(`0b${bits.slice(-HIGH_BITS)}`);
      if (bits.length > HIGH_BITS) batch.highs[index] = Number(`0b${bits.slice(0, -HIGH_BITS)}`);
    } else {
      batch.texts[index] = (value.startsWith('b') ? bits : value).slice(0, TEXT_MAX);
    }
    return undefined;
  }
}
