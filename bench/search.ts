/** The search: what the engine itself costs, and scenarios of the drivers that come with us. */
import fc from 'fast-check';
import { builtIn } from '../conformance/cli/catalog.ts';
import { loadDriver } from '../conformance/runner/load.ts';
import type { Extent } from '../conformance/search/extent.ts';
import { Generator } from '../conformance/search/generate.ts';
import type { SearchModel } from '../conformance/search/model.ts';
import { makeRunner } from '../conformance/search/run-scenario.ts';
import type { Target } from '../conformance/target.ts';
import { Random } from '../sim/kernel/random.ts';
import type { Figure } from './measure.ts';

const EMPTY_RUNS = 1000;
/** As `asyncModelRun` with at most 100 commands: 49 on average. */
const EMPTY: Extent = { steps: { usual: 49, most: 100 }, clients: 1, faults: 0, answers: 0 };
const SIZE: Extent = { steps: { usual: 12, most: 60 }, clients: 4, faults: 3, answers: 3 };
const TURNS = 3;

const emptyModel: SearchModel = {
  name: 'Empty',
  vocabulary: { steps: { nothing: { weight: 1, parameters: {} } }, faults: {}, answers: {} },
  start: {},
  play: () => ({ perform: () => {}, finish: () => {}, state: () => 'here' }),
};

/** Nothing is behind it: what is left is the engine. */
const emptyTarget: Target = {
  name: 'empty',
  tier: 'simulated',
  device: 'none',
  offers: new Set(),
  lacks: {},
  identity: {},
  open: () => ({
    bus: 'i2c',
    compatible: 'none',
    lines: new Map(),
    maps: new Map(),
    coverage: new Map(),
    i2c: { transfer: () => Promise.reject(new Error('Nothing is on this bus.')) } as never,
    address: 0,
  }),
  close: () => {},
};

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export async function searchFigures(): Promise<Figure[]> {
  const theirs = await fastCheckCommands();
  const ours = await scenariosOf('edu', emptyTarget, emptyModel, EMPTY, EMPTY_RUNS, []);
  const bar = { atLeast: 0.7 * theirs, text: `0.7 times fast-check's ${Math.round(theirs)}` };
  const figures: Figure[] = [
    { what: 'search: empty steps, generated and run', perSecond: ours.steps, bar },
  ];
  for (const [driver, target, model, runs] of [
    ['edu', 'sim:edu', 'EduDevice', 100],
    ['uart-16550', 'sim:pci-serial', 'SerialPort', 100],
    ['nvme', 'sim:nvme', 'BlockDevice', 15],
  ] as const) {
    const made = await builtIn.targets[target]!.make({ onChild: () => {} });
    const found = await scenariosOf(
      driver,
      made,
      builtIn.models[model]!,
      SIZE,
      runs,
      builtIn.rules,
    );
    figures.push(
      { what: `search: scenarios of ${driver}, with faults`, perSecond: found.scenarios },
      { what: `search: their operations`, perSecond: found.steps },
    );
  }
  return figures;
}

/** Commands a second of fast-check's own model runs, when they do nothing. */
async function fastCheckCommands(): Promise<number> {
  let best = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    let count = 0;
    const command = { check: () => true, run: async () => void count++, toString: () => 'nothing' };
    const commands = fc.commands([fc.constant(command)], { maxCommands: 100, size: 'max' });
    const begun = performance.now();
    await fc.assert(
      fc.asyncProperty(commands, (list) => fc.asyncModelRun(() => ({ model: {}, real: {} }), list)),
      { numRuns: EMPTY_RUNS, seed: turn },
    );
    best = Math.max(best, (count / (performance.now() - begun)) * 1000);
  }
  return best;
}

async function scenariosOf(
  driver: string,
  target: Target,
  model: SearchModel,
  extent: Extent,
  runs: number,
  rules: typeof builtIn.rules,
): Promise<{ readonly scenarios: number; readonly steps: number }> {
  const run = makeRunner({
    catalog: { rules, exercises: builtIn.exercises },
    driver: await loadDriver(builtIn.drivers[driver]!.module),
    target,
    model,
    settle,
  });
  const subject = { driver, target: target.name, offers: target.offers };
  const generator = new Generator(model, subject, extent);
  const best = { scenarios: 0, steps: 0 };
  for (let turn = 0; turn < TURNS; turn++) {
    const random = new Random(turn, 'bench');
    let steps = 0;
    const begun = performance.now();
    for (let count = 0; count < runs; count++) {
      const outcome = await run(generator.draft(random).scenario);
      if (outcome.problem !== undefined) throw new Error(outcome.problem.message);
      steps += outcome.begun.length;
    }
    const seconds = (performance.now() - begun) / 1000;
    best.scenarios = Math.max(best.scenarios, runs / seconds);
    best.steps = Math.max(best.steps, steps / seconds);
  }
  return best;
}
