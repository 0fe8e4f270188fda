/**
 * A trace without what says nothing new: reads that only repeat the one before become one, and what
 * a filter does not want is left out. Times stay as they were.
 */
import { EventBatch } from '../format/batch.ts';
import type { Filter } from './filter.ts';
import { PollWatcher } from './polls.ts';
import type { RegisterView } from './register-view.ts';

export interface MinimiseOptions {
  readonly view: RegisterView;
  /** Events that stay; default: all. */
  readonly keep?: Filter;
  /** Reads that repeat the one before stay. */
  readonly polls?: boolean;
}

/** What is left, in batches that are valid until the next. */
export function* minimised(
  batches: Iterable<EventBatch>,
  { view, keep, polls = false }: MinimiseOptions,
): Generator<EventBatch, void, void> {
  const out = new EventBatch();
  const watcher = new PollWatcher();
  for (const batch of batches) {
    for (let index = 0; index < batch.length; index++) {
      const register = view.registerAt(batch, index);
      const repeats = watcher.repeats(batch, index, register);
      if (repeats && !polls) continue;
      if (keep !== undefined && !keep(batch, index, register)) continue;
      if (out.full) {
        yield out;
        out.clear();
      }
      out.addFrom(batch, index);
    }
  }
  if (out.length > 0) yield out;
}
