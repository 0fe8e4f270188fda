/** `dyno fuzz`: looks for failures of a driver until its time or its runs are used up. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findingLines } from '../../reports/renderers/failure-text.ts';
import { EXIT_MEANING } from '../../reports/summary.ts';
import type { Catalog } from '../config.ts';
import { driverDigest } from '../runner/digest.ts';
import { invocation, quoted } from '../runner/invocation.ts';
import { loadCatalog } from '../runner/load.ts';
import { type Chosen } from '../runner/plan.ts';
import { endChildren } from '../runner/pool.ts';
import { writeWhole } from '../search/atomic-file.ts';
import { Campaign, type CampaignEnd, type CampaignOptions } from '../search/campaign.ts';
import { LOG_VERSION } from '../search/campaign-log.ts';
import { campaignSummary, endCode, summaryLines } from '../search/campaign-summary.ts';
import type { CrewOptions } from '../search/crew.ts';
import { Dashboard } from '../search/dashboard.ts';
import type { Finding } from '../search/findings.ts';
import type { SearchModel } from '../search/model.ts';
import { UsageError } from '../usage-error.ts';
import { choose } from './run-options.ts';

export interface FuzzOptions {
  readonly target?: string;
  /** Milliseconds. */
  readonly time?: number;
  readonly runs?: number;
  readonly seed: number;
  readonly workers?: number;
  readonly watchdog: number;
  readonly shrink: number;
  readonly resume: boolean;
  readonly out: string;
  /** Committed scenarios, in a folder for each driver. */
  readonly corpus: string;
  readonly config?: string;
}

/** When neither time nor runs are given. */
const TIME_MS = 10 * 60_000;
const INTERRUPTED = 130;

export async function fuzzVerb(reference: string, options: FuzzOptions): Promise<number> {
  const catalog = await loadCatalog(options.config);
  const chosen = await chooseOne(catalog, reference, options.target);
  const { manifest, target } = chosen;
  const model = modelOf(catalog, chosen);
  const folder = campaignFolder(options.out, manifest.id, target);
  const campaign: Campaign = new Campaign({
    ...fixed(chosen, options, model, folder),
    onFound: (finding) => dashboard.say(foundLines(campaign, finding)),
    onShrunk: (finding) => dashboard.say(shrunkLines(campaign, finding, options)),
    onNote: (note) => dashboard.say([note]),
  });
  const dashboard = new Dashboard({
    campaign,
    states: model.sometimes ?? [],
    isTerminal: process.stdout.isTTY === true,
    clock: () => performance.now(),
    write: (text) => void process.stdout.write(text),
  });
  stopOnSignals(campaign);
  dashboard.begin();
  const end = await timed(campaign, options).finally(() => dashboard.end());
  const summary = campaignSummary(campaign, { driver: manifest.id, target, end, model });
  writeWhole(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 1)}\n`);
  const code = end === 'interrupt' ? INTERRUPTED : endCode(summary);
  const meaning = EXIT_MEANING[code] ?? 'interrupted; the same command with --resume goes on';
  process.stdout.write(
    `${[...summaryLines(summary), meaning, `All of it: ${folder}`].join('\n')}\n`,
  );
  return code;
}

/** Where a campaign keeps what it knows. */
export function campaignFolder(out: string, driver: string, target: string): string {
  return join(out, driver, target.replaceAll(/[^\w.-]/g, '-'));
}

/** The driver on the target that is named, or on the first that it is certified on. */
export async function chooseOne(
  catalog: Catalog,
  reference: string,
  target: string | undefined,
): Promise<Chosen> {
  const targets = target === undefined ? undefined : [target];
  const [chosen] = await choose(catalog, [reference], targets);
  if (chosen === undefined) throw new Error(`Nothing was chosen for ${reference}.`);
  return chosen;
}

export function modelOf(catalog: Catalog, { manifest, reference }: Chosen): SearchModel {
  const model = catalog.models[manifest.class];
  if (model !== undefined) return model;
  const names = Object.keys(catalog.models).toSorted().join(', ');
  throw new UsageError(
    `No search model knows drivers of class ${manifest.class}, such as ${reference}: ` +
      `there are ${names}.`,
  );
}

/** How workers begin, and how long they are waited for. */
export function crewOptions(
  { reference, url, target }: Chosen,
  {
    seed,
    config,
    workers,
    watchdog,
  }: Pick<FuzzOptions, 'seed' | 'config' | 'workers' | 'watchdog'>,
): CrewOptions {
  return {
    setup: {
      reference,
      driverUrl: url,
      target,
      seed,
      ...(config === undefined ? {} : { configPath: config }),
    },
    workers: workers ?? availableParallelism(),
    watchdogMs: watchdog * 1000,
  };
}

/** What is known before it begins. */
function fixed(
  chosen: Chosen,
  options: FuzzOptions,
  model: SearchModel,
  folder: string,
): Omit<CampaignOptions, 'onFound' | 'onShrunk' | 'onNote'> {
  const { url, target, manifest } = chosen;
  const { seed } = options;
  return {
    ...crewOptions(chosen, options),
    header: {
      version: LOG_VERSION,
      driver: manifest.id,
      digest: driverDigest(url, options.out),
      target,
      model: model.name,
      seed,
    },
    folder,
    committed: join(options.corpus, manifest.id),
    runs: options.runs ?? Infinity,
    resume: options.resume,
    shrinkExecutions: options.shrink,
    clock: () => performance.now(),
  };
}

async function timed(campaign: Campaign, { time, runs }: FuzzOptions): Promise<CampaignEnd> {
  const limit = time ?? (runs === undefined ? TIME_MS : undefined);
  const timer = limit === undefined ? undefined : setTimeout(() => campaign.stop('time'), limit);
  return campaign.run().finally(() => clearTimeout(timer));
}

/** Once: it ends in order. Twice: at once; what it knows is on disk. */
function stopOnSignals(campaign: Campaign): void {
  let heard = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (heard) {
        endChildren();
        process.exit(INTERRUPTED);
      }
      heard = true;
      campaign.stop('interrupt');
    });
  }
}

function foundLines(campaign: Campaign, { id, problem }: Finding): string[] {
  const path = campaign.findings.smallestPath(id);
  return [`Found ${id} (${problem.cause ?? problem.verdict}): ${problem.message}`, `  ${path}`];
}

function shrunkLines(campaign: Campaign, finding: Finding, options: FuzzOptions): string[] {
  const { id, problem, status } = finding;
  const { verdict, cause, violations, journal, ...rest } = problem;
  const path = campaign.findings.smallestPath(id);
  const config = options.config === undefined ? [] : ['--config', options.config];
  const lines = campaign.findings.smallest(id).trimEnd().split('\n');
  const how = status === 'unsteady' ? ', not every time' : '';
  return [
    ...findingLines(`FINDING ${id} (${cause ?? verdict}${how})`, lines, {
      ...rest,
      violations,
      journal,
      reproduce: [`${invocation()} replay`, ...[path, ...config].map(quoted)].join(' '),
    }),
    '',
  ];
}
