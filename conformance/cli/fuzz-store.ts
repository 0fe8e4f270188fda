/** `dyno fuzz list`, `export`, `min` and `merge`: what campaigns of a driver have left on disk. */
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../../reports/summary.ts';
import { loadCatalog } from '../runner/load.ts';
import { writeWhole } from '../search/atomic-file.ts';
import { Corpus } from '../search/corpus.ts';
import { exportTest } from '../search/export-test.ts';
import { Findings } from '../search/findings.ts';
import { minimise } from '../search/minimise.ts';
import { parseScenario } from '../search/text.ts';
import { UsageError } from '../usage-error.ts';
import { type FuzzOptions, campaignFolder, chooseOne, crewOptions } from './fuzz.ts';

export type StoreOptions = Pick<FuzzOptions, 'target' | 'out' | 'config'>;

const CORPUS = 'corpus';
const FINDINGS = 'findings';

async function folderOf(reference: string, options: StoreOptions) {
  const catalog = await loadCatalog(options.config);
  const chosen = await chooseOne(catalog, reference, options.target);
  return { chosen, folder: campaignFolder(options.out, chosen.manifest.id, chosen.target) };
}

export async function fuzzListVerb(reference: string, options: StoreOptions): Promise<number> {
  const { folder } = await folderOf(reference, options);
  const findings = new Findings(join(folder, FINDINGS));
  const lines = findings.list().map(({ id, status, signature }) => {
    return `${id} ${status} ${signature}\n  ${relative('.', findings.smallestPath(id))}`;
  });
  const entries = new Corpus(join(folder, CORPUS)).ids().length;
  process.stdout.write(
    `${[...lines, `${lines.length} findings, corpus of ${entries}`].join('\n')}\n`,
  );
  return EXIT.pass;
}

export async function fuzzMergeVerb(
  reference: string,
  others: readonly string[],
  options: StoreOptions,
): Promise<number> {
  const { folder } = await folderOf(reference, options);
  const missing = others.find((other) => !existsSync(other));
  if (missing !== undefined) throw new UsageError(`There is no folder ${missing} to merge.`);
  const corpus = new Corpus(join(folder, CORPUS));
  let added = 0;
  for (const other of others) {
    // The folder of a campaign, or of a corpus alone.
    const inside = join(other, CORPUS);
    added += corpus.merge(new Corpus(existsSync(inside) ? inside : other));
  }
  process.stdout.write(
    `${added} scenarios are new, ${corpus.ids().length} in all: ${corpus.folder}\n`,
  );
  return EXIT.pass;
}

export async function fuzzMinVerb(
  reference: string,
  options: StoreOptions & { readonly workers?: number; readonly watchdog: number },
): Promise<number> {
  const { chosen, folder } = await folderOf(reference, options);
  const corpus = new Corpus(join(folder, CORPUS));
  const { before, kept, unfit } = await minimise(
    corpus,
    crewOptions(chosen, { ...options, seed: 1 }),
  );
  const why = unfit === 0 ? '' : ` (${unfit} fail, or do not apply any more)`;
  process.stdout.write(`${kept} of ${before} scenarios reach as much${why}: ${corpus.folder}\n`);
  return EXIT.pass;
}

/** Prints a finding as a test, or writes it. */
export async function fuzzExportVerb(
  reference: string,
  id: string,
  options: StoreOptions & { readonly to?: string },
): Promise<number> {
  const { chosen, folder } = await folderOf(reference, options);
  const { models } = await loadCatalog(options.config);
  const findings = new Findings(join(folder, FINDINGS));
  const finding = findings.get(id);
  const { message, expected, seen, violations } = finding.problem;
  const rules = violations.map(({ rule }) => rule);
  const scenario = parseScenario(findings.smallest(finding.id), models);
  const module = relative(dirname(options.to ?? '.'), fileURLToPath(chosen.url));
  const driverModule = module.startsWith('.') ? module : `./${module}`;
  const failure = { message, expected, seen, rules: [...new Set(rules)] };
  const text = exportTest(scenario, failure, { driverModule });
  if (options.to === undefined) process.stdout.write(text);
  else writeWhole(options.to, text);
  return EXIT.pass;
}
