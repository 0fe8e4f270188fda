/**
 * A trace as a journal: rules and coverage then see what was recorded as if it happened now. What
 * a journal does not know (marks, losses, raw lines) is left out.
 */
import { type EventKind, type Journal } from '../../sim/kernel/journal.ts';
import type { EventBatch } from './batch.ts';
import { FILE_KINDS_FROM, TEXT_KINDS, type TraceKind } from './event.ts';

/**
 * Records one event at its own time. A recording of a journal from its beginning, with all its
 * payloads, gives that journal's hash again.
 */
export function feedJournal(journal: Journal, batch: EventBatch, index: number): void {
  const kind = batch.kinds[index] as TraceKind;
  if (kind >= FILE_KINDS_FROM) return;
  journal.now = batch.timesNs[index] as number;
  const space = batch.spaces[index] as number;
  const address = batch.addresses[index] as number;
  if (TEXT_KINDS.has(kind)) {
    journal.note(kind as EventKind, batch.texts[index] as string, space, address);
    return;
  }
  const bytes = batch.bytesAt(index);
  if (bytes !== undefined) {
    journal.recordBytes(kind as EventKind, space, address, bytes);
    return;
  }
  const value = batch.values[index] as number;
  const size = batch.sizes[index] as number;
  journal.record(kind as EventKind, space, address, value, size, batch.highs[index]);
}
