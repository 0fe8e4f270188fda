import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scenarios } from './arbitrary.ts';
import type { Scenario } from './scenario.ts';
import { EXTENT, SUBJECT, inSequence, plainWords, toyModel } from './toys.fixture.ts';

const at = { type: 'integer', min: 1, max: 50 } as const;
const model = toyModel(plainWords(20), { faults: { removal: { weight: 1, parameters: { at } } } });
const given = scenarios(model, { ...SUBJECT, extent: { ...EXTENT, clients: 2, faults: 2 } });

async function smallest(options: fc.Parameters<[Scenario]>): Promise<Scenario | undefined> {
  const property = fc.asyncProperty(given, async (scenario) => !inSequence(scenario));
  const details = await fc.check(property, { numRuns: 500, ...options });
  return details.counterexample?.[0];
}

describe('scenarios in a property of fast-check', () => {
  test('are found and shrunk to the least', async () => {
    const scenario = await smallest({ seed: 1 });
    expect(scenario?.steps.map(({ word }) => word)).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5']);
    expect(scenario?.steps.every(({ client }) => client === 0)).toBe(true);
    expect(scenario).toMatchObject({ seed: 0, faults: [], schedule: [] });
  });

  test('shrink from given values too', async () => {
    const sample = fc.sample(given, { seed: 4, numRuns: 300 }).find(inSequence) as Scenario;
    const scenario = await smallest({ examples: [[sample]], numRuns: 1 });
    expect(sample.steps.length).toBeGreaterThan(6);
    expect(scenario?.steps).toHaveLength(6);
    expect(given.canShrinkWithoutContext({ model: 'Other', steps: [] })).toBe(false);
  });

  test('have schedules with deviations, in order and each place once', () => {
    const all = fc.sample(given, { seed: 5, numRuns: 200 });
    const places = all.map(({ schedule }) => schedule.map((deviation) => deviation.at));
    expect(places.filter((list) => list.length > 0).length).toBeGreaterThan(50);
    for (const list of places) {
      expect(list).toEqual([...new Set(list)].toSorted((a, b) => a - b));
    }
  });
});
