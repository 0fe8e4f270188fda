/** A whole run: plan, judge, write the result file as it grows, render the report. */
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { countVerdicts, entryKey, exitCode } from '../../reports/summary.ts';
import { diskError, readResultFile, ResultWriter } from '../../reports/result-file.ts';
import type { Divergence, End, Header, ResultDocument, Verdict } from '../../reports/verdict.ts';
import { RESULT_SCHEMA, RESULT_VERSION } from '../../reports/verdict.ts';
import type { Catalog } from '../config.ts';
import { UsageError } from '../usage-error.ts';
import { clauseRow } from './clause-row.ts';
import { driverDigest } from './digest.ts';
import { invocation } from './invocation.ts';
import { type Chosen, type PlanItem, allClauses, planHash } from './plan.ts';
import { judgeAll } from './pool.ts';
import { describeTargets } from './targets.ts';
import { packageVersion } from './version.ts';

export interface RunOptions {
  readonly catalog: Catalog;
  readonly chosen: readonly Chosen[];
  readonly plan: readonly PlanItem[];
  readonly mode: 'run' | 'certify';
  readonly profile?: Header['profile'];
  readonly configPath?: string;
  readonly seed: number;
  readonly command: readonly string[];
  readonly folder: string;
  readonly resume: boolean;
  readonly workers?: number;
  readonly watchdogMs: number;
  readonly twice: boolean;
  onVerdict(verdict: Verdict): void;
  /** Compares the targets with each other, when all is judged. */
  compare?(onDivergence: (divergence: Divergence) => void): Promise<void>;
}

export const RESULT_FILE = 'result.jsonl';

/** @throws ResultFileError when the disk does not take it, UsageError when nothing can resume. */
export async function runPlan(options: RunOptions): Promise<ResultDocument> {
  const began = performance.now();
  const header = await makeHeader(options);
  const { writer, done } = openResult(options, header);
  const left = options.plan.filter((item) => !done.has(keyOf(item)));
  try {
    await judgeAll(left, {
      setup: {
        ...(options.configPath === undefined ? {} : { configPath: options.configPath }),
        command: invocation(),
        references: Object.fromEntries(
          options.chosen.map(({ manifest, reference }) => [manifest.id, reference]),
        ),
        seed: options.seed,
        twice: options.twice,
      },
      workers: options.workers ?? availableParallelism(),
      watchdogMs: options.watchdogMs,
      onVerdict: (verdict) => {
        writer.append(verdict);
        options.onVerdict(verdict);
      },
      onCoverage: (coverage) => writer.append(coverage),
    });
    await options.compare?.((divergence) => writer.append(divergence));
    const document = readResultFile(writer.path);
    const end: End = {
      record: 'end',
      counts: countVerdicts(document.verdicts),
      exitCode: 0,
      wallMs: Math.round(performance.now() - began),
      finishedAt: new Date().toISOString(),
    };
    writer.append({ ...end, exitCode: exitCode({ ...document, end }) });
  } catch (error) {
    closeAfter(error, writer);
  }
  writer.close();
  return readResultFile(join(options.folder, RESULT_FILE));
}

/** The first error is the one to tell. */
function closeAfter(error: unknown, writer: ResultWriter): never {
  try {
    writer.close();
  } catch {
    // The disk that failed before fails again.
  }
  throw error;
}

const keyOf = ({ driver, target, address }: PlanItem) =>
  entryKey({ driver, target, clause: address });

function openResult(options: RunOptions, header: Header) {
  const path = join(options.folder, RESULT_FILE);
  try {
    mkdirSync(options.folder, { recursive: true });
  } catch (error) {
    throw diskError(options.folder, 'make', error);
  }
  if (!options.resume || !existsSync(path)) {
    return { writer: ResultWriter.create(path, header), done: new Set<string>() };
  }
  const { writer, document } = ResultWriter.resume(path);
  const other = whatDiffers(document.header, header);
  if (other !== undefined) {
    writer.close();
    throw new UsageError(`${path} belongs to ${other}: run without --resume.`);
  }
  return { writer, done: new Set(document.verdicts.map(entryKey)) };
}

function whatDiffers(before: Header, now: Header): string | undefined {
  if (before.plan.hash !== now.plan.hash || before.mode !== now.mode) {
    return 'another plan (other drivers, targets, clauses, runs or seed)';
  }
  const digests = (header: Header) => header.drivers.map(({ id, digest }) => `${id} ${digest}`);
  if (digests(before).join() !== digests(now).join()) return 'other files of the driver';
  if (before.profile?.digest !== now.profile?.digest) return 'another profile';
  return before.tool.version === now.tool.version ? undefined : 'another version of driver-dyno';
}

async function makeHeader(options: RunOptions): Promise<Header> {
  const { catalog, plan, chosen } = options;
  const addresses = new Set(plan.map(({ address }) => address));
  const [cpu] = cpus();
  return {
    record: 'header',
    schema: RESULT_SCHEMA,
    version: RESULT_VERSION,
    tool: { name: 'driver-dyno', version: packageVersion() },
    command: [...options.command],
    mode: options.mode,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    seed: String(options.seed),
    startedAt: new Date().toISOString(),
    environment: {
      node: process.version,
      platform: process.platform,
      arch: process.arch,
      ...(cpu === undefined ? {} : { cpus: `${cpus().length} x ${cpu.model}` }),
    },
    drivers: uniqueDrivers(chosen, options.folder),
    targets: await describeTargets(catalog, [...new Set(plan.map(({ target }) => target))]),
    plan: {
      hash: planHash(plan),
      entries: plan.map(({ driver, target, address, required }) => ({
        driver,
        target,
        clause: address,
        ...(required === true ? { required } : {}),
      })),
    },
    clauses: allClauses(catalog)
      .filter(({ address }) => addresses.has(address))
      .map(clauseRow),
    rules: catalog.rules.map(({ id, cite, text }) => ({ id, cite, text })),
  };
}

function uniqueDrivers(chosen: readonly Chosen[], folder: string): Header['drivers'] {
  const byId = new Map(chosen.map((choice) => [choice.manifest.id, choice]));
  return [...byId.values()].map(({ manifest, url }) => ({
    id: manifest.id,
    version: manifest.version,
    class: manifest.class,
    digest: driverDigest(url, folder),
    ics: { ...manifest.ics },
  }));
}
