/** `dyno diff`: random accesses on two targets of one device, compared. */
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ResultWriter, readResultFile } from '../../reports/result-file.ts';
import { renderReports } from '../../reports/render.ts';
import { EXIT_MEANING, countVerdicts, exitCode } from '../../reports/summary.ts';
import {
  type Divergence,
  type Header,
  RESULT_SCHEMA,
  RESULT_VERSION,
} from '../../reports/verdict.ts';
import type { DiffPlan } from '../divergence.ts';
import { type DiffResult, diff } from '../runner/diff.ts';
import { loadCatalog } from '../runner/load.ts';
import { RESULT_FILE } from '../runner/run.ts';
import { packageVersion } from '../runner/version.ts';
import type { Target } from '../target.ts';
import { UsageError } from '../usage-error.ts';
import { comparisons, reproduceDiff, withTargets } from './comparisons.ts';

export interface DiffVerbOptions {
  targets: string;
  runs: number;
  seed: number;
  path?: string;
  out: string;
  config?: string;
}

export async function diffVerb(device: string, options: DiffVerbOptions): Promise<number> {
  const plan = comparisons[device];
  if (plan === undefined) {
    throw new UsageError(
      `There is no device ${device} to compare; there are ${Object.keys(comparisons).join(', ')}.`,
    );
  }
  const names = options.targets.split(',');
  const [one, other] = names;
  if (one === undefined || other === undefined || names.length !== 2) {
    throw new UsageError('Name two targets with --targets, such as sim:edu,qemu:edu.');
  }
  const catalog = await loadCatalog(options.config);
  return withTargets(catalog, plan, [one, other], (targets) =>
    compareTargets(plan, targets, options),
  );
}

async function compareTargets(
  plan: DiffPlan,
  targets: [Target, Target],
  options: DiffVerbOptions,
): Promise<number> {
  const began = performance.now();
  const { seed, path } = options;
  mkdirSync(options.out, { recursive: true });
  const writer = ResultWriter.create(join(options.out, RESULT_FILE), header(targets, seed));
  try {
    const result = await diff({
      plan,
      targets,
      runs: options.runs,
      seed,
      ...(path === undefined ? {} : { path }),
      reproduce: reproduceDiff(plan.device, targets),
      onDivergence: (divergence) => {
        writer.append(divergence);
        process.stdout.write(`${text(divergence).join('\n')}\n\n`);
      },
      onProgress: ({ programs, divergences }) => {
        const rate = Math.round((programs * 1000) / (performance.now() - began));
        process.stderr.write(
          `${programs} of ${options.runs} programs, ${rate} a second, ${divergences} divergences\n`,
        );
      },
    });
    const seconds = (performance.now() - began) / 1000;
    process.stdout.write(`${summary(result, seconds).join('\n')}\n`);
    const document = readResultFile(writer.path);
    writer.append({
      record: 'end',
      counts: countVerdicts(document.verdicts),
      exitCode: exitCode({ ...document, end: END }),
      wallMs: Math.round(performance.now() - began),
      finishedAt: new Date().toISOString(),
    });
  } finally {
    writer.close();
  }
  const document = readResultFile(join(options.out, RESULT_FILE));
  renderReports(join(options.out, RESULT_FILE), options.out);
  const code = exitCode(document);
  process.stdout.write(`${code === 1 ? 'the two devices differ' : EXIT_MEANING[code]}\n`);
  return code;
}

function summary(result: DiffResult, seconds: number): string[] {
  const { programs, steps, divergences, explained, unused, hash } = result;
  const rate = Math.round(programs / seconds);
  return [
    `${programs} programs, ${steps} steps in ${seconds.toFixed(1)} s (${rate} programs a second)`,
    `${divergences} divergences that nothing explains`,
    ...[...explained].map(([id, count]) => `Explanation ${id} was needed by ${count} programs.`),
    ...unused.map((id) => `Explanation ${id} was not needed.`),
    `hash ${hash}`,
  ];
}

/** The exit code of a document that has its end. */
const END = {
  record: 'end',
  counts: countVerdicts([]),
  exitCode: 0,
  wallMs: 0,
  finishedAt: '1970-01-01T00:00:00Z',
} as const;

function header(targets: readonly Target[], seed: number): Header {
  return {
    record: 'header',
    schema: RESULT_SCHEMA,
    version: RESULT_VERSION,
    tool: { name: 'driver-dyno', version: packageVersion() },
    command: ['dyno', ...process.argv.slice(2)],
    mode: 'diff',
    seed: String(seed),
    startedAt: new Date().toISOString(),
    environment: {
      node: process.version,
      platform: process.platform,
      arch: process.arch,
      cpus: `${availableParallelism()}`,
    },
    drivers: [],
    targets: targets.map(({ name, tier, offers, identity }) => ({
      name,
      tier,
      offers: [...offers].toSorted(),
      identity: { ...identity },
    })),
    plan: { hash: '0', entries: [] },
    clauses: [],
    rules: [],
  };
}

function text({
  device,
  targets,
  step,
  answers,
  sequence,
  reproduce,
  explained,
}: Divergence): string[] {
  const head = explained ? `explained by ${explained.id}` : 'DIVERGENCE';
  return [
    `${head} of ${device}: ${targets.join(' and ')}`,
    ...sequence.map((line, index) => `  ${index === step ? '>' : ' '} ${line}`),
    `  ${targets[0]}: ${answers[0]}`,
    `  ${targets[1]}: ${answers[1]}`,
    ...(explained ? [`  Why: ${explained.why}`] : [`  Reproduce: ${reproduce}`]),
  ];
}
