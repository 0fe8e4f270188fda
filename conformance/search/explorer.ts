/** What a worker of a campaign does: runs by their number, scenarios again, shrinks. */
import { hashText, Random } from '../../sim/kernel/random.ts';
import type { Coverage } from './coverage/coverage.ts';
import type { Features } from './coverage/features.ts';
import {
  Beat,
  type Described,
  type Explored,
  type News,
  type ShrinkResult,
  type Task,
} from './campaign-messages.ts';
import type { Draft, Generator } from './generate.ts';
import { mutate } from './mutate.ts';
import type { Outcome, Runner } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { deviationsOf, scheduleOf } from './schedules.ts';
import { type ShrinkState, shrink } from './shrink.ts';
import type { Source } from './source.ts';
import { type Models, ScenarioError, formatScenario, parseScenario } from './text.ts';

export interface ExplorerOptions {
  readonly seed: number;
  readonly generator: Generator;
  readonly models: Models;
  readonly features: Features;
  readonly coverage: Coverage;
  /** Of the model as the coverage watches it. */
  readonly run: Runner;
  /** Edges of the driver's code. */
  readonly edges: () => number;
  /** Shared with the campaign: says where this is, and hears that it must end. */
  readonly beat: Int32Array;
}

type ExploreTask = Extract<Task, { type: 'explore' }>;
type DescribeTask = Extract<Task, { type: 'describe' }>;
type ReplayTask = Extract<Task, { type: 'replay' }>;
type ShrinkTask = Extract<Task, { type: 'shrink' }>;

/** One run in so many begins from nothing. */
const GUIDED = 2;
const RECENT = 32;

export class Explorer {
  readonly #options: ExplorerOptions;
  readonly #corpus: string[] = [];
  /** Scenarios by their texts, as far as they were needed. */
  readonly #parsed = new Map<string, Scenario>();
  readonly #known = new Set<string>();
  #choices = 0;

  constructor(options: ExplorerOptions) {
    this.#options = options;
  }

  hear({ features, entries, signatures, choices }: News): void {
    this.#options.features.add(features);
    this.#corpus.push(...entries);
    for (const signature of signatures) this.#known.add(signature);
    this.#choices = choices;
  }

