/** What fast-check finds by itself, with its default settings, on the same bench. */
import fc from 'fast-check';
import { plainDrafts } from '../plain.ts';
import { scheduleOf } from '../schedules.ts';
import type { Bench } from './bench.ts';
import { isFailure } from './seek.ts';
import { cpuMs } from './cpu.ts';

export interface Plain {
  readonly ms: number;
  readonly executions: number;
  readonly found: boolean;
}

/** Of one search: what a driver takes that is slow to play. */
const WALL_MS = 10_000;

/** @param budget executions before it gives up, if its time lasts */
export async function seekPlainly(bench: Bench, seed: number, budget: number): Promise<Plain> {
  const { model, subject, extent } = bench;
  const began = cpuMs();
  let executions = 0;
  const property = fc.asyncProperty(plainDrafts(model, subject, extent), async (draft) => {
    executions++;
    const outcome = await bench.run(draft.scenario, { schedule: scheduleOf(draft.order) });
    bench.coverage.end();
    return !isFailure(outcome);
  });
  const { failed } = await fc.check(property, {
    seed,
    numRuns: budget,
    endOnFailure: true,
    interruptAfterTimeLimit: WALL_MS,
  });
  return { ms: cpuMs() - began, executions, found: failed };
}
