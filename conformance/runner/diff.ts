/**
 * Random programs on two targets, compared step by step. A difference is shrunk and becomes a
 * divergence record: a verdict on the device, never on a driver.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Divergence } from '../../reports/verdict.ts';
import {
  type Answer,
  type DiffPlan,
  type Difference,
  type Explanation,
  type Program,
  showValues,
} from '../divergence.ts';
import type { Target } from '../target.ts';
import { type Outcome, type Sides, compare } from './diff-compare.ts';

export interface DiffOptions<P extends Program = Program> {
  readonly plan: DiffPlan<P>;
  readonly targets: readonly [Target, Target];
  readonly runs: number;
  readonly seed: number;
  /** fast-check's path to one program. */
  readonly path?: string;
  /** The command that shows it again. */
  readonly reproduce: (seed: number, path: string | undefined) => string;
  readonly onDivergence: (divergence: Divergence) => void;
  /** Now and then. */
  readonly onProgress?: (done: DiffProgress) => void;
}

export interface DiffProgress {
  readonly programs: number;
  readonly steps: number;
  readonly divergences: number;
}

export interface DiffResult extends DiffProgress {
  /** How many programs needed each explanation. */
  readonly explained: ReadonlyMap<string, number>;
  /** Explanations that nothing needed. */
  readonly unused: readonly string[];
  /** Of every program and of what the first target answered: the identity of the whole run. */
  readonly hash: string;
}

/** Different divergences that one comparison reports. */
const DIVERGENCES_MAX = 20;
/** Programs that making one example small may take. */
const SHRINK_MAX = 300;
/** Programs under one seed; the next have a seed of their own, so that each is reached soon. */
const PROGRAMS_PER_SEED = 1000;

export async function diff<P extends Program>(options: DiffOptions<P>): Promise<DiffResult> {
  return new Comparison(options).run();
}

class Comparison<P extends Program> {
  readonly #options: DiffOptions<P>;
  readonly #sides: Sides<P>;
  /** What is reported already. */
  readonly #found: Explanation<P>[] = [];
  readonly #examples = new Map<Explanation<P>, P>();
  readonly #uses = new Map<string, number>();
  readonly #hash = createHash('sha256');
  #programs = 0;
  #steps = 0;
  #divergences = 0;

  constructor(options: DiffOptions<P>) {
    const { plan, targets } = options;
    this.#options = options;
    this.#sides = [plan.side(targets[0]), plan.side(targets[1])];
  }

