/** Steps of a life after which whoever drives knows nothing of what was. */
import { EventKind } from '../../sim/kernel/journal.ts';
import { Lifecycle } from '../../sim/kernel/lifecycle.ts';
import type { Watch } from '../rule.ts';

const ANEW: readonly string[] = [
  Lifecycle.Start,
  Lifecycle.Crashed,
  Lifecycle.PowerCut,
  Lifecycle.PowerOn,
];

export function onAnew({ journal, on }: Watch, handler: () => void): void {
  on(EventKind.Lifecycle, (at) => {
    if (ANEW.includes(journal.textAt(at))) handler();
  });
}
