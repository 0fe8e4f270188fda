/**
 * Decoders of logs that others write, line by line: the rules of a format read a line or say that
 * they do not know it; what nobody knows is kept as it is, as an event `raw`.
 */
import { EventBatch } from '../format/batch.ts';
import type { TraceDecoder } from '../format/codec.ts';
import { TEXT_MAX, TraceKind } from '../format/event.ts';
import type { TraceFooter, TraceHeader } from '../format/header.ts';
import { LineReader } from '../format/line-reader.ts';
import type { StampClock } from './stamp-clock.ts';

export interface LogRules {
  readonly clock: StampClock;
  /** Whether the device is known: until then events are held back as long as there is room. */
  readonly isKnown: boolean;
  /** What the lines so far say of the recording: asked when the first events are handed out. */
  header(): TraceHeader;
  /**
   * Reads the line under the cursor and adds one event at the most; false: its form is unknown,
   * and nothing was added.
   * @throws TraceError where a known form is broken
   */
  line(reader: LineReader, batch: EventBatch): boolean;
}

export class LogDecoder implements TraceDecoder {
  header: TraceHeader | undefined;
  /** Logs do not say how long they are. */
  readonly footer: TraceFooter | undefined = undefined;
  readonly #rules: LogRules;
  readonly #reader = new LineReader();
  readonly #batch: EventBatch;

  constructor(rules: LogRules, batch = new EventBatch()) {
    this.#rules = rules;
    this.#batch = batch;
  }

  *push(chunk: Uint8Array): Iterable<EventBatch> {
    const batch = this.#batch;
    this.#reader.feed(chunk);
    while (this.#reader.next()) {
      this.#line();
      if (!batch.full) continue;
      yield this.#handOut();
      batch.clear();
    }
    if (batch.length === 0 || (this.header === undefined && !this.#rules.isKnown)) return;
    yield this.#handOut();
    batch.clear();
  }

  *end(): Iterable<EventBatch> {
    if (this.#reader.finish()) this.#line();
    const last = this.#handOut();
    if (last.length > 0) yield last;
  }

  #line(): void {
    const reader = this.#reader;
    const batch = this.#batch;
    if (reader.done || this.#rules.line(reader, batch)) return;
    const { start, end } = reader;
    if (end - start > TEXT_MAX) throw reader.errorAt(1, `this line is longer than ${TEXT_MAX}`);
    const index = batch.add(this.#rules.clock.timeNs, TraceKind.Raw, 0, 0, 0, 0, 0);
    batch.texts[index] = reader.text(start, end);
  }

  #handOut(): EventBatch {
    this.header ??= this.#rules.header();
    return this.#batch;
  }
}

/** Events whose content is text. */
export function addText(batch: EventBatch, timeNs: number, kind: TraceKind, text: string): void {
  const index = batch.add(timeNs, kind, 0, 0, 0, 0, 0);
  batch.texts[index] = text.slice(0, TEXT_MAX);
}
