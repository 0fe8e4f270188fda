/** `dyno migrate`: the recording of an old driver beside a new one, as a table and a verdict. */
import { EXIT } from '../../reports/summary.ts';
import type { PhaseVerdict } from '../../traces/migration/compare.ts';
import { PHASES } from '../../traces/migration/phases.ts';
import { COUNTS } from '../../traces/migration/summary.ts';
import { migrate } from '../replay/migrate.ts';
import { driverModule, loadCatalog, loadDriver } from '../runner/load.ts';
import { targetEntry } from '../runner/plan.ts';
import { knownMigrations } from './known-differences.ts';
import { batchesOf, mapsOf, openInput } from './trace/input.ts';

export interface MigrateOptions {
  readonly from: string;
  readonly driver: string;
  readonly target: string;
  readonly seed: number;
  readonly config?: string;
}

const LINES_MAX = 40;
const COLUMN = 14;

export async function migrateVerb(options: MigrateOptions): Promise<number> {
  const { from, seed } = options;
  const catalog = await loadCatalog(options.config);
  const driver = await loadDriver(driverModule(catalog, options.driver));
  const target = await targetEntry(catalog, options.target).make({ onChild: () => {} });
  const { header } = openInput(from);
  try {
    const { phases, problem } = await migrate({
      old: () => batchesOf(from, openInput(from)),
      catalog,
      driver,
      target,
      seed,
      maps: await mapsOf({ ...header, device: target.device }, options),
      explain: knownMigrations[target.device],
      settle: () => new Promise((resolve) => setImmediate(resolve)),
    });
    const title = `${header.driver ?? from} -> ${driver.id} ${driver.version} on ${target.name}`;
    const lines = [title, ...phases.flatMap(phaseLines), '', verdictLine(phases)];
    if (problem !== undefined) lines.push(`The new driver did not end well: ${problem.message}`);
    process.stdout.write(`${lines.join('\n')}\n`);
    const differs = phases.some(({ verdict }) => verdict === 'differs');
    return differs || problem !== undefined ? EXIT.fail : EXIT.pass;
  } finally {
    target.close();
  }
}

function phaseLines({ phase, old, new: now, differences, verdict }: PhaseVerdict): string[] {
  const row = (name: string, counts: readonly number[]) =>
    `  ${name.padEnd(COLUMN)}${counts.map((count) => String(count).padStart(COLUMN)).join('')}`;
  const lines = ['', `${phase}: ${verdict.toUpperCase()} (${PHASES[phase]})`];
  if (verdict === 'not exercised') return lines;
  lines.push(`  ${''.padEnd(COLUMN)}${'old'.padStart(COLUMN)}${'new'.padStart(COLUMN)}`);
  for (const name of COUNTS) {
    const counts = [old.counts[name], now.counts[name]];
    if (counts.some((count) => count > 0)) lines.push(row(name, counts));
  }
  const told = differences.map(
    ({ kind, what, old: before, new: after, why }) =>
      `  ${kind} ${what}: old ${before}, new ${after}; ${why ?? 'UNEXPLAINED'}`,
  );
  lines.push(...told.slice(0, LINES_MAX));
  if (told.length > LINES_MAX) lines.push(`  and ${told.length - LINES_MAX} more`);
  return lines;
}

function verdictLine(phases: readonly PhaseVerdict[]): string {
  const count = (wanted: PhaseVerdict['verdict']) =>
    phases.filter(({ verdict }) => verdict === wanted).length;
  const open = phases.flatMap(({ differences }) => differences).filter(({ why }) => !why).length;
  const figures = `${count('same')} phases the same, ${count('explained')} explained`;
  if (open > 0) return `FAIL: ${figures}, ${count('differs')} with ${open} unexplained differences`;
  return `PASS: ${figures}, ${count('not exercised')} not exercised`;
}