  async run(): Promise<DiffResult> {
    const { plan, runs, seed, path, onProgress } = this.#options;
    while (this.#programs < runs && this.#divergences < DIVERGENCES_MAX) {
      const from = seed + this.#programs;
      const search = await this.#search(from, Math.min(runs - this.#programs, PROGRAMS_PER_SEED));
      this.#programs += Math.max(1, search.runs);
      onProgress?.(this.#progress());
      if (search.program === undefined) {
        if (path !== undefined) break;
        continue;
      }
      const { difference } = await this.#compare(search.program);
      if (difference === undefined) continue; // It did not come again: the next run tells.
      this.#divergences++;
      this.#found.push(this.#alike(difference));
      this.#report(difference, from, search.path);
      if (path !== undefined) break;
    }
    await this.#reportExplained();
    const unused = plan.explanations.filter((it) => !this.#examples.has(it)).map(({ id }) => id);
    const hash = this.#hash.digest('hex').slice(0, HASH_DIGITS);
    return { ...this.#progress(), explained: this.#uses, unused, hash };
  }

  #progress(): DiffProgress {
    return { programs: this.#programs, steps: this.#steps, divergences: this.#divergences };
  }

  #compare(program: P, onAnswer?: (answer: Answer) => void): Promise<Outcome<P>> {
    const explanations = [...this.#options.plan.explanations, ...this.#found];
    return compare(this.#sides, program, explanations, onAnswer);
  }

  async #search(seed: number, runs: number): Promise<Search<P>> {
    const { plan, path } = this.#options;
    let failures = 0;
    const details = await fc.check(
      fc.asyncProperty(plan.programs, async (program) => {
        if (failures > SHRINK_MAX) return true;
        if (failures > 0) failures++;
        const answers: Answer[] = [];
        const outcome = await this.#compare(program, (answer) => void answers.push(answer));
        if (failures === 0) this.#count(program, outcome, answers);
        if (outcome.difference === undefined) return true;
        failures = Math.max(failures, 1);
        return false;
      }),
      { seed, numRuns: path === undefined ? runs : 1, ...(path === undefined ? {} : { path }) },
    );
    const program = details.counterexample?.[0];
    return {
      runs: details.numRuns,
      ...(program === undefined ? {} : { program }),
      ...(details.counterexamplePath === null ? {} : { path: details.counterexamplePath }),
    };
  }

  #count(program: P, outcome: Outcome<P>, answers: readonly Answer[]): void {
    this.#steps += outcome.steps;
    const shown = this.#options.plan.show(program, program.steps.length);
    this.#hash.update(shown.join('\n'));
    for (const { name, value } of answers.flatMap(({ parts }) => parts)) {
      this.#hash.update(name).update(typeof value === 'bigint' ? value.toString(16) : value);
    }
    for (const explanation of outcome.explained.keys()) {
      const { id } = explanation;
      this.#uses.set(id, (this.#uses.get(id) ?? 0) + 1);
      const known = this.#examples.get(explanation);
      if (!known || program.steps.length < known.steps.length) {
        this.#examples.set(explanation, program);
      }
    }
  }

  async #reportExplained(): Promise<void> {
    const { plan, seed } = this.#options;
    for (const [explanation, program] of this.#examples) {
      if (this.#found.includes(explanation)) continue;
      const smallest = await this.#fewest(program, explanation);
      const outcome = await compare(this.#sides, smallest, plan.explanations);
      const difference = outcome.explained.get(explanation);
      if (difference !== undefined) this.#report(difference, seed, undefined, explanation);
    }
  }

  /** Leaves out every step without which the explanation is needed just as well. */
  async #fewest(program: P, explanation: Explanation<P>): Promise<P> {
    const { explanations } = this.#options.plan;
    let smallest = program;
    for (let at = program.steps.length - 1; at >= 0; at--) {
      const steps = smallest.steps.filter((_, index) => index !== at);
      const candidate = { ...smallest, steps };
      const { explained, difference } = await compare(this.#sides, candidate, explanations);
      if (difference === undefined && explained.has(explanation)) smallest = candidate;
    }
    return smallest;
  }

  /** Differences like one that is reported already: the search goes on past them. */
  #alike(known: Difference<P>): Explanation<P> {
    const { placeOf } = this.#options.plan;
    const place = placeOf(known);
    return {
      id: 'reported',
      cite: { document: 'this run', revision: '', basis: 'read' },
      why: 'reported already',
      example: [],
      explains: (difference) => (placeOf(difference) === place ? difference.bits : 0n),
      ends: true,
    };
  }

  #report(
    difference: Difference<P>,
    seed: number,
    path: string | undefined,
    explanation?: Explanation<P>,
  ): void {
    const { plan, targets, reproduce, onDivergence } = this.#options;
    const { part, index, program } = difference;
    const [one, other] = showValues(difference);
    onDivergence({
      record: 'divergence',
      device: plan.device,
      targets: [targets[0].name, targets[1].name],
      seed: String(this.#options.seed),
      step: index + 1,
      answers: [`${part}: ${one}`, `${part}: ${other}`],
      sequence: plan.show(program, index + 1),
      journals: [this.#sides[0].journal(), this.#sides[1].journal()],
      reproduce: reproduce(seed, path),
      ...(explanation === undefined ? {} : { explained: explanationOf(explanation) }),
    });
  }
}

const HASH_DIGITS = 16;

interface Search<P> {
  readonly runs: number;
  readonly program?: P;
  readonly path?: string;
}

function explanationOf({ id, cite, why }: Explanation): NonNullable<Divergence['explained']> {
  return { id, cite, why };
}
