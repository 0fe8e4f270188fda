/** What a driver does to its device from here on, as the journal tells it. */
import { EventKind } from '../../sim/kernel/journal.ts';
import type { Scene } from '../scene.ts';

export interface Access {
  readonly kind: 'read' | 'write';
  readonly offset: number;
  readonly value: number;
  readonly timeNs: number;
}

export interface Accesses {
  /** Register accesses, in order. */
  readonly list: readonly Access[];
  /** Accesses of every kind, configuration space included. */
  count: number;
}

/** Kept per watch; a clause that needs more looks at too much. */
const ACCESSES_MAX = 100_000;

export function watchAccesses(scene: Scene): Accesses {
  const { journal } = scene.world;
  const list: Access[] = [];
  const accesses = { list, count: 0 };
  const watch = (event: EventKind, kind?: Access['kind']) =>
    journal.observe(event, (at) => {
      accesses.count++;
      if (kind === undefined || list.length === ACCESSES_MAX) return;
      list.push({
        kind,
        offset: journal.addressAt(at),
        value: journal.valueAt(at),
        timeNs: journal.timeAt(at),
      });
    });
  watch(EventKind.Read, 'read');
  watch(EventKind.Write, 'write');
  watch(EventKind.ConfigRead);
  watch(EventKind.ConfigWrite);
  return accesses;
}
