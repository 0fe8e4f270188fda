/** Seeks one bug with several seeds, and sums up what that took. */
import { formatScenario } from '../text.ts';
import type { Bench } from './bench.ts';
import { type Plain, seekPlainly } from './plainly.ts';
import { type Sought, seek } from './seek.ts';
import type { BugClass, Minimal } from './table.ts';

export interface Budgets {
  readonly seeds: number;
  /** Executions until a search gives up. */
  readonly executions: number;
  /** The same for fast-check by itself. */
  readonly plain: number;
}

export interface Row {
  readonly id: string;
  readonly name: string;
  readonly mutant: string;
  readonly seeds: number;
  readonly found: number;
  /** Milliseconds of one core; those that did not find it count with their whole budget. */
  readonly medianMs: number;
  readonly maxMs: number;
  readonly medianExecutions: number;
  readonly maxExecutions: number;
  /** Shrunk to the size that is known to be the smallest. */
  readonly minimal: number;
  readonly shrunk: readonly Shrunk[];
  readonly plain: {
    readonly found: number;
    readonly medianMs: number;
    readonly medianExecutions: number;
  };
}

export interface Shrunk {
  readonly seed: number;
  readonly signature: string;
  readonly size: number;
  /** By hand; undefined where nobody has said how small this failure can be. */
  readonly known: number | undefined;
  readonly executions: number;
  readonly ms: number;
  readonly scenario: string;
}

export async function measure(
  bug: BugClass,
  bench: Bench,
  { seeds, executions: budget, plain: plainBudget }: Budgets,
): Promise<Row> {
  const found: { readonly seed: number; readonly sought: Sought }[] = [];
  const plain: Plain[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    found.push({ seed, sought: await seek(bench, seed, budget) });
    plain.push(await seekPlainly(bench, seed, plainBudget));
  }
  const shrunk = found.flatMap(({ seed, sought }) => shrunkOf(bug, seed, sought));
  const times = found.map(({ sought }) => sought.ms);
  const executions = found.map(({ sought }) => sought.executions);
  return {
    id: bug.id,
    name: bug.name,
    mutant: bug.mutant,
    seeds,
    found: shrunk.length,
    medianMs: median(times),
    maxMs: Math.max(...times),
    medianExecutions: median(executions),
    maxExecutions: Math.max(...executions),
    minimal: shrunk.filter(({ size, known }) => size === known).length,
    shrunk,
    plain: {
      found: plain.filter((one) => one.found).length,
      medianMs: median(plain.map(({ ms }) => ms)),
      medianExecutions: median(plain.map((one) => one.executions)),
    },
  };
}

function shrunkOf({ minimal }: BugClass, seed: number, { failure }: Sought): Shrunk[] {
  if (failure === undefined) return [];
  const { signature, smallest, shrinkExecutions: executions, shrinkMs: ms } = failure;
  const { steps, faults, answers, schedule } = smallest;
  return [
    {
      seed,
      signature,
      size: [steps, faults, answers, schedule].reduce((sum, { length }) => sum + length, 0),
      known: knownFor(minimal, signature)?.size,
      executions,
      ms,
      scenario: formatScenario(smallest),
    },
  ];
}

function knownFor(minimal: readonly Minimal[], signature: string): Minimal | undefined {
  return minimal.find(({ failure }) => signature.includes(failure));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)] ?? 0;
  return (low + (sorted[Math.ceil(middle)] ?? low)) / 2;
}
