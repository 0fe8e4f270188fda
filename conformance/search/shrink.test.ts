import { describe, expect, test } from 'vitest';
import { Random } from '../../sim/kernel/random.ts';
import { Generator } from './generate.ts';
import type { Scenario, Step } from './scenario.ts';
import { type Trial, shrink } from './shrink.ts';
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

const { min, max } = Math;

/** The first failing scenario of each seed, shrunk; with how many executions that took. */
async function shrunk(
  generator: Generator,
  trial: (scenario: Scenario) => Trial,
): Promise<{ scenario: Scenario; executions: number }[]> {
  const found = SEEDS.map((seed) => {
    const one = search(generator, seed, 5000, (scenario) => trial(scenario).keeps);
    return one?.draft.scenario as Scenario;
  });
  return Promise.all(
    found.map((scenario) =>
      shrink(scenario, { model: generator.model, run: trial, executions: 1000 }),
    ),
  );
}

const words = ({ steps }: Scenario) => steps.map(({ word }) => word).join(' ');
const typical = (all: readonly { executions: number }[]) =>
  median(all.map(({ executions }) => executions));

describe('steps', () => {
  test('are those that it takes', async () => {
    const generator = new Generator(toyModel(plainWords(20)), SUBJECT, EXTENT);
    const all = await shrunk(generator, (scenario) => ({ keeps: inSequence(scenario) }));
    expect(new Set(all.map(({ scenario }) => words(scenario)))).toEqual(
      new Set(['k0 k1 k2 k3 k4 k5']),
    );
    expect(typical(all)).toBeLessThan(150);
    expect(max(...all.map(({ executions }) => executions))).toBeLessThan(300);
  });

  test('are all 16 that it takes', async () => {
    const generator = new Generator(toyModel(plainWords(8)), SUBJECT, EXTENT);
    const all = await shrunk(generator, (scenario) => ({ keeps: overflows(scenario) }));
    expect(new Set(all.map(({ scenario }) => scenario.steps.length))).toEqual(new Set([16]));
    expect(typical(all)).toBeLessThan(200);
  });

  test('go in pairs that belong together', async () => {
    // A close without an open, and an open in an open, end the scenario at once.
    const keeps = ({ steps }: Scenario) => {
      let isOpen = false;
      for (const { word } of steps) {
        if (word === 'k2') return true;
        if ((word === 'k0') === isOpen && (word === 'k0' || word === 'k1')) return false;
        if (word === 'k0') isOpen = true;
        if (word === 'k1') isOpen = false;
      }
      return false;
    };
    const steps = 'k0 k1 k0 k1 k3 k0 k1 k2'.split(' ').map((word) => step(word));
    const model = toyModel(plainWords(4));
    const { scenario } = await shrink(scenarioOf({ steps }), {
      model,
      run: (one) => ({ keeps: keeps(one) && words(one).includes('k') }),
      executions: 300,
    });
    expect(words(scenario)).toBe('k2');
  });
});

describe('values', () => {
  const lba = { type: 'integer', min: 0, max: 0xffff_ffff, likely: [8, 4096] } as const;
  const model = toyModel({
    write: { weight: 1, parameters: { lba, how: { type: 'choice', of: ['whole', 'cut'] } } },
    read: { weight: 1, parameters: { lba, quiet: { type: 'flag' } } },
  });
  const generator = new Generator(model, SUBJECT, EXTENT);

  test('that must be equal stay so, and become the least', async () => {
    const keeps = ({ steps }: Scenario) =>
      steps.some(
        (one, at) =>
          one.word === 'read' &&
          Number(one.with['lba']) > 1000 &&
          steps.slice(0, at).some((other) => {
            return other.word === 'write' && other.with['lba'] === one.with['lba'];
          }),
      );
    const all = await shrunk(generator, (scenario) => ({ keeps: keeps(scenario) }));
    for (const { scenario } of all) {
      expect(scenario.steps).toHaveLength(2);
      const [write, read] = scenario.steps;
      expect(write?.with['lba']).toBe(read?.with['lba']);
      expect(write?.with['how']).toBe('whole');
      expect(read?.with['quiet']).toBe(false);
      expect(read?.with['lba']).toBe(1001);
    }
    expect(typical(all)).toBeLessThan(150);
  });

  test('that must be just so take few executions', async () => {
    const steps = [step('write', { lba: 0xdead_beef, how: 'cut' })];
    const { scenario, executions } = await shrink(scenarioOf({ steps }), {
      model,
      run: (one) => ({ keeps: one.steps[0]?.with['lba'] === 0xdead_beef }),
      executions: 300,
    });
    expect(scenario.steps).toEqual([step('write', { lba: 0xdead_beef, how: 'whole' })]);
    expect(executions).toBeLessThan(30);
  });
});

test('a limit within 32 bits is found exactly, in few executions', async () => {
  const lba = { type: 'integer', min: 0, max: 0xffff_ffff, likely: [8, 4096] } as const;
  const model = toyModel({ write: { weight: 1, parameters: { lba } } });
  const { scenario, executions } = await shrink(
    scenarioOf({ steps: [step('write', { lba: 0xdead_beef })] }),
    {
      model,
      run: (one) => ({ keeps: Number(one.steps[0]?.with['lba']) >= 1_234_567 }),
      executions: 300,
    },
  );
  expect(scenario.steps[0]?.with['lba']).toBe(1_234_567);
  expect(executions).toBeLessThan(100);
});

