/** The sample driver passes every clause of its suites on the simulated card. */
import { expect, it } from 'vitest';
import driver from '../../../drivers-under-test/samples/uart-16550/driver.ts';
import { DEFAULT_LIMITS } from '../../../sim/kernel/world.ts';
import { builtIn } from '../../cli/catalog.ts';
import { judge } from '../../runner/judge.ts';
import { applicable } from '../../runner/plan.ts';

const TARGET = 'sim:pci-serial';
const cases = applicable(builtIn, driver, TARGET).filter(({ suite }) =>
  /^(serial-port|uart-16550)\//.test(suite.id),
);

it('has at least 25 clauses, each with an address of its own', () => {
  expect(new Set(cases.map(({ address }) => address)).size).toBe(cases.length);
  expect(cases.length).toBeGreaterThanOrEqual(25);
});

it.each(cases)('$address', async ({ clause, address }) => {
  const target = await builtIn.targets[TARGET]!.make({ onChild: () => {} });
  const verdict = await judge({
    clause,
    address,
    driver,
    target,
    seed: 1,
    runs: 10,
    exercises: builtIn.exercises,
    rules: builtIn.rules,
    limits: DEFAULT_LIMITS,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    clock: () => 0,
    reproduce: () => '',
  });
  expect(verdict.failure ?? verdict.reason).toBeUndefined();
  expect(verdict.verdict).toBe('pass');
});
