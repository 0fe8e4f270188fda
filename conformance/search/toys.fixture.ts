/** Small models with pure oracles: what a search must find, without any driver behind it. */
import { Random } from '../../sim/kernel/random.ts';
import type { Extent } from './extent.ts';
import { type Draft, type Generator, type Subject } from './generate.ts';
import type { OperationWord, SearchModel } from './model.ts';
import type { Scenario } from './scenario.ts';

export const SUBJECT: Subject = { driver: 'toy', target: 'sim:toy', offers: new Set(['faults']) };
export const EXTENT: Extent = {
  steps: { usual: 50, most: 400 },
  clients: 1,
  faults: 0,
  answers: 0,
};
export const SEEDS = Array.from({ length: 21 }, (_, index) => index + 1);

export function toyModel(
  steps: Readonly<Record<string, OperationWord>>,
  rest: Partial<SearchModel> & Partial<Pick<SearchModel['vocabulary'], 'faults' | 'answers'>> = {},
): SearchModel {
  const { faults = {}, answers = {}, ...parts } = rest;
  return {
    name: 'Toy',
    vocabulary: { steps, faults, answers },
    start: {},
    play: () => {
      throw new Error('The oracle of a toy is beside it.');
    },
    ...parts,
  };
}

/** `count` words `k0`, `k1`, ... that say nothing. */
export function plainWords(count: number): Record<string, OperationWord> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`k${index}`, { weight: 1, parameters: {} }]),
  );
}

/** The 1-based run that fails first, and its draft; undefined when none of `runs` does. */
export function search(
  generator: Generator,
  seed: number,
  runs: number,
  fails: (scenario: Scenario, draft: Draft) => boolean,
): { run: number; draft: Draft } | undefined {
  for (let run = 1; run <= runs; run++) {
    const draft = generator.draft(new Random(seed, `run ${run}`));
    if (fails(draft.scenario, draft)) return { run, draft };
  }
  return undefined;
}

/** Whether `k0` .. `k5` come in this order, whatever is between. */
export function inSequence({ steps }: Scenario): boolean {
  let reached = 0;
  for (const { word } of steps) if (word === `k${reached}`) reached++;
  return reached >= 6;
}

/** Whether a FIFO of 16 overflows: `k0` pushes, `k1` drains. */
export function overflows({ steps }: Scenario): boolean {
  let depth = 0;
  for (const { word } of steps) {
    if (word === 'k1') depth = 0;
    if (word === 'k0' && ++depth >= 16) return true;
  }
  return false;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
