/** In a process of its own: mutants are loaded by hooks, which tests have others for. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CLASSES } from '../../runner/mutants/classes.ts';
import { driverMutants } from '../../runner/mutants/driver-mutants.ts';
import { failures } from './print.ts';
import { BUG_CLASSES } from './table.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

test('every class has a mutant of its own class', () => {
  expect(BUG_CLASSES.map(({ id }) => id)).toEqual(CLASSES);
  const classes = new Map(driverMutants.map(({ id, bugClass }) => [id, bugClass]));
  expect(BUG_CLASSES.filter(({ id, mutant }) => classes.get(mutant) !== id)).toEqual([]);
});

test('cheap ones are found and shrunk to the smallest', { timeout: 120_000 }, () => {
  const budget = ['--seeds', '1', '--executions', '300', '--plain', '50'];
  const words = ['BC-10', 'BC-17', 'BC-19', 'BC-24', ...budget];
  const { status, stdout } = spawnSync(process.execPath, [MAIN, ...words], { encoding: 'utf8' });
  expect(stdout).toMatch(/4 classes: found 4 of 4.*\n?.*shrunk to the smallest 4 of 4/);
  expect(stdout).toMatch(/edu without a defect: .* no alarm/);
  expect(status).toBe(0);
});

test('what is missed, not small enough, or a false alarm fails', () => {
  const row = {
    id: 'BC-01',
    name: '',
    mutant: 'edu/x',
    seeds: 10,
    found: 10,
    medianMs: 1,
    maxMs: 1,
    medianExecutions: 1,
    maxExecutions: 1,
    minimal: 9,
    shrunk: [],
    plain: { found: 0, medianMs: 1, medianExecutions: 1 },
  };
  const healthy = { driver: 'edu', executions: 1, ms: 1, alarms: [] };
  expect(failures([row], [healthy])).toEqual([]);
  expect(failures([{ ...row, minimal: 8 }], [healthy])).toHaveLength(1);
  expect(failures([{ ...row, found: 9 }], [healthy])).toHaveLength(1);
  expect(failures([row], [{ ...healthy, alarms: ['a'] }])).toHaveLength(1);
});
