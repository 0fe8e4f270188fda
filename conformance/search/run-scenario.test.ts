import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../sim/kernel/random.ts';
import { randomly } from '../../sim/kernel/schedule.ts';
import { builtIn } from '../cli/catalog.ts';
import { loadDriver } from '../runner/load.ts';
import { Generator } from './generate.ts';
import { type Runner, makeRunner } from './run-scenario.ts';
import { deviationsOf } from './schedules.ts';
import { parseScenario } from './text.ts';

const EXTENT = { steps: { usual: 10, most: 30 }, clients: 4, faults: 2, answers: 2 };

const CASES = [
  { driver: 'edu', target: 'sim:edu', model: 'EduDevice', count: 25 },
  {
    driver: 'uart-16550',
    target: 'sim:pci-serial',
    model: 'SerialPort',
    count: 25,
  },
  { driver: 'nvme', target: 'sim:nvme', model: 'BlockDevice', count: 6 },
] as const;

async function runnerOf({ driver, target, model }: (typeof CASES)[number]) {
  const offered = await builtIn.targets[target]!.make({ onChild: () => {} });
  const run = makeRunner({
    catalog: builtIn,
    driver: await loadDriver(builtIn.drivers[driver]!.module),
    target: offered,
    model: builtIn.models[model]!,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  });
  const subject = { driver, target, offers: offered.offers };
  return { run, generator: new Generator(builtIn.models[model]!, subject, EXTENT) };
}

let deviated = 0;

describe.each(CASES)('scenarios of $driver', (one) => {
  let run: Runner;
  let generator: Generator;
  beforeAll(async () => ({ run, generator } = await runnerOf(one)));

  it('find nothing wrong with a correct driver', async () => {
    const random = new Random(1, 'test');
    for (let count = 0; count < one.count; count++) {
      const { scenario } = generator.draft(random);
      const { problem } = await run(scenario, { schedule: randomly(new Random(count, 'order')) });
      expect(problem).toBeUndefined();
    }
  });

  it('replay, choice by choice, what a random schedule did', async () => {
    const random = new Random(2, 'test');
    for (let count = 0; count < one.count; count++) {
      const { scenario } = generator.draft(random);
      const explored = await run(scenario, { schedule: randomly(new Random(count, 'order')) });
      const written = { ...scenario, schedule: deviationsOf(explored.choices) };
      const replayed = await run(written);
      expect(replayed.hash).toBe(explored.hash);
      expect(replayed.choices).toEqual(explored.choices);
      deviated += written.schedule.length;
    }
  });
});

it('was something to replay', () => {
  expect(deviated).toBeGreaterThan(0);
});

describe('what happens in a scenario', () => {
  const HEAD = 'dyno scenario 1\nmodel EduDevice\ndriver edu\ntarget sim:edu\nseed 1\n';
  const play = async (text: string) => {
    const { run } = await runnerOf(CASES[0]);
    return run(parseScenario(HEAD + text, builtIn.models));
  };

  it('is told by states, words and faults', async () => {
    const outcome = await play(
      'fault lost-interrupt at=1\nclient 0 factorial n=5\nclient 1 stop\nclient 1 start\n',
    );
    expect(outcome.problem).toBeUndefined();
    expect(outcome.struck).toBe(true);
    expect(outcome.reached).toContain('stop while busy');
    expect(outcome.pairs).toContain('up: factorial');
    expect(outcome.pairs).toContain('up busy: stop');
  });

  it('ends calls of a driver that crashes', async () => {
    const { problem } = await play(
      'client 0 factorial n=5\nclient 1 crash\nclient 0 liveness pattern=1\n',
    );
    expect(problem).toBeUndefined();
  });

  it('does not wait for others when one has found something', async () => {
    const scenario = parseScenario(`${HEAD}client 0 pass ns=1\nclient 1 stop\n`, builtIn.models);
    const model = builtIn.models['EduDevice']!;
    const broken = makeRunner({
      catalog: builtIn,
      driver: await loadDriver(builtIn.drivers['edu']!.module),
      target: await builtIn.targets['sim:edu']!.make({ onChild: () => {} }),
      model: {
        ...model,
        play: (scene, reach) => ({
          ...model.play(scene, reach),
          state: () => 'here',
          finish: () => {},
          perform: ({ client }) =>
            client === 0 ? new Promise(() => {}) : Promise.reject(new RangeError('ours')),
        }),
      },
      settle: () => new Promise((resolve) => setImmediate(resolve)),
    });
    const { problem } = await broken(scenario);
    expect(problem).toMatchObject({ verdict: 'error', cause: 'ours' });
  });
});
