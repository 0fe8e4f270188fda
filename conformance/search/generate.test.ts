import { describe, expect, test } from 'vitest';
import { Random } from '../../sim/kernel/random.ts';
import type { Extent } from './extent.ts';
import { Generator } from './generate.ts';
import type { OperationWord } from './model.ts';
import { ByteSource, between } from './source.ts';
import {
  EXTENT,
  SEEDS,
  SUBJECT,
  inSequence,
  median,
  overflows,
  plainWords,
  search,
  toyModel,
} from './toys.fixture.ts';

function firstRuns(kinds: number, runs: number, fails: Parameters<typeof search>[3]): number[] {
  const generator = new Generator(toyModel(plainWords(kinds)), SUBJECT, EXTENT);
  return SEEDS.map((seed) => search(generator, seed, runs, fails)?.run ?? Infinity);
}

describe('what scenarios find', () => {
  test('six steps in sequence among 20 words within few runs', () => {
    const runs = firstRuns(20, 10_000, inSequence);
    expect(median(runs)).toBeLessThanOrEqual(20);
    expect(Math.max(...runs)).toBeLessThanOrEqual(200);
  });

  test('16 pushes without a drain among 8 words', () => {
    const runs = firstRuns(8, 20_000, overflows);
    expect(median(runs)).toBeLessThanOrEqual(20);
    expect(Math.max(...runs)).toBeLessThanOrEqual(200);
  });

  test('six steps that only the one before makes possible', () => {
    const gated = Object.fromEntries(
      Array.from({ length: 6 }, (_, index): [string, OperationWord] => [
        `g${index}`,
        {
          weight: 1,
          parameters: {},
          applies: ({ step }) => step === index,
          leads: () => ({ step: index + 1 }),
        },
      ]),
    );
    const model = toyModel({ ...plainWords(14), ...gated }, { start: { step: 0 } });
    const generator = new Generator(model, SUBJECT, EXTENT);
    const runs = SEEDS.map(
      (seed) =>
        search(generator, seed, 1000, ({ steps }) => steps.some(({ word }) => word === 'g5'))?.run,
    );
    expect(median(runs.map((run) => run ?? Infinity))).toBeLessThanOrEqual(3);
  });

  test('limits of declared fields, and two operations in one place of many', () => {
    const lba = { type: 'integer', min: 0, max: 2 ** 40 } as const;
    const words = {
      write: { weight: 1, parameters: { lba } },
      read: { weight: 1, parameters: { lba } },
    };
    const generator = new Generator(toyModel(words), SUBJECT, EXTENT);
    const meets = search(generator, 1, 100, ({ steps }) =>
      steps.some(
        (step, at) =>
          step.word === 'read' &&
          steps
            .slice(0, at)
            .some((one) => one.word === 'write' && one.with['lba'] === step.with['lba']),
      ),
    );
    const last = search(generator, 1, 100, ({ steps }) =>
      steps.some((step) => step.with['lba'] === lba.max),
    );
    const pastPower = search(generator, 1, 100, ({ steps }) =>
      steps.some((step) => step.with['lba'] === 2 ** 32 - 1),
    );
    expect([meets, last, pastPower]).not.toContain(undefined);
  });
});

describe('generation', () => {
  const at = { type: 'integer', min: 1, max: 100_000 } as const;
  const model = toyModel(
    {
      write: {
        weight: 3,
        parameters: {
          lba: { type: 'integer', min: 0, max: 1000, likely: [512] },
          how: { type: 'choice', of: ['whole', 'parts'] },
          fua: { type: 'flag' },
        },
      },
      never: { weight: 1, parameters: {}, applies: () => false },
    },
    { faults: { removal: { weight: 1, parameters: { at } } } },
  );
  const extent: Extent = { steps: { usual: 50, most: 400 }, clients: 4, faults: 3, answers: 3 };
  const generator = new Generator(model, SUBJECT, extent);
  const drafts = Array.from({ length: 2000 }, (_, run) =>
    generator.draft(new Random(7, `run ${run}`), { reach: { removal: 30 } }),
  );

  test('is sized for sequences', () => {
    const lengths = drafts.map(({ scenario }) => scenario.steps.length);
    const average = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(average).toBeGreaterThan(40);
    expect(average).toBeLessThan(70);
    expect(Math.max(...lengths)).toBeGreaterThan(200);
    expect(Math.min(...lengths)).toBe(0);
  });

  test('keeps to the declared values, to what applies, and to the extent', () => {
    const steps = drafts.flatMap(({ scenario }) => scenario.steps);
    const seen = (name: string) => new Set(steps.map((step) => step.with[name]));
    expect(new Set(steps.map(({ word }) => word))).toEqual(new Set(['write']));
    expect(new Set(steps.map(({ client }) => client))).toEqual(new Set([0, 1, 2, 3]));
    expect(Math.min(...[...seen('lba')].map(Number))).toBe(0);
    expect(Math.max(...[...seen('lba')].map(Number))).toBe(1000);
    expect(seen('how')).toEqual(new Set(['whole', 'parts']));
    expect(seen('fua')).toEqual(new Set([true, false]));
    for (const { scenario } of drafts) {
      expect(scenario.faults.length).toBeLessThanOrEqual(3);
      expect(scenario.answers).toEqual([]);
    }
  });

  test('plans faults where they can strike, early ones more often', () => {
    const places = drafts.flatMap(({ scenario }) => scenario.faults.map(({ with: { at } }) => at));
    expect(Math.max(...places.map(Number))).toBeLessThanOrEqual(30);
    expect(new Set(places).size).toBe(30);
    const early = places.filter((place) => Number(place) <= 10).length;
    expect(early).toBeGreaterThan(places.length / 2);
  });

  test('gives the same for the same seed, and from the same bytes', () => {
    expect(generator.draft(new Random(7, 'run 5'), { reach: { removal: 30 } })).toEqual(drafts[5]);
    const bytes = new Random(1, 'bytes').bytes(400);
    const some = new ByteSource(bytes);
    expect(generator.draft(some)).toEqual(generator.draft(new ByteSource(bytes)));
    expect(some.used).toBeGreaterThan(10);
    expect(generator.draft(new ByteSource(new Uint8Array(0))).scenario.steps).toEqual([]);
  });

  test('refuses a silent default of sizes', () => {
    const broken = { ...extent, steps: {} } as unknown as Extent;
    expect(() => new Generator(model, SUBJECT, broken)).toThrow(
      'extent.steps.most is undefined; say how many: 1 .. 10000.',
    );
    expect(() => new Generator(toyModel({}), SUBJECT, extent)).toThrow('has no operations');
  });
});

test('numbers of more than 32 bits are drawn from all of their range', () => {
  const random = new Random(1, 'wide');
  const drawn = Array.from({ length: 1000 }, () => between(random, -5, 2 ** 53 - 10));
  expect(drawn.filter((value) => value > 2 ** 52).length).toBeGreaterThan(400);
  expect(drawn.every((value) => Number.isSafeInteger(value) && value >= -5)).toBe(true);
});
