/** The faults of one kind in a plan, each with its own count of what it waits for. */
import { EventKind } from '../kernel/journal.ts';
import type { World } from '../kernel/world.ts';
import { describeFault } from './plan.ts';

/** A fault as any plan has it. `at` counts from 1. */
interface Planned {
  readonly kind: string;
  readonly at: number;
}

export interface Armed<F extends Planned> {
  readonly fault: F;
  /** What came by of that which the fault counts. */
  seen: number;
  /** What a fault that lasts has to remember. */
  memory: number;
}

export function armed<F extends Planned, K extends F['kind']>(
  plan: readonly F[],
  kind: K,
): Armed<Extract<F, { readonly kind: K }>>[] {
  return plan
    .filter((fault): fault is Extract<F, { readonly kind: K }> => fault.kind === kind)
    .map((fault) => ({ fault, seen: 0, memory: 0 }));
}

/** Counts one more; true when it is the one that the fault waits for. */
export function strikes(fault: { readonly fault: Planned; seen: number }, world: World): boolean {
  fault.seen++;
  if (fault.seen !== fault.fault.at) return false;
  world.journal.note(EventKind.Fault, describeFault(fault.fault));
  return true;
}
