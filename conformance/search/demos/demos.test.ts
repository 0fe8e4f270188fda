import { describe, expect, test } from 'vitest';
import { handover } from './handover.ts';
import { handshake } from './handshake.ts';
import { hunt } from './hunt.ts';
import { recovery } from './recovery.ts';

const RUNS = 3000;
const SEEDS = [1, 2, 3];

const PATIENT = { timeout: 120_000 };

describe.each([handover, recovery, handshake])('$id', PATIENT, (demo) => {
  test.each(SEEDS)('is found with seed %i and shrunk to the least', async (seed) => {
    const { driver, smallest } = demo;
    const found = await hunt({ demo, driver, way: 'search', seed, runs: RUNS });
    expect({
      steps: found.smallest?.steps.length,
      faults: found.smallest?.faults.length,
      choices: found.smallest?.schedule.length,
    }).toEqual(smallest);
    expect(found.executions).toBeLessThan(300);
  });

  test('is not there any more when it is mended', async () => {
    const { mended: driver } = demo;
    const found = await hunt({ demo, driver, way: 'search', seed: 1, runs: 300 });
    expect(found.smallest).toBe(undefined);
  });
});

test('uniform choices do not find the one change of turns that it takes', PATIENT, async () => {
  const { driver } = handover;
  const uniform = await hunt({ demo: handover, driver, way: 'uniform', seed: 1, runs: 500 });
  expect(uniform.run).toBe(undefined);
  const found = await hunt({ demo: handover, driver, way: 'search', seed: 1, runs: RUNS });
  expect(found.smallest?.steps[0]?.with).toEqual({ blocks: 17 });
  expect(found.smallest?.schedule).toEqual([{ at: 32, take: 1 }]);
});
