/** Looks for one bug as a campaign does, in one thread, and shrinks the first that it finds. */
import { Random } from '../../../sim/kernel/random.ts';
import { type Draft, Generator } from '../generate.ts';
import { mutate } from '../mutate.ts';
import type { Outcome } from '../run-scenario.ts';
import type { Scenario } from '../scenario.ts';
import { deviationsOf, scheduleOf } from '../schedules.ts';
import { shrink } from '../shrink.ts';
import { Sweep, type Swept } from '../sweep.ts';
import type { Bench } from './bench.ts';
import { cpuMs } from './cpu.ts';

export interface Sought {
  /** Milliseconds of one core until it was found, or until the budget was used up. */
  readonly ms: number;
  readonly executions: number;
  /** Undefined: nothing was found. */
  readonly failure?: {
    readonly signature: string;
    readonly message: string;
    readonly smallest: Scenario;
    readonly shrinkExecutions: number;
    readonly shrinkMs: number;
  };
}

/** One run in so many comes from the sweep, as long as it lasts. */
const SWEPT = 2;
/** One of the others in so many begins from nothing. */
const FRESH = 2;
const SWEEP_BATCH = 16;
const SHRINK_MAX = 1000;

/** @param budget executions before it gives up */
export async function seek(bench: Bench, seed: number, budget: number): Promise<Sought> {
  bench.features.forget();
  const drafts = new Drafts(bench, seed);
  const began = cpuMs();
  for (let run = 1; run <= budget; run++) {
    const next = drafts.next(run);
    const { scenario, order } = next.draft;
    const outcome = await bench.run(
      scenario,
      order.kind === 'in-order' ? {} : { schedule: scheduleOf(order) },
    );
    bench.coverage.end();
    if (isFailure(outcome)) {
      const ms = cpuMs() - began;
      const failing = { ...scenario, schedule: deviationsOf(outcome.choices) };
      return { ms, executions: run, failure: await shrunk(bench, failing, outcome) };
    }
    drafts.told(next, outcome);
  }
  return { ms: cpuMs() - began, executions: budget };
}

/** Something is wrong, and it is known what. */
export function isFailure({ problem }: Outcome): boolean {
  return problem !== undefined && !['inconclusive', 'not-run'].includes(problem.verdict);
}

interface Next {
  readonly draft: Draft;
  readonly swept?: Swept;
}

/** Scenarios by turns: of the sweep, of what reached something new, and of nothing. */
class Drafts {
  readonly #features: Bench['features'];
  readonly #generator: Generator;
  readonly #sweep: Sweep;
  readonly #seed: number;
  readonly #corpus: Scenario[] = [];
  #batch: Swept[] = [];
  #choices = 0;
  #scheduled = 0;

  constructor({ model, subject, extent, features }: Bench, seed: number) {
    this.#features = features;
    this.#generator = new Generator(model, subject, extent);
    this.#sweep = new Sweep(model, subject);
    this.#seed = seed;
  }

  next(run: number): Next {
    if (run % SWEPT === 0) {
      if (this.#batch.length === 0) this.#batch = this.#sweep.take(SWEEP_BATCH);
      const swept = this.#batch.shift();
      if (swept !== undefined) {
        return { swept, draft: { scenario: swept.scenario, order: { kind: 'in-order' } } };
      }
    }
    const source = new Random(this.#seed, `run ${run}`);
    const hints =
      this.#scheduled === 0 ? {} : { choices: Math.round(this.#choices / this.#scheduled) };
    const { length } = this.#corpus;
    const from = length === 0 ? undefined : this.#corpus[source.below(length)];
    if (from === undefined || source.below(FRESH) === 0) {
      return { draft: this.#generator.draft(source, hints) };
    }
    const other = this.#corpus[source.below(length)] ?? from;
    return { draft: mutate(source, from, { generator: this.#generator, other, hints }) };
  }

  told({ draft, swept }: Next, { choices, struck }: Outcome): void {
    if (swept !== undefined) this.#sweep.told(swept, struck);
    if (choices.length > 0) {
      this.#choices += choices.length;
      this.#scheduled++;
    }
    if (this.#features.take().length === 0) return;
    this.#corpus.push({ ...draft.scenario, schedule: deviationsOf(choices) });
  }
}

async function shrunk({ model, run, coverage }: Bench, failing: Scenario, outcome: Outcome) {
  const { signature = '', problem } = outcome;
  const began = cpuMs();
  const { scenario, executions } = await shrink(failing, {
    model,
    executions: SHRINK_MAX,
    run: async (candidate) => {
      const next = await run(candidate);
      coverage.end();
      return { ...next, keeps: next.signature === signature };
    },
  });
  return {
    signature,
    message: problem?.message ?? '',
    smallest: scenario,
    shrinkExecutions: executions,
    shrinkMs: cpuMs() - began,
  };
}
