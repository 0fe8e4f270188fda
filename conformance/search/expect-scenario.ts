/** One scenario as a test: it fails as long as what the scenario shows is not mended. */
import type { Manifest } from '../../drivers-under-test/host/manifest.ts';
import { type Config, merge } from '../config.ts';
import { loadCatalog } from '../runner/load.ts';
import { targetEntry } from '../runner/plan.ts';
import { StrayRejections } from '../runner/stray-rejections.ts';
import { outcomeText } from './outcome-text.ts';
import { makeRunner } from './run-scenario.ts';
import { parseScenario } from './text.ts';

export interface ScenarioTest {
  /** Instead of the one that the scenario was found on. */
  readonly target?: string;
  /** Private targets, rules and models; default: `dyno.config.ts` of the working folder. */
  readonly config?: Config;
}

/** The message is the whole story; a stack through the search would say nothing. */
export class ScenarioFailure extends Error {
  override readonly name = 'ScenarioFailure';

  constructor(text: string) {
    super(text);
    this.stack = `${this.name}: ${text}`;
  }
}

let stray: StrayRejections | undefined;

/**
 * Plays a scenario as `dyno replay` does.
 * @param text as `dyno fuzz` writes scenarios
 * @throws ScenarioFailure when anything is wrong, ScenarioError for a text that does not apply,
 *   UsageError for an unknown target
 */
export async function expectScenario(
  driver: Manifest,
  text: string,
  { target: other, config }: ScenarioTest = {},
): Promise<void> {
  const loaded = await loadCatalog();
  const catalog = config === undefined ? loaded : merge(loaded, config);
  const written = parseScenario(`${text.trim()}\n`, catalog.models);
  const scenario = { ...written, target: other ?? written.target };
  const model = catalog.models[scenario.model];
  if (model === undefined) throw new Error('The scenario was parsed without its model.');
  const target = await targetEntry(catalog, scenario.target).make({ onChild: () => {} });
  const rejections = watched();
  const run = makeRunner({
    catalog,
    driver,
    target,
    model,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    takeUnhandled: () => rejections.take(),
    onScene: (scene) => rejections.sceneOver(scene),
  });
  const outcome = await run(scenario);
  target.close();
  if (outcome.problem === undefined) return;
  throw new ScenarioFailure(outcomeText(scenario, outcome, 'npx vitest run'));
}

function watched(): StrayRejections {
  if (stray === undefined) {
    stray = new StrayRejections();
    stray.watch();
  }
  return stray;
}
