import { describe, expect, it } from 'vitest';
import edu from '../../drivers-under-test/samples/edu/driver.ts';
import { DEFAULT_LIMITS } from '../../sim/kernel/world.ts';
import { eduMachine } from '../../sim/machines/edu.ts';
import { type Clause, enumerated } from '../clause.ts';
import { expect as expecting } from '../expect.ts';
import { type Hardware, type Target, TargetUnavailable } from '../target.ts';
import { simTarget } from '../transports/sim/target.ts';
import { judge } from './judge.ts';

const base = {
  id: 'probe',
  cite: { document: 'none', revision: '1', basis: 'read' },
  text: 'The device does as it should.',
  level: 'shall',
  subject: 'device',
  rules: [],
} as const satisfies Omit<Clause, 'check'>;

const target: Target = {
  ...simTarget({ name: 'sim:edu', device: 'edu', machine: eduMachine, offers: [] }),
  departures: { 'suite/probe': { why: 'it is known to', shows: /known/ } },
};
const deadly: Target = {
  ...target,
  open: (world): Hardware => ({
    ...target.open(world),
    lost: () => new TargetUnavailable('It died as it is known to.'),
  }),
};

const judged = (clause: Clause, on = target) =>
  judge({
    clause,
    address: 'suite/probe',
    driver: edu,
    target: on,
    seed: 1,
    runs: 1,
    rules: [],
    exercises: {},
    limits: DEFAULT_LIMITS,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    clock: () => 0,
    reproduce: () => 'again',
  });
const example = (...said: readonly string[]): Clause =>
  enumerated({
    ...base,
    every: [...said],
    check: async (_, what) => expecting.that(what === 'fine', what),
  });

describe('what a device is known to do otherwise', () => {
  it('is waived', async () => {
    const verdict = await judged(example('fine', 'the known one', 'fine'));
    expect(verdict).toMatchObject({ verdict: 'fail', runs: 3 });
    expect(verdict.waived).toMatchObject({ issue: 'it is known to', owner: 'sim:edu' });
  });

  it('hides nothing else that the clause finds', async () => {
    const verdict = await judged(example('the known one', 'a new one'));
    expect(verdict).toMatchObject({ verdict: 'fail', failure: { message: 'a new one' } });
    expect(verdict.waived).toBeUndefined();
  });

  it('is no excuse for a driver', async () => {
    const verdict = await judged({ ...example('the known one'), subject: 'driver' });
    expect(verdict.verdict).toBe('fail');
    expect(verdict.waived).toBeUndefined();
  });

  it('may be its death, whatever the clause judges', async () => {
    const verdict = await judged({ ...example('fine'), subject: 'driver' }, deadly);
    expect(verdict).toMatchObject({ verdict: 'error', reason: 'It died as it is known to.' });
    expect(verdict.waived?.issue).toBe('it is known to');
  });

  it('is stale where the clause passes', async () => {
    const verdict = await judged(example('fine'));
    expect(verdict).toMatchObject({ verdict: 'pass', waived: { issue: 'it is known to' } });
  });
});
