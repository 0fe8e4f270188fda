/** The bug-class table for people. */
import type { Row } from './measure.ts';

export interface Bars {
  readonly medianMs: number;
  readonly maxMs: number;
  /** Of all that were found. */
  readonly minimal: number;
}

export const BARS: Bars = { medianMs: 2000, maxMs: 10_000, minimal: 0.9 };

/** The same search on a driver without a defect. */
export interface Healthy {
  readonly driver: string;
  readonly executions: number;
  readonly ms: number;
  /** Signatures of what was found: false alarms. */
  readonly alarms: readonly string[];
}

export function rowLine(row: Row): string {
  const { id, mutant, found, seeds, plain } = row;
  const sizes = [...new Set(row.shrunk.map(({ size }) => size))].toSorted((a, b) => a - b);
  const known = [...new Set(row.shrunk.map((one) => one.known ?? '?'))].join('/');
  return [
    id,
    mutant.padEnd(36),
    `${found}/${seeds}`.padStart(5),
    seconds(row.medianMs),
    seconds(row.maxMs),
    `${Math.round(row.medianExecutions)}`.padStart(6),
    `${row.maxExecutions}`.padStart(6),
    sizes.join('/').padStart(6),
    known.padStart(6),
    `${row.minimal}/${found}`.padStart(6),
    `${plain.found}/${seeds}`.padStart(6),
    seconds(plain.medianMs),
    `${Math.round(plain.medianExecutions)}`.padStart(6),
  ].join('  ');
}

export const HEAD = [
  'class',
  'mutant'.padEnd(35),
  'found',
  'median',
  '   max',
  'runs:m',
  '   max',
  'shrunk',
  'known',
  'minimal',
  ' plain',
  'median',
  'runs:m',
].join('  ');

export function healthyLine({ driver, executions, ms, alarms }: Healthy): string {
  const told = alarms.length === 0 ? 'no alarm' : `ALARMS: ${alarms.join('; ')}`;
  return `${driver} without a defect: ${executions} runs, ${seconds(ms).trim()}: ${told}`;
}

/** What is not as it must be; the times are told, and fail nothing: they depend on the machine. */
export function failures(rows: readonly Row[], healthy: readonly Healthy[]): string[] {
  const found = sum(rows.map((row) => row.found));
  const minimal = sum(rows.map((row) => row.minimal));
  return [
    ...rows
      .filter((row) => row.found < row.seeds)
      .map((row) => `${row.id} was found with ${row.found} of ${row.seeds} seeds.`),
    ...(minimal < BARS.minimal * found
      ? [`Only ${minimal} of ${found} were shrunk to the smallest scenario that is known.`]
      : []),
    ...healthy
      .filter(({ alarms }) => alarms.length > 0)
      .map(({ driver, alarms }) => `${alarms.length} false alarms on ${driver}.`),
  ];
}

export function summary(rows: readonly Row[]): string {
  const found = sum(rows.map((row) => row.found));
  const all = sum(rows.map((row) => row.seeds));
  const plain = sum(rows.map((row) => row.plain.found));
  const minimal = sum(rows.map((row) => row.minimal));
  const slow = rows.filter((row) => row.medianMs > BARS.medianMs || row.maxMs > BARS.maxMs);
  return [
    `${rows.length} classes: found ${found} of ${all}, fast-check alone ${plain};`,
    `shrunk to the smallest ${minimal} of ${found};`,
    slow.length === 0
      ? 'all within the times.'
      : `beyond the times: ${slow.map(({ id }) => id).join(', ')}.`,
  ].join(' ');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)}s`.padStart(6);
}
