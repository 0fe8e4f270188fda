/** A worker of a campaign, in a thread of its own: a driver that never returns costs a thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadCatalog, loadDriver } from '../runner/load.ts';
import { targetEntry } from '../runner/plan.ts';
import { StrayRejections } from '../runner/stray-rejections.ts';
import { TargetUnavailable } from '../target.ts';
import {
  Beat,
  type CampaignSetup,
  type FromWorker,
  type Result,
  type ToWorker,
} from './campaign-messages.ts';
import { Coverage } from './coverage/coverage.ts';
import { EdgeCounters } from './coverage/edge-counters.ts';
import { countEdges } from './coverage/edge-hook.ts';
import { Features } from './coverage/features.ts';
import { Explorer } from './explorer.ts';
import { extentFor } from './campaign-extent.ts';
import { Generator } from './generate.ts';
import { makeRunner } from './run-scenario.ts';
import { formatScenario } from './text.ts';

const { setup, beat } = workerData as { setup: CampaignSetup; beat: Int32Array };
const port = parentPort;
if (port === null) throw new Error('campaign-worker.ts runs as a worker thread.');

function tell(message: FromWorker): void {
  port?.postMessage(message);
}

async function makeExplorer(): Promise<Explorer> {
  const { reference, target: name, seed } = setup;
  const catalog = await loadCatalog(setup.configPath);
  const edges = new EdgeCounters();
  // After the configuration, which may hook into how drivers are loaded, too.
  countEdges(new URL('.', setup.driverUrl).href, edges);
  const driver = await loadDriver(setup.driverUrl);
  const onChild = (pid: number) => tell({ type: 'child', pid });
  const target = await targetEntry(catalog, name).make({ onChild });
  const model = catalog.models[driver.class];
  if (model === undefined) throw new Error(`There is no model for drivers of ${driver.class}.`);
  const features = new Features();
  const coverage = new Coverage(features, edges, () => void beat[Beat.STEPS]!++);
  const stray = new StrayRejections();
  stray.watch();
  const { offers } = target;
  return new Explorer({
    seed,
    generator: new Generator(model, { driver: reference, target: name, offers }, extentFor(driver)),
    models: catalog.models,
    features,
    coverage,
    run: makeRunner({
      catalog,
      driver,
      target,
      model: coverage.watched(model),
      settle: () => new Promise((resolve) => setImmediate(resolve)),
      takeUnhandled: () => stray.take(),
      onScene: (scene) => stray.sceneOver(scene),
    }),
    edges: () => edges.total,
    beat,
  });
}

async function perform(explorer: Explorer, { task, news }: ToWorker): Promise<Result> {
  for (const one of news) explorer.hear(one);
  switch (task.type) {
    case 'explore':
      return explorer.explore(task);
    case 'replay':
      return explorer.replay(task);
    case 'shrink':
      return explorer.shrink(task, ({ scenario, executions, position }) => {
        tell({ type: 'smaller', text: formatScenario(scenario), executions, position });
      });
    case 'describe':
      return explorer.describe(task);
  }
}

try {
  const explorer = await makeExplorer();
  port.on('message', (message: ToWorker) => {
    void perform(explorer, message).then(
      (result) => tell({ type: 'done', result }),
      (error: unknown) => tell({ type: 'broken', stack: stackOf(error) }),
    );
  });
  tell({ type: 'ready' });
} catch (error) {
  if (!(error instanceof TargetUnavailable)) throw error;
  tell({ type: 'unavailable', message: error.message });
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
