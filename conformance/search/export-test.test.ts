/** An exported test is run by Vitest as it would be in a repository of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { driverMutants } from '../runner/mutants/driver-mutants.ts';
import { edited } from '../runner/mutants/edit.ts';
import { exportTest } from './export-test.ts';
import type { Scenario } from './scenario.ts';

const DRIVER = 'drivers-under-test/samples/edu/driver.ts';
const scenario: Scenario = {
  model: 'EduDevice',
  driver: 'edu',
  target: 'sim:edu',
  seed: 0,
  steps: [
    { client: 0, word: 'factorial', with: { n: 12 } },
    { client: 1, word: 'identify', with: {} },
  ],
  faults: [],
  answers: [],
  schedule: [{ at: 1, take: 1 }],
};
const failure = { message: "how factorial's call ends", expected: 'success', seen: 'an error */' };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'driver-dyno-export-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('an exported test reads well', () => {
  expect(exportTest(scenario, failure, { driverModule: './driver.ts' })).toMatchInlineSnapshot(`
    "/**
     * how factorial's call ends
     * Expected: success
     * Seen: an error * /
     *
     * Found by the search of driver-dyno. Fails as long as the bug is there.
     */
    import { test } from 'vitest';
    import { expectScenario } from 'driver-dyno/vitest';
    import driver from './driver.ts';

    test('edu on sim:edu: how factorial\\'s call ends', async () => {
      await expectScenario(driver, \`
        dyno scenario 1
        model EduDevice
        driver edu
        target sim:edu
        seed 0
        client 0 factorial n=12
        client 1 identify
        choice 1 takes 1
      \`);
    });
    "
  `);
});

/** Our driver, or a mutant of it, as if it were at home in that folder. */
function driverSource(mutant?: string): string {
  const source = readFileSync(DRIVER, 'utf8');
  const found = driverMutants.find(({ id }) => id === mutant);
  const changed = found === undefined ? source : edited(source, found);
  return changed.replaceAll(
    /from '(\.[^']+)'/g,
    (_, path: string) => `from '${resolve(DRIVER, '..', path)}'`,
  );
}

function runIn(driver: string): { status: number | null; output: string } {
  writeFileSync(join(folder, 'driver.ts'), driver);
  const harness = resolve('conformance/vitest.ts');
  const text = exportTest(scenario, failure, { driverModule: './driver.ts', harness });
  writeFileSync(join(folder, 'found.test.ts'), text);
  const vitest = resolve('node_modules/vitest/vitest.mjs');
  const run = spawnSync(process.execPath, [vitest, 'run', '--root', folder], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status: run.status, output: run.stdout + run.stderr };
}

test('it fails while the bug is there and passes when it is mended', { timeout: 120_000 }, () => {
  const broken = runIn(driverSource('edu/twelve-is-too-large'));
  expect(broken.output).toContain(
    "FAIL  found.test.ts > edu on sim:edu: how factorial's call ends",
  );
  expect(broken.output).toContain('client 0 factorial n=12');
  expect(broken.status).toBe(1);
  const mended = runIn(driverSource());
  expect(mended.output).toMatch(/Tests +1 passed/);
  expect(mended.status).toBe(0);
});
