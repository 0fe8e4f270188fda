/**
 * Reads the text form (text-encoder.ts says what it looks like). Beyond what is written there,
 * empty lines and lines that begin with # may stand between events, and a time may be absolute:
 * without a sign. A last line that was cut off is left out, and there is no footer then.
 */
import { Ascii } from './ascii.ts';
import { EventBatch } from './batch.ts';
import type { TraceDecoder } from './codec.ts';
import { EventLineReader } from './event-line.ts';
import type { TraceFooter, TraceHeader } from './header.ts';
import { HeaderBuilder } from './header-text.ts';
import { LineReader } from './line-reader.ts';

export class TextTraceDecoder implements TraceDecoder {
  footer: TraceFooter | undefined;
  readonly #reader = new LineReader();
  readonly #builder = new HeaderBuilder();
  readonly #batch: EventBatch;
  readonly #lines: EventLineReader;
  #headerRead = false;
  #events = 0;

  constructor(batch = new EventBatch()) {
    this.#batch = batch;
    this.#lines = new EventLineReader(this.#reader, batch);
  }

  get header(): TraceHeader | undefined {
    return this.#headerRead ? this.#builder.header : undefined;
  }

  *push(chunk: Uint8Array): Iterable<EventBatch> {
    const reader = this.#reader;
    const batch = this.#batch;
    reader.feed(chunk);
    while (reader.next()) {
      if (!this.#headerRead) this.#readHeader();
      else if (this.#readLine() && batch.full) {
        yield batch;
        batch.clear();
      }
    }
    if (batch.length > 0) {
      yield batch;
      batch.clear();
    }
  }

  // oxlint-disable-next-line require-yield
  *end(): Iterable<EventBatch> {
    const reader = this.#reader;
    if (!reader.finish() && this.#headerRead) return;
    if (this.#headerRead) return;
    throw reader.error('the file ends within its header');
  }

  #readHeader(): void {
    const reader = this.#reader;
    const isEnd = reader.done;
    const problem = isEnd && reader.line > 1 ? this.#builder.problem() : undefined;
    if (problem !== undefined) throw reader.error(problem);
    if (isEnd && reader.line > 1) {
      this.#headerRead = true;
      return;
    }
    const wrong = this.#builder.add(reader.rest());
    if (wrong !== undefined) throw reader.errorAt(1, wrong);
  }

  /** Returns whether there was an event. */
  #readLine(): boolean {
    const reader = this.#reader;
    const first = reader.peek;
    if (first === -1 || first === Ascii.Hash) return false;
    if (this.footer !== undefined) throw reader.error('after the end line nothing may come');
    if (first === Ascii.SmallE) {
      this.#readEnd();
      return false;
    }
    this.#lines.read();
    this.#events++;
    return true;
  }

  #readEnd(): void {
    const reader = this.#reader;
    const line = reader.rest();
    const parts = /^end (\d{1,16})(?: ([0-9a-f]{16}))?$/.exec(line);
    if (parts === null) throw reader.errorAt(1, 'the last line is "end", a number, and a hash');
    const events = Number(parts[1]);
    if (events !== this.#events) {
      throw reader.errorAt(5, `the file has ${this.#events} events, not ${events}`);
    }
    this.footer = parts[2] === undefined ? { events } : { events, journalHash: parts[2] };
  }
}
