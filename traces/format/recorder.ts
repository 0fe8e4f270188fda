/**
 * A journal as a trace, complete: every event is taken when it is recorded, since the journal
 * itself keeps only the last ones, and of payloads only the beginning.
 */
import { EVENT_KINDS, EventKind, type Journal } from '../../sim/kernel/journal.ts';
import { EventBatch } from './batch.ts';
import { PAYLOAD_MAX, TEXT_KINDS, TEXT_MAX } from './event.ts';
import type { TraceFooter } from './header.ts';

export class JournalRecorder {
  readonly #journal: Journal;
  readonly #batch = new EventBatch();
  readonly #take: (batch: EventBatch) => void;

  /**
   * Observe first: a payload is whole only for who is told before others record more. `take` gets
   * each batch as it is full; it is filled again when `take` returns.
   * @throws Error when the journal has begun already
   */
  constructor(journal: Journal, take: (batch: EventBatch) => void) {
    if (journal.count > 0) throw new Error('A journal is recorded from its first event on.');
    this.#journal = journal;
    this.#take = take;
    for (const kind of EVENT_KINDS) {
      journal.observe(EventKind[kind], (at) => this.#record(EventKind[kind], at));
    }
  }

  /** Hands out what is left; nothing may be recorded from then on. */
  finish(): TraceFooter {
    this.#flush();
    return { events: this.#journal.count, journalHash: this.#journal.hash() };
  }

  #record(kind: EventKind, at: number): void {
    const journal = this.#journal;
    const batch = this.#batch;
    if (batch.full) this.#flush();
    const isText = TEXT_KINDS.has(kind);
    const index = batch.add(
      journal.timeAt(at),
      kind,
      journal.spaceAt(at),
      journal.addressAt(at),
      journal.sizeAt(at),
      isText ? 0 : journal.valueAt(at),
      isText ? 0 : journal.highAt(at),
    );
    if (isText) {
      batch.texts[index] = journal.textAt(at).toWellFormed().slice(0, TEXT_MAX);
      return;
    }
    const bytes = journal.payloadAt(at) ?? journal.bytesAt(at);
    if (bytes === undefined) return;
    // With bytes, `high` is their hash in the journal; who feeds one computes it again.
    batch.highs[index] = 0;
    const kept = bytes.subarray(0, PAYLOAD_MAX);
    batch.makeBytes(index, kept.length).set(kept);
  }

  #flush(): void {
    if (this.#batch.length === 0) return;
    this.#take(this.#batch);
    this.#batch.clear();
  }
}
