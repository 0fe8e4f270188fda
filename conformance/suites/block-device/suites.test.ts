/** The suites accept a correct block driver, and each kind of flaw fails a clause that names it. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../sim/kernel/world.ts';
import { builtIn } from '../../cli/catalog.ts';
import { judge } from '../../runner/judge.ts';
import { allClauses } from '../../runner/plan.ts';
import { type Flaw, memoryDriver, memoryTarget } from './memory-disk.fixture.ts';

const clauses = allClauses(builtIn).filter(({ suite }) => suite.id.startsWith('block-device/'));

async function verdictOf(address: string, flaw?: Flaw) {
  const clause = clauses.find((one) => one.address === address)?.clause;
  if (clause === undefined) throw new Error(`There is no clause ${address}.`);
  const shorter = address.endsWith('/restart');
  return judge({
    clause,
    address,
    driver: memoryDriver(flaw),
    target: memoryTarget(flaw),
    seed: 1,
    runs: 100,
    shrink: false,
    exercises: builtIn.exercises,
    rules: builtIn.rules,
    limits: shorter ? { ...DEFAULT_LIMITS, events: 50_000_000 } : DEFAULT_LIMITS,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    clock: () => 0,
    reproduce: () => '',
  });
}

/** What only a controller of NVMe can do wrong, and what this driver does not claim. */
const ELSEWHERE = ['misbehaviour/', 'random/any-faults'].concat(
  ['error-once', 'recovered', 'interrupts'].map((id) => `statistics/${id}`),
);
const elsewhere = (address: string) =>
  ELSEWHERE.some((one) => address.startsWith(`block-device/${one}`));

describe('a correct driver passes', () => {
  it.each(clauses.filter(({ address }) => !elsewhere(address)))('$address', async ({ address }) => {
    const { verdict, failure, reason } = await verdictOf(address);
    expect(failure?.message ?? reason).toBeUndefined();
    expect(verdict).toBe('pass');
  });
});

const CAUGHT: readonly (readonly [Flaw, string])[] = [
  ['flush-nothing', 'durability/flush'],
  ['flush-nothing', 'durability/every-instant'],
  ['flush-nothing', 'durability/torture'],
  ['ignore-fua', 'durability/fua'],
  ['ignore-fua', 'durability/every-instant'],
  ['ignore-fua', 'durability/torture'],
  ['acknowledge-early', 'durability/torture'],
  ['acknowledge-early', 'data/read-back'],
  ['acknowledge-early', 'data/concurrent'],
  ['tear-block', 'durability/torture'],
  ['lose-update', 'data/concurrent'],
  ['lose-update', 'random/operations'],
  ['stale-read', 'data/concurrent'],
  ['off-by-one', 'boundaries/first-and-last'],
  ['forget-guard', 'boundaries/scattered'],
  ['complete-nothing', 'data/read-back'],
  ['trim-neighbour', 'data/trim'],
];

describe('a flaw is caught', () => {
  it.each(CAUGHT)('%s by %s', async (flaw, clause) => {
    expect((await verdictOf(`block-device/${clause}`, flaw)).verdict).toBe('fail');
  });
});
