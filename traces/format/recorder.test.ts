import { describe, expect, it } from 'vitest';
import { EventKind, Journal } from '../../sim/kernel/journal.ts';
import type { EventBatch } from './batch.ts';
import type { TraceEvent } from './event.ts';
import { feedJournal } from './journal-feed.ts';
import { JournalRecorder } from './recorder.ts';

const EVENTS = 10_000;

/** Everything that the recorder hands out, and a journal fed with it. */
function recorded(fill: (journal: Journal) => void) {
  const journal = new Journal(256);
  const again = new Journal(256);
  const events: TraceEvent[] = [];
  const recorder = new JournalRecorder(journal, (batch: EventBatch) => {
    for (let index = 0; index < batch.length; index++) {
      events.push(batch.eventAt(index));
      feedJournal(again, batch, index);
    }
  });
  fill(journal);
  return { events, footer: recorder.finish(), again };
}

describe('a recorded journal', () => {
  it('is whole, though the ring is small, and gives the same hash again', () => {
    const { events, footer, again } = recorded((journal) => {
      for (let turn = 0; turn < EVENTS; turn++) {
        journal.now = turn * 1e6;
        journal.record(EventKind.Write, turn % 6, 2 ** 40 + turn, turn, 8, turn * 3);
        journal.recordBytes(EventKind.DmaRead, 0, turn, new Uint8Array(turn % 300).fill(turn));
        journal.note(EventKind.Lifecycle, `step ${turn % 5}`, 1, turn);
      }
      journal.record(EventKind.DmaMap, 3, 0x1000, 64, 0, 0xdeadbeef);
    });
    expect(events.length).toBe(3 * EVENTS + 1);
    expect(events[3 * 299 + 1]?.bytes?.length).toBe(299);
    expect(footer).toEqual({ events: 3 * EVENTS + 1, journalHash: again.hash() });
  });

  it('keeps the order and the payloads where an observer records more', () => {
    const { events } = recorded((journal) => {
      journal.observe(EventKind.BufferWrite, () =>
        journal.recordBytes(EventKind.Command, 1, 0, Uint8Array.of(9)),
      );
      journal.observe(EventKind.Command, () => journal.note(EventKind.Violation, 'late'));
      journal.recordBytes(EventKind.BufferWrite, 0, 0, new Uint8Array(100));
    });
    expect(events.map(({ kind, bytes, text }) => [kind, bytes?.length, text])).toEqual([
      [EventKind.BufferWrite, 100, undefined],
      [EventKind.Command, 1, undefined],
      [EventKind.Violation, undefined, 'late'],
    ]);
  });

  it('is not begun in the midst', () => {
    const journal = new Journal();
    journal.note(EventKind.Reset, 'power');
    expect(() => new JournalRecorder(journal, () => {})).toThrow('from its first event on');
  });
});
