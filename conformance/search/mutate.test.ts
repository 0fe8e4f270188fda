import { describe, expect, test } from 'vitest';
import { Random } from '../../sim/kernel/random.ts';
import { Generator } from './generate.ts';
import { mutate } from './mutate.ts';
import type { Scenario } from './scenario.ts';
import { ByteSource } from './source.ts';
import { whyNot } from './text.ts';
import { EXTENT, SEEDS, SUBJECT, median, plainWords, toyModel } from './toys.fixture.ts';

const at = { type: 'integer', min: 1, max: 20 } as const;
const lba = { type: 'integer', min: 0, max: 999 } as const;
const model = toyModel(
  { ...plainWords(6), write: { weight: 2, parameters: { lba } } },
  { faults: { removal: { weight: 1, parameters: { at } } } },
);
const generator = new Generator(model, SUBJECT, { ...EXTENT, clients: 4, faults: 2 });
const random = new Random(1, 'mutations');
const [first, other] = [1, 2].map((seed) => generator.draft(new Random(seed, 'a')).scenario) as [
  Scenario,
  Scenario,
];

describe('mutations', () => {
  test('apply to the model, whatever follows whatever', () => {
    let scenario = first;
    for (let round = 0; round < 3000; round++) {
      scenario = mutate(random, scenario, { generator, other }).scenario;
      if (scenario.steps.length > 500) scenario = first;
      expect(whyNot(scenario, model)).toBe(undefined);
      const places = scenario.schedule.map((deviation) => deviation.at);
      expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b));
    }
  });

  test('come to everything that a scenario is made of, from one of nothing', () => {
    const empty: Scenario = { ...first, steps: [], faults: [], answers: [], schedule: [] };
    const all = Array.from({ length: 300 }, () => mutate(random, empty, { generator, other }));
    const some = (has: (scenario: Scenario) => boolean) => all.some((one) => has(one.scenario));
    expect(some(({ steps }) => steps.some(({ client }) => client === 3))).toBe(true);
    expect(some(({ faults }) => faults.length > 0)).toBe(true);
    expect(some(({ schedule }) => schedule.length > 0)).toBe(true);
    expect(all.some(({ order }) => order.kind === 'priority')).toBe(true);
  });

  test('are the same from the same decisions', () => {
    const bytes = random.bytes(200);
    const once = () => mutate(new ByteSource(bytes), first, { generator, other });
    expect(once()).toEqual(once());
    expect(once().scenario).not.toEqual(first);
  });

  test('climb where feedback says what was new: six in a row, a wrong one resets', () => {
    const plain = new Generator(toyModel(plainWords(20)), SUBJECT, EXTENT);
    const reached = ({ steps }: Scenario) => {
      let most = 0;
      let row = 0;
      for (const { word } of steps) {
        row = word === `k${row}` ? row + 1 : word === 'k0' ? 1 : 0;
        most = Math.max(most, row);
        if (most === 6) break;
      }
      return most;
    };
    const runsOf = (seed: number, isGuided: boolean): number => {
      const source = new Random(seed, 'climb');
      const corpus: Scenario[] = [];
      let best = 0;
      for (let run = 1; run <= 20_000; run++) {
        const from = corpus.at(-1);
        const isNew = from === undefined || !isGuided || source.below(4) === 0;
        const { scenario } = isNew
          ? plain.draft(source)
          : mutate(source, from, { generator: plain, other: from });
        const depth = reached(scenario);
        if (depth === 6) return run;
        // What is shorter and reaches as far is a better place to go on from.
        const isShorter = scenario.steps.length < (from?.steps.length ?? Infinity);
        if (depth > best || (depth === best && isShorter)) corpus.push(scenario);
        best = Math.max(best, depth);
      }
      return Infinity;
    };
    expect(Math.max(...SEEDS.map((seed) => runsOf(seed, true)))).toBeLessThan(10_000);
    expect(median(SEEDS.slice(0, 3).map((seed) => runsOf(seed, false)))).toBe(Infinity);
  });
});
