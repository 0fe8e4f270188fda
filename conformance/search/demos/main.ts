/** Prints how the demonstrations are found: by the search, by uniform choices, by fast-check. */
import { formatScenario } from '../text.ts';
import type { Demo } from './demo.ts';
import { handover } from './handover.ts';
import { handshake } from './handshake.ts';
import { type Hunted, type Way, hunt } from './hunt.ts';
import { recovery } from './recovery.ts';

const WAYS: readonly Way[] = ['search', 'uniform', 'plain'];
const SEEDS = [1, 2, 3, 4, 5];
const RUNS = 1000;

for (const demo of [handover, recovery, handshake]) {
  process.stdout.write(`${demo.id}: ${demo.what}\n`);
  for (const way of WAYS) process.stdout.write(`  ${await row(demo, way)}\n`);
}

async function row(demo: Demo, way: Way): Promise<string> {
  const all: Hunted[] = [];
  for (const seed of SEEDS) {
    all.push(await hunt({ demo, driver: demo.driver, way, seed, runs: RUNS }));
  }
  const found = all.filter(({ run }) => run !== undefined);
  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;
  const runs = median(all.map(({ run }) => run ?? Infinity));
  const ms = median(all.map(({ run, ms: took }) => (run === undefined ? Infinity : took)));
  const executions = median(found.map((one) => one.executions ?? 0));
  const told = [
    `${way.padEnd(8)} found ${found.length} of ${all.length}`,
    `median run ${Number.isFinite(runs) ? runs : `over ${RUNS}`}`,
    Number.isFinite(ms) ? `${ms.toFixed(0)} ms` : '',
    found.length === 0 ? '' : `shrunk in ${executions}`,
  ].filter((text) => text !== '');
  if (way !== 'search') return told.join(', ');
  const smallest = found[0]?.smallest;
  const lines = smallest === undefined ? [] : formatScenario(smallest).trim().split('\n').slice(5);
  return [told.join(', '), ...lines.map((line) => `    ${line}`)].join('\n  ');
}
