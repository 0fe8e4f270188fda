/** The faults of one kind in a plan, each with its own count of what it waits for. */
import { EventKind } from '../kernel/journal.ts';
import type { World } from '../kernel/world.ts';
import {
  type FaultOf,
  type PciFault,
  type PciFaultKind,
  type PciFaultPlan,
  describeFault,
} from './plan.ts';

export interface Armed<K extends PciFaultKind> {
  readonly fault: FaultOf<K>;
  /** What came by of that which the fault counts. */
  seen: number;
  /** What a fault that lasts has to remember. */
  memory: number;
}

export function armed<K extends PciFaultKind>(plan: PciFaultPlan, kind: K): Armed<K>[] {
  return plan
    .filter((fault): fault is FaultOf<K> => fault.kind === kind)
    .map((fault) => ({ fault, seen: 0, memory: 0 }));
}

/** Counts one more; true when it is the one that the fault waits for. */
export function strikes(fault: { readonly fault: PciFault; seen: number }, world: World): boolean {
  fault.seen++;
  if (fault.seen !== fault.fault.at) return false;
  world.journal.note(EventKind.Fault, describeFault(fault.fault));
  return true;
}