/** Each step is three accesses and, of another client than the one before, a choice. */
function played(scenario: Scenario): Trial & { accessOf: (access: number) => Step | undefined } {
  const begun: { choices: number; counts: number[] }[] = [];
  const choices: number[] = [];
  const takes = new Map(scenario.schedule.map(({ at, take }) => [at, take]));
  scenario.steps.forEach((_, index) => {
    begun.push({ choices: choices.length, counts: [index * 3] });
    choices.push(...[0, 1].map((more) => takes.get(index * 2 + more) ?? 0));
  });
  const accessOf = (access: number) => scenario.steps[Math.ceil(access / 3) - 1];
  return { keeps: false, begun, choices, accessOf };
}

describe('what strikes in the middle of steps', () => {
  const at = { type: 'integer', min: 1, max: 2000 } as const;
  const model = toyModel(plainWords(6), {
    faults: {
      removal: { weight: 1, parameters: { at } },
      other: { weight: 1, parameters: { at } },
    },
  });
  const generator = new Generator(model, SUBJECT, { ...EXTENT, clients: 3, faults: 3 });

  /** Removed during a `k3` that comes after a `k1`. */
  const removed = (scenario: Scenario): Trial => {
    const trial = played(scenario);
    const keeps = scenario.faults.some(({ word, with: values }) => {
      const index = Math.ceil(Number(values['at']) / 3) - 1;
      const earlier = scenario.steps.slice(0, max(0, index));
      return (
        word === 'removal' &&
        scenario.steps[index]?.word === 'k3' &&
        earlier.some((one) => one.word === 'k1')
      );
    });
    return { ...trial, keeps };
  };

  test('still does when steps before it are gone', async () => {
    const all = await shrunk(generator, removed);
    for (const { scenario } of all) {
      expect(words(scenario)).toBe('k1 k3');
      expect(scenario.faults).toEqual([{ word: 'removal', with: { at: 4 } }]);
      expect(scenario.steps.every(({ client }) => client === 0)).toBe(true);
      expect(scenario.seed).toBe(0);
    }
    expect(typical(all)).toBeLessThan(100);
  });

  test('is found again where runs tell nothing of counts', async () => {
    const all = await shrunk(generator, (scenario) => ({ keeps: removed(scenario).keeps }));
    const smallest = all.filter(({ scenario }) => words(scenario) === 'k1 k3');
    expect(smallest.length).toBeGreaterThan(all.length / 2);
  });

  test('is the fewest deviations, where they then are', async () => {
    // The second choice of a k3 that comes after a k1.
    const run = (scenario: Scenario): Trial => {
      const trial = played(scenario);
      const first = scenario.steps.findIndex(({ word }) => word === 'k1');
      const keeps = scenario.steps.some(({ word }, index) => {
        return (
          word === 'k3' && first !== -1 && first < index && trial.choices?.[index * 2 + 1] === 1
        );
      });
      return { ...trial, keeps };
    };
    const random = new Random(1, 'deviations');
    const steps = Array.from({ length: 60 }, () => step(`k${random.below(6)}`));
    const schedule = Array.from({ length: 120 }, (_, place) => ({ at: place, take: 1 }));
    const options = { model, run, executions: 500 };
    const { scenario, executions } = await shrink(scenarioOf({ steps, schedule }), options);
    expect(words(scenario)).toBe('k1 k3');
    expect(scenario.schedule).toEqual([{ at: 3, take: 1 }]);
    expect(executions).toBeLessThan(150);
  });

  test('keeps only the clients that it takes, as the first ones', async () => {
    const steps = [3, 1, 4, 1].map((client) => ({ ...step('k0'), client }));
    const run = ({ steps: left }: Scenario) => {
      return { keeps: new Set(left.map(({ client }) => client)).size >= 2 };
    };
    const { scenario } = await shrink(scenarioOf({ steps }), { model, run, executions: 300 });
    expect(scenario.steps.map(({ client }) => client).toSorted((a, b) => a - b)).toEqual([0, 1]);
  });
});

describe('a shrink', () => {
  const generator = new Generator(toyModel(plainWords(20)), SUBJECT, EXTENT);
  const { model } = generator;
  const failing = search(generator, 1, 5000, inSequence)?.draft.scenario as Scenario;
  const run = (scenario: Scenario) => ({ keeps: inSequence(scenario) });

  test('goes on where it was, and comes to the same', async () => {
    const whole = await shrink(failing, { model, run, executions: 1000 });
    let part = await shrink(failing, { model, run, executions: 10 });
    let parts = 1;
    while (!part.done && parts++ < 100) {
      const executions = part.executions + 10;
      part = await shrink(part.scenario, { model, run, executions, from: part });
    }
    expect(part.scenario).toEqual(whole.scenario);
    expect(parts).toBeGreaterThan(3);
  });

  test('tells of every smaller one, and never takes more executions than it may', async () => {
    const lengths = [failing.steps.length];
    let executed = 0;
    const state = await shrink(failing, {
      model,
      executions: 40,
      run: (scenario) => {
        executed++;
        return run(scenario);
      },
      onSmaller: ({ scenario }) => void lengths.push(scenario.steps.length),
    });
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
    expect(lengths.length).toBeGreaterThan(2);
    expect(state.scenario.steps).toHaveLength(min(...lengths));
    expect([executed, state.executions, state.done]).toEqual([40, 40, false]);
  });

  test('ends at once where the failure does not show again', async () => {
    const state = await shrink(failing, { model, run: () => ({ keeps: false }), executions: 40 });
    expect(state).toMatchObject({ scenario: failing, executions: 1, done: true });
  });
});

function step(word: string, values: Step['with'] = {}): Step {
  return { word, with: values, client: 0 };
}

function scenarioOf(parts: Partial<Scenario>): Scenario {
  const rest = { steps: [], faults: [], answers: [], schedule: [] };
  return { model: 'Toy', driver: 'toy', target: 'sim:toy', seed: 1, ...rest, ...parts };
}
