/** `dyno replay`: plays a scenario of the search again, or a trace, and says what came of it. */
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { EXIT } from '../../reports/summary.ts';
import { invocation, quoted } from '../runner/invocation.ts';
import { driverModule, loadCatalog, loadDriver } from '../runner/load.ts';
import { targetEntry } from '../runner/plan.ts';
import { StrayRejections } from '../runner/stray-rejections.ts';
import { outcomeText } from '../search/outcome-text.ts';
import { makeRunner } from '../search/run-scenario.ts';
import type { Scenario } from '../search/scenario.ts';
import { HEADER, type Models, ScenarioError, parseScenario } from '../search/text.ts';
import { UsageError } from '../usage-error.ts';

export interface ReplayOptions {
  readonly target?: string;
  readonly driver?: string;
  readonly config?: string;
  /** What a trace plays. */
  readonly as?: string;
}

export async function replayVerb(file: string, options: ReplayOptions): Promise<number> {
  if (!isScenario(file)) {
    const { replayTraceVerb } = await import('./replay-trace.ts');
    return replayTraceVerb(file, options);
  }
  if (options.as !== undefined) {
    throw new UsageError(`${file} is a scenario: --as is for traces, which can play a part.`);
  }
  const catalog = await loadCatalog(options.config);
  const written = read(file, catalog.models);
  const scenario = {
    ...written,
    driver: options.driver ?? written.driver,
    target: options.target ?? written.target,
  };
  const model = catalog.models[scenario.model];
  if (model === undefined) throw new Error('The scenario was parsed without its model.');
  const driver = await loadDriver(driverModule(catalog, scenario.driver));
  const target = await targetEntry(catalog, scenario.target).make({ onChild: () => {} });
  const stray = new StrayRejections();
  stray.watch();
  const run = makeRunner({
    catalog,
    driver,
    target,
    model,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    takeUnhandled: () => stray.take(),
    onScene: (scene) => stray.sceneOver(scene),
  });
  const outcome = await run(scenario);
  target.close();
  process.stdout.write(`${outcomeText(scenario, outcome, reproduceLine(file, options))}\n`);
  if (outcome.problem === undefined) return EXIT.pass;
  return outcome.problem.verdict === 'fail' ? EXIT.fail : EXIT.infrastructure;
}

function reproduceLine(file: string, { target, driver, config }: ReplayOptions): string {
  const named = Object.entries({ target, driver, config });
  const chosen = named.flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
  return [`${invocation()} replay`, ...[file, ...chosen].map(quoted)].join(' ');
}

/** By its first line; what is none of ours is taken for a trace of somebody else's. */
function isScenario(file: string): boolean {
  if (file === '-' || !existsSync(file)) return !file.endsWith('.dyno');
  const start = Buffer.alloc(HEADER.length);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, start, 0, start.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return start.toString('latin1') === HEADER;
}

function read(file: string, models: Models): Scenario {
  if (!existsSync(file)) throw new UsageError(`There is no scenario at ${file}.`);
  try {
    return parseScenario(readFileSync(file, 'utf8'), models);
  } catch (error) {
    if (error instanceof ScenarioError) throw new UsageError(`${file}:${error.message}`);
    throw error;
  }
}