  /** In order; may end before all are done when it is told to stop. */
  async explore({ first, count, skip }: ExploreTask): Promise<Explored> {
    const tally = new Tally();
    for (let at = first; at < first + count && !this.#stopped; at++) {
      if (skip.includes(at)) continue;
      this.#begin(at);
      const { scenario, order } = this.#draft(at);
      const outcome = await this.#options.run(
        scenario,
        // What is written in it is its default order.
        order.kind === 'in-order' ? {} : { schedule: scheduleOf(order) },
      );
      this.#weigh(at, scenario, outcome, tally);
    }
    return this.#told(tally);
  }

  async replay({ texts, skip, whole }: ReplayTask): Promise<Explored> {
    const tally = new Tally();
    for (let at = 0; at < texts.length && !this.#stopped; at++) {
      if (skip.includes(at)) continue;
      this.#begin(at);
      if (whole) this.#options.features.forget();
      const scenario = this.#parse(texts[at] as string);
      if (scenario instanceof ScenarioError) {
        tally.refused.push({ at, why: scenario.message });
        continue;
      }
      this.#weigh(at, scenario, await this.#options.run(scenario), tally);
    }
    return this.#told(tally);
  }

  /** The scenario of a run: from its number, the seed, and the corpus of its epoch. */
  #draft(run: number): Draft {
    const { seed, generator } = this.#options;
    const source = new Random(seed, `run ${run}`);
    const hints = this.#choices === 0 ? {} : { choices: this.#choices };
    const from = this.#pick(source);
    if (from === undefined || source.below(GUIDED) === 0) return generator.draft(source, hints);
    const other = this.#pick(source) ?? from;
    return mutate(source, from, { generator, other, hints });
  }

  /** Of the corpus; every other time one of the last. */
  #pick(source: Source): Scenario | undefined {
    const { length } = this.#corpus;
    if (length === 0) return undefined;
    const from = source.below(2) === 0 ? 0 : Math.max(0, length - RECENT);
    const scenario = this.#parse(this.#corpus[from + source.below(length - from)] as string);
    return scenario instanceof ScenarioError ? undefined : scenario;
  }

  /** In the default order: what a run that did not come back chose is not known. */
  describe({ run, text, steps }: DescribeTask): Described {
    const scenario =
      text === undefined ? this.#draft(run).scenario : parseScenario(text, this.#options.models);
    const begun = scenario.steps.slice(0, steps);
    return {
      type: 'described',
      text: formatScenario(scenario),
      begun: formatScenario({ ...scenario, steps: begun }),
      word: begun.at(-1)?.word ?? 'begin',
    };
  }

  async shrink(
    { text, signature, executions, from }: ShrinkTask,
    onSmaller: (state: ShrinkState) => void,
  ): Promise<ShrinkResult> {
    const { generator, run, coverage, features } = this.#options;
    let last: Outcome | undefined;
    let steady = false;
    const failing = parseScenario(text, this.#options.models);
    const { scenario, ...state } = await shrink(failing, {
      model: generator.model,
      executions,
      ...(from?.position === undefined ? {} : { from: { ...from, position: from.position } }),
      run: async (candidate) => {
        this.#begin(0);
        const outcome = await run(candidate);
        coverage.end();
        features.undo();
        const keeps = outcome.signature === signature;
        if (keeps) last = outcome;
        steady ||= keeps;
        return { ...outcome, keeps };
      },
      onSmaller,
    });
    return {
      type: 'shrunk',
      steady,
      text: formatScenario(scenario),
      ...(last?.problem === undefined ? {} : { problem: last.problem, hash: last.hash }),
      executions: state.executions,
      position: state.position,
    };
  }

  get #stopped(): boolean {
    return Atomics.load(this.#options.beat, Beat.STOP) !== 0;
  }

  #begin(at: number): void {
    const { beat } = this.#options;
    beat[Beat.AT] = at;
    beat[Beat.STEPS] = 0;
    beat[Beat.EXECUTIONS]!++;
  }

  #weigh(at: number, scenario: Scenario, outcome: Outcome, tally: Tally): void {
    const { coverage, features } = this.#options;
    coverage.end();
    tally.add(outcome);
    const { problem, signature = '', choices } = outcome;
    const text = () => formatScenario({ ...scenario, schedule: deviationsOf(choices) });
    if (problem === undefined) {
      const fresh = features.take();
      if (fresh.length > 0) tally.novel.push({ at, text: text(), features: fresh });
      return;
    }
    // What fails is kept elsewhere; what it reached is for another one to reach.
    features.undo();
    if (problem.verdict === 'inconclusive' || problem.verdict === 'not-run') tally.undecided++;
    else {
      tally.failing++;
      if (this.#known.has(signature)) return;
      this.#known.add(signature);
      tally.failures.push({ at, text: text(), signature, problem });
    }
  }

  #parse(text: string): Scenario | ScenarioError {
    const known = this.#parsed.get(text);
    if (known !== undefined) return known;
    try {
      const scenario = parseScenario(text, this.#options.models);
      this.#parsed.set(text, scenario);
      return scenario;
    } catch (error) {
      if (error instanceof ScenarioError) return error;
      throw error;
    }
  }

  #told(tally: Tally): Explored {
    const { runs, steps, failing, undecided, choices, scheduled } = tally;
    const { novel, failures, refused } = tally;
    return {
      type: 'explored',
      ...{ runs, steps, failing, undecided, choices, scheduled },
      ...{ novel, failures, refused },
      hash: tally.hash(),
      reached: [...tally.reached].toSorted(),
      edges: this.#options.edges(),
    };
  }
}

class Tally {
  runs = 0;
  steps = 0;
  failing = 0;
  undecided = 0;
  choices = 0;
  scheduled = 0;
  readonly novel: Explored['novel'][number][] = [];
  readonly failures: Explored['failures'][number][] = [];
  readonly refused: Explored['refused'][number][] = [];
  readonly reached = new Set<string>();
  #one = 1;
  #two = 2;

  add({ hash, begun, choices, reached }: Outcome): void {
    this.runs++;
    this.steps += begun.length;
    this.choices += choices.length;
    if (choices.length > 0) this.scheduled++;
    this.#one = hashText(hash, this.#one);
    this.#two = hashText(hash, this.#two);
    for (const state of reached) this.reached.add(state);
  }

  hash(): string {
    return [this.#one, this.#two]
      .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
      .join('');
  }
}
