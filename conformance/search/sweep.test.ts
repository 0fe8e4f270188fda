import { expect, test } from 'vitest';
import type { OperationWord } from './model.ts';
import { Sweep, type Swept } from './sweep.ts';
import { SUBJECT, toyModel } from './toys.fixture.ts';

const at = { type: 'integer', min: 1, max: 50 } as const;
const ns = { type: 'integer', min: 1, max: 1000, likely: [10, 500] } as const;
const words: Record<string, OperationWord> = {
  stop: {
    weight: 1,
    parameters: {},
    applies: ({ up }) => up === true,
    leads: () => ({ up: false }),
  },
  start: {
    weight: 1,
    parameters: {},
    applies: ({ up }) => up === false,
    leads: () => ({ up: true }),
  },
  read: { weight: 1, parameters: { lba: { type: 'integer', min: 0, max: 9, likely: [4] } } },
  cut: { weight: 1, parameters: {}, needs: 'power-cut' },
};
const model = toyModel(words, {
  start: { up: true },
  faults: {
    removal: { weight: 1, parameters: { at } },
    late: { weight: 1, parameters: { at, ns } },
    absent: { weight: 1, parameters: { at }, needs: 'removal' },
  },
});

/** Faults strike in the first two accesses of each step. */
function struck({ scenario }: Swept): boolean {
  const fault = scenario.faults[0];
  return fault !== undefined && Number(fault.with['at']) <= 2 * scenario.steps.length;
}

function all(batch: number): Swept[] {
  const sweep = new Sweep(model, SUBJECT);
  const found: Swept[] = [];
  for (;;) {
    const some = sweep.take(batch);
    if (some.length === 0) return found;
    found.push(...some);
    for (const one of some) sweep.told(one, struck(one));
  }
}

const text = ({ scenario: { steps, faults } }: Swept) =>
  [
    ...steps.map(({ word }) => word),
    ...faults.map(({ word, with: v }) => `${word} ${v['at']}`),
  ].join(' ');

test('every fault comes at every place of every tour, until it no longer strikes', () => {
  const found = all(1);
  const places = (steps: string, word: string) =>
    found.map(text).filter((one) => one.startsWith(`${steps} ${word}`));
  expect(found.slice(0, 3).map(text)).toEqual(['read stop start', 'stop', 'read']);
  expect(places('read stop start', 'removal')).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((place) => `read stop start removal ${place}`),
  );
  expect(places('stop', 'removal')).toEqual([1, 2, 3].map((place) => `stop removal ${place}`));
  // Both likely times in the tour of everything.
  expect(places('read stop start', 'late')).toHaveLength(14);
  expect(places('stop', 'late')).toHaveLength(3);
  expect(found.some((one) => text(one).includes('absent') || text(one).includes('cut'))).toBe(
    false,
  );
});

test('larger batches miss nothing and try a little more', () => {
  const single = new Set(all(1).map(text));
  const batches = all(40).map(text);
  expect(batches.length).toBeGreaterThan(single.size);
  expect([...single].filter((one) => !batches.includes(one))).toEqual([]);
});

test('it tells how far faults reached', () => {
  const sweep = new Sweep(model, SUBJECT);
  for (let some = sweep.take(9); some.length > 0; some = sweep.take(9)) {
    for (const one of some) sweep.told(one, struck(one));
  }
  expect(sweep.reach).toEqual({ removal: 6, late: 6 });
});
