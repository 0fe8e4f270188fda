/** Looks for the bug of a demonstration in three ways, and shrinks what it finds. */
import fc from 'fast-check';
import { Random } from '../../../sim/kernel/random.ts';
import type { DriverManifest } from '../../../drivers-under-test/host/manifest.ts';
import { loadCatalog } from '../../runner/load.ts';
import { targetEntry } from '../../runner/plan.ts';
import type { Target } from '../../target.ts';
import { type Draft, Generator } from '../generate.ts';
import { type Runner, makeRunner } from '../run-scenario.ts';
import type { Scenario } from '../scenario.ts';
import { deviationsOf, scheduleOf } from '../schedules.ts';
import { shrink } from '../shrink.ts';
import { type Demo, TARGET } from './demo.ts';
import { plainDrafts } from '../plain.ts';

/** Ours; ours with every choice uniform; fast-check with its default settings. */
export type Way = 'search' | 'uniform' | 'plain';

export interface Hunted {
  /** The run that failed first, from 1; undefined when none did. */
  readonly run: number | undefined;
  readonly ms: number;
  readonly choices: number;
  readonly smallest?: Scenario;
  readonly executions?: number;
}

export interface HuntOptions {
  readonly demo: Demo;
  readonly driver: DriverManifest;
  readonly way: Way;
  readonly seed: number;
  readonly runs: number;
}

const SHRINK_MAX = 600;
const LIMITS = { virtualNs: 1e13, events: 200_000 };

export async function hunt(options: HuntOptions): Promise<Hunted> {
  const { demo, driver, runs } = options;
  const catalog = await loadCatalog();
  const target = await targetEntry(catalog, TARGET).make({ onChild: () => {} });
  const { model } = demo;
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const run = makeRunner({ catalog, driver, target, model, settle, limits: LIMITS });
  const drafts = draftsOf(options, target);
  const began = performance.now();
  let choices = 0;
  for (let number = 1; number <= runs; number++) {
    const { scenario, order } = drafts(number, choices);
    const outcome = await run(
      scenario,
      order.kind === 'in-order' ? {} : { schedule: scheduleOf(order) },
    );
    choices = Math.max(choices, outcome.choices.length);
    if (outcome.problem === undefined) continue;
    const ms = performance.now() - began;
    const failing = { ...scenario, schedule: deviationsOf(outcome.choices) };
    const small = await shrunk(demo, run, failing, outcome.signature);
    return { run: number, ms, choices, ...small };
  }
  return { run: undefined, ms: performance.now() - began, choices };
}

async function shrunk(demo: Demo, run: Runner, failing: Scenario, signature?: string) {
  const { scenario, executions } = await shrink(failing, {
    model: demo.model,
    executions: SHRINK_MAX,
    run: async (candidate) => {
      const outcome = await run(candidate);
      return { ...outcome, keeps: outcome.signature === signature };
    },
  });
  return { smallest: scenario, executions };
}

type Drafts = (run: number, choices: number) => Draft;

function draftsOf({ demo, driver, way, seed, runs }: HuntOptions, target: Target): Drafts {
  const subject = { driver: driver.id, target: target.name, offers: target.offers };
  if (way === 'plain') {
    const all = fc.sample(plainDrafts(demo.model, subject, demo.extent), { seed, numRuns: runs });
    return (run) => all[run - 1] as Draft;
  }
  const generator = new Generator(demo.model, subject, demo.extent);
  return (run, choices) => {
    const source = new Random(seed, `run ${run}`);
    const draft = generator.draft(source, choices === 0 ? {} : { choices });
    if (way === 'search') return draft;
    const scenario = { ...draft.scenario, schedule: [] };
    return { scenario, order: { kind: 'uniform', seed: source.below(0x7fffffff) } };
  };
}
