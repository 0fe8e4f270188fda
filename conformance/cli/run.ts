/** `dyno run`: everything that applies, or what is named. */
import { EXIT } from '../../reports/summary.ts';
import { UsageError } from '../usage-error.ts';
import { driverModule, loadCatalog, loadDriver } from '../runner/load.ts';
import { type Chosen, makePlan } from '../runner/plan.ts';
import { runPlan } from '../runner/run.ts';
import type { Catalog } from '../config.ts';
import { Progress } from './progress.ts';
import { finish } from './finish.ts';

export interface CommonOptions {
  target?: string[];
  seed: number;
  workers?: number;
  watchdog: number;
  out: string;
  config?: string;
  resume: boolean;
}

interface RunVerbOptions extends CommonOptions {
  runs?: number;
  path?: string;
  checkDeterminism: boolean;
}

/** Values that a property generates unless told otherwise. */
const RUNS = 100;

export async function runVerb(words: string[], options: RunVerbOptions): Promise<number> {
  const catalog = await loadCatalog(options.config);
  const { references, filter } = splitWords(catalog, words);
  const chosen = await choose(catalog, references, options.target);
  const plan = makePlan(catalog, chosen, {
    seed: options.seed,
    runs: options.runs ?? RUNS,
    filter,
    ...(options.path === undefined ? {} : { path: options.path }),
  });
  if (plan.length === 0) {
    process.stderr.write(
      'dyno: nothing is selected: no named clause applies to this driver there.\n',
    );
    return EXIT.nothingSelected;
  }
  const progress = new Progress(plan.length);
  const document = await runPlan({
    catalog,
    chosen,
    plan,
    mode: 'run',
    ...common(options, chosen, references),
    twice: options.checkDeterminism,
    onVerdict: (verdict) => progress.verdict(verdict, catalog),
  });
  return finish(document, options.out, progress);
}

/** What every run takes from the command line. */
export function common(
  options: CommonOptions,
  chosen: readonly Chosen[],
  references: readonly string[],
) {
  return {
    references: Object.fromEntries(
      chosen.map(({ manifest, url }) => [
        manifest.id,
        references.find((reference) => reference === manifest.id || url.includes(reference)) ??
          manifest.id,
      ]),
    ),
    ...(options.config === undefined ? {} : { configPath: options.config }),
    seed: options.seed,
    command: ['dyno', ...process.argv.slice(2)],
    folder: options.out,
    resume: options.resume,
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    watchdogMs: options.watchdog * 1000,
  };
}

/** Words that name drivers come first; the first one always does. */
function splitWords(catalog: Catalog, words: readonly string[]) {
  const isDriver = (word: string) => Object.hasOwn(catalog.drivers, word);
  const [first, ...rest] = words;
  if (first === undefined) throw new UsageError('Name a driver.');
  return {
    references: [first, ...rest.filter(isDriver)],
    filter: rest.filter((word) => !isDriver(word)),
  };
}

export async function choose(
  catalog: Catalog,
  references: readonly string[],
  targets: readonly string[] | undefined,
): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  for (const reference of references) {
    const url = driverModule(catalog, reference);
    const manifest = await loadDriver(url);
    const wanted = targets ?? catalog.drivers[reference]?.targets ?? [];
    if (wanted.length === 0) {
      const names = Object.keys(catalog.targets).toSorted().join(', ');
      throw new UsageError(`Name a target for ${reference} with --target: one of ${names}.`);
    }
    chosen.push(...wanted.map((target) => ({ manifest, url, target })));
  }
  return chosen;
}
