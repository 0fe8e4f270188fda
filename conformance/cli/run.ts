/** `dyno run`: everything that applies, or what is named. */
import { EXIT } from '../../reports/summary.ts';
import type { Catalog } from '../config.ts';
import { UsageError } from '../usage-error.ts';
import { loadCatalog } from '../runner/load.ts';
import { makePlan } from '../runner/plan.ts';
import { runPlan } from '../runner/run.ts';
import { finish } from './finish.ts';
import { Progress } from './progress.ts';
import { type CommonOptions, choose, runnerOptions } from './run-options.ts';

interface RunVerbOptions extends CommonOptions {
  seed: number;
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
      'dyno: nothing is selected: no clause that is named applies to this driver on this target.\n',
    );
    return EXIT.nothingSelected;
  }
  const progress = new Progress(plan.length, catalog);
  const document = await runPlan({
    catalog,
    chosen,
    plan,
    mode: 'run',
    seed: options.seed,
    ...runnerOptions(options),
    twice: options.checkDeterminism,
    onVerdict: (verdict) => progress.verdict(verdict),
  });
  return finish(document, options.out, progress);
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
