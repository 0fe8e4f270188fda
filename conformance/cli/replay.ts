/** `dyno replay`: plays one scenario of the search again, and says what came of it. */
import { existsSync, readFileSync } from 'node:fs';
import { EXIT } from '../../reports/summary.ts';
import { invocation, quoted } from '../runner/invocation.ts';
import { driverModule, loadCatalog, loadDriver } from '../runner/load.ts';
import { targetEntry } from '../runner/plan.ts';
import { StrayRejections } from '../runner/stray-rejections.ts';
import { outcomeText } from '../search/outcome-text.ts';
import { makeRunner } from '../search/run-scenario.ts';
import type { Scenario } from '../search/scenario.ts';
import { type Models, ScenarioError, parseScenario } from '../search/text.ts';
import { UsageError } from '../usage-error.ts';

export interface ReplayOptions {
  readonly target?: string;
  readonly driver?: string;
  readonly config?: string;
}

export async function replayVerb(file: string, options: ReplayOptions): Promise<number> {
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

function read(file: string, models: Models): Scenario {
  if (!existsSync(file)) throw new UsageError(`There is no scenario at ${file}.`);
  try {
    return parseScenario(readFileSync(file, 'utf8'), models);
  } catch (error) {
    if (error instanceof ScenarioError) throw new UsageError(`${file}:${error.message}`);
    throw error;
  }
}
