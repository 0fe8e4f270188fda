/** Judges what it is told, in a thread of its own: a driver that never returns costs one item. */
import { parentPort, workerData } from 'node:worker_threads';
import { DEFAULT_LIMITS } from '../../sim/kernel/world.ts';
import type { Manifest } from '../../drivers-under-test/host/manifest.ts';
import type { Verdict } from '../../reports/verdict.ts';
import { type Target, TargetUnavailable } from '../target.ts';
import { CoverageTally } from './coverage-tally.ts';
import { judge } from './judge.ts';
import { loadCatalog, loadDriver } from './load.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './messages.ts';
import { type PlanItem, allClauses } from './plan.ts';
import { reproduceLine } from './reproduce.ts';
import { StrayRejections } from './stray-rejections.ts';

const setup = workerData as WorkerSetup;
const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread.');

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const catalog = await loadCatalog(setup.configPath);
const clauses = new Map(allClauses(catalog).map((located) => [located.address, located]));
const drivers = new Map<string, Manifest>();
const targets = new Map<string, Target | TargetUnavailable>();
const coverage = new CoverageTally();
const stray = new StrayRejections();
stray.watch();

function tell(message: FromWorker): void {
  port?.postMessage(message);
}

async function driverOf(url: string): Promise<Manifest> {
  const known = drivers.get(url) ?? (await loadDriver(url));
  drivers.set(url, known);
  return known;
}

async function targetOf(name: string): Promise<Target | TargetUnavailable> {
  const known = targets.get(name);
  if (known !== undefined) return known;
  let target: Target | TargetUnavailable;
  try {
    const made = await catalog.targets[name]?.make({
      onChild: (pid) => tell({ type: 'child', pid }),
    });
    target = made ?? new TargetUnavailable(`There is no target ${name}.`);
  } catch (error) {
    if (!(error instanceof TargetUnavailable)) throw error;
    target = error;
  }
  targets.set(name, target);
  return target;
}

async function judgeItem(item: PlanItem): Promise<Verdict> {
  const located = clauses.get(item.address);
  if (located === undefined) throw new Error(`The worker does not know clause ${item.address}.`);
  const target = await targetOf(item.target);
  if (target instanceof TargetUnavailable) return undecided(item, target.message);
  const driver = await driverOf(item.driverUrl);
  return judge({
    clause: located.clause,
    address: item.address,
    driver,
    target,
    seed: item.seed,
    runs: item.runs,
    ...(item.path === undefined ? {} : { path: item.path }),
    ...(item.shrink === undefined ? {} : { shrink: item.shrink }),
    rules: catalog.rules,
    exercises: catalog.exercises,
    limits: DEFAULT_LIMITS,
    settle,
    takeUnhandled: () => stray.take(),
    clock: () => performance.now(),
    reproduce: (path) => reproduceLine(setup, item, path),
    onScene: (scene) => {
      stray.sceneOver(scene);
      coverage.add(item.driver, scene);
    },
  });
}

function undecided(item: PlanItem, reason: string, cause?: 'ours'): Verdict {
  return {
    record: 'verdict',
    driver: item.driver,
    target: item.target,
    clause: item.address,
    verdict: 'error',
    ...(cause === undefined ? {} : { cause }),
    reason,
    seed: String(item.seed),
    journalHash: '0',
    virtualNs: 0,
    wallMs: 0,
    limitations: [],
  };
}

/** Judges twice where time is ours: the same seed must give the same journal. */
async function judgeTwice(item: PlanItem): Promise<Verdict> {
  const first = await judgeItem(item);
  const target = targets.get(item.target);
  if (target instanceof TargetUnavailable || !target?.offers.has('virtual-time')) return first;
  const second = await judgeItem(item);
  if (first.journalHash === second.journalHash && first.verdict === second.verdict) return first;
  const { failure: _, cause: __, ...rest } = second;
  const reason =
    `Two runs with seed ${item.seed} differ (${first.journalHash}, ${second.journalHash}): ` +
    'something outside the world reached the driver, the suite or the model.';
  return { ...rest, verdict: 'inconclusive', reason };
}

/** What the judge itself throws is a fault of ours and never the driver's. */
function ours(item: PlanItem, error: unknown): Verdict {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return undecided(item, text, 'ours');
}

port.on('message', (message: ToWorker) => {
  if (message.type === 'finish') {
    for (const target of targets.values()) {
      if (!(target instanceof TargetUnavailable)) target.close();
    }
    tell({ type: 'finished' });
    return;
  }
  const { item } = message;
  const judging = setup.twice ? judgeTwice(item) : judgeItem(item);
  void judging
    .catch((error: unknown) => ours(item, error))
    .then((found) => {
      const verdict = stray.weigh(found);
      tell({ type: 'verdict', verdict, coverage: coverage.records() });
    });
});
tell({ type: 'ready' });
