/** The smallest scenario that still fails in the same way, within so many executions. */
import type { SearchModel } from './model.ts';
import type { Scenario } from './scenario.ts';
import { deviationsOf } from './schedules.ts';
import { type Pass, type Shrinkable, shrinkPasses } from './shrink-passes.ts';
import type { Begun } from './without-steps.ts';

/** Where a shrink is. Plain data: it goes on from there in another process. */
export interface Position {
  readonly pass: number;
  readonly cursor: number;
  /** Since the first pass: then there is another round. */
  readonly changed: boolean;
  /** What is left to try at the cursor begins there. */
  readonly low?: number | undefined;
}

const START: Position = { pass: 0, cursor: 0, changed: false };

export interface Candidate {
  readonly scenario: Scenario;
  /** To go on with when it is taken. */
  readonly position: Position;
}

export interface Trial {
  /** Fails with the same signature. */
  readonly keeps: boolean;
  readonly choices?: readonly number[];
  /** By step, as far as steps began. */
  readonly begun?: readonly Begun[];
}

export interface ShrinkState {
  readonly scenario: Scenario;
  readonly position: Position;
  readonly executions: number;
  /** Nothing smaller is left to try. */
  readonly done: boolean;
}

export interface ShrinkOptions {
  readonly model: Pick<SearchModel, 'vocabulary'>;
  readonly run: (candidate: Scenario) => Promise<Trial> | Trial;
  /** Those of earlier parts of this shrink included. */
  readonly executions: number;
  /** Of an earlier part: goes on from there. */
  readonly from?: Pick<ShrinkState, 'position' | 'executions'>;
  /** Before the next execution: what it stores is never larger than what is known. */
  readonly onSmaller?: (state: ShrinkState) => Promise<void> | void;
}

/** Deterministic, and never larger than before; without `begun` of trials it takes more of them. */
export async function shrink(failing: Scenario, options: ShrinkOptions): Promise<ShrinkState> {
  const { run, model, onSmaller } = options;
  const passes = shrinkPasses(model.vocabulary);
  const tried = new Set<string>();
  let executions = options.from?.executions ?? 0;
  let position = options.from?.position ?? START;
  const state = (now: Shrinkable, done: boolean): ShrinkState => {
    return { scenario: now.scenario, position, executions, done };
  };
  const confirmed = executions < options.executions ? await run(failing) : undefined;
  let now: Shrinkable = { scenario: failing };
  if (confirmed === undefined) return state(now, false);
  executions++;
  if (!confirmed.keeps) return state(now, true);
  now = ran(failing, confirmed);
  for (;;) {
    let smaller: Shrinkable | undefined;
    for (const candidate of candidates(passes, now, position)) {
      const key = JSON.stringify(candidate.scenario);
      if (tried.has(key)) continue;
      if (executions >= options.executions) return state(now, false);
      tried.add(key);
      executions++;
      const trial = await run(candidate.scenario);
      ({ position } = candidate);
      if (!trial.keeps) continue;
      smaller = ran(candidate.scenario, trial);
      break;
    }
    if (smaller === undefined) return state(now, true);
    now = smaller;
    await onSmaller?.(state(now, false));
  }
}

/** Deviations that had no effect are none. */
function ran(scenario: Scenario, { choices, begun }: Trial): Shrinkable {
  if (choices === undefined || scenario.schedule.length === 0) return { scenario, begun };
  return { scenario: { ...scenario, schedule: deviationsOf(choices) }, begun };
}

/** From a position on, until a whole round has changed nothing. */
export function* candidates(
  passes: readonly Pass[],
  now: Shrinkable,
  { pass: first, cursor: at, changed, low: last }: Position = START,
): Generator<Candidate, void> {
  let again = changed;
  let cursor = at;
  let low = last;
  for (let pass = first; ; pass++) {
    if (pass >= passes.length) {
      if (!again) return;
      again = false;
      pass = 0;
    }
    for (; ; cursor++) {
      const found = passes[pass]?.(now, cursor, low);
      low = undefined;
      if (found === undefined) break;
      for (const smaller of found) {
        const position = { pass, cursor, changed: true, low: smaller.low };
        yield { scenario: smaller.scenario, position };
      }
    }
    cursor = 0;
  }
}
