/**
 * Random programs on two targets, compared access by access. A difference is shrunk and becomes a
 * divergence record: a verdict on the device, never on a driver.
 */
import fc from 'fast-check';
import type { Divergence } from '../../reports/verdict.ts';
import {
  type DiffPlan,
  type Difference,
  type Explanation,
  type Program,
  showStep,
} from '../divergence.ts';
import type { Target } from '../target.ts';
import { type Sides, compare, show } from './diff-compare.ts';
import { DiffSide } from './diff-side.ts';

export interface DiffOptions {
  readonly plan: DiffPlan;
  readonly targets: readonly [Target, Target];
  readonly runs: number;
  readonly seed: number;
  /** fast-check's path to one program. */
  readonly path?: string;
  /** The command that shows it again. */
  readonly reproduce: (seed: number, path: string | undefined) => string;
  readonly onDivergence: (divergence: Divergence) => void;
}

export interface DiffResult {
  readonly programs: number;
  readonly steps: number;
  readonly divergences: number;
  /** Explanations that nothing needed. */
  readonly unused: readonly string[];
}

/** Different divergences that one comparison reports. */
const DIVERGENCES_MAX = 20;
/** Programs that making one example small may take. */
const SHRINK_MAX = 300;

export async function diff(options: DiffOptions): Promise<DiffResult> {
  const { plan, targets, runs, seed } = options;
  const sides: Sides = [new DiffSide(targets[0], plan), new DiffSide(targets[1], plan)];
  const found: Explanation[] = [];
  const examples = new Map<Explanation, Program>();
  let programs = 0;
  let steps = 0;
  let divergences = 0;
  while (programs < runs && divergences < DIVERGENCES_MAX) {
    const from = seed + programs;
    const search = await find(
      sides,
      options,
      from,
      runs - programs,
      (program, outcome) => {
        steps += outcome.steps;
        for (const explanation of outcome.explained.keys()) {
          const known = examples.get(explanation);
          if (!known || program.steps.length < known.steps.length)
            examples.set(explanation, program);
        }
      },
      found,
    );
    programs += Math.max(1, search.runs);
    if (search.program === undefined) break;
    const { difference } = await compare(sides, search.program, [...plan.explanations, ...found]);
    if (difference === undefined) continue; // It did not come again: the next run tells.
    divergences++;
    found.push(alike(difference));
    options.onDivergence(record(options, sides, difference, options.reproduce(from, search.path)));
    if (options.path !== undefined) break;
  }
  for (const [explanation, program] of examples) {
    if (found.includes(explanation)) continue;
    const smallest = await fewest(sides, program, explanation, plan.explanations);
    const outcome = await compare(sides, smallest, plan.explanations);
    const difference = outcome.explained.get(explanation);
    if (difference === undefined) continue;
    const { id, cite, why } = explanation;
    const shown = record(options, sides, difference, options.reproduce(seed, undefined));
    options.onDivergence({ ...shown, explained: { id, cite, why } });
  }
  const unused = plan.explanations.filter((it) => !examples.has(it)).map(({ id }) => id);
  return { programs, steps, divergences, unused };
}

interface Search {
  readonly runs: number;
  readonly program?: Program;
  readonly path?: string;
}

async function find(
  sides: Sides,
  { plan, path }: DiffOptions,
  seed: number,
  runs: number,
  onOutcome: (program: Program, outcome: Awaited<ReturnType<typeof compare>>) => void,
  found: readonly Explanation[],
): Promise<Search> {
  let failures = 0;
  const details = await fc.check(
    fc.asyncProperty(plan.programs, async (program) => {
      if (failures > SHRINK_MAX) return true;
      if (failures > 0) failures++;
      const outcome = await compare(sides, program, [...plan.explanations, ...found]);
      if (failures === 0) onOutcome(program, outcome);
      if (outcome.difference === undefined) return true;
      failures = Math.max(failures, 1);
      return false;
    }),
    { seed, numRuns: path === undefined ? runs : 1, ...(path === undefined ? {} : { path }) },
  );
  const program = details.counterexample?.[0];
  return {
    runs: details.numRuns,
    ...(program === undefined ? {} : { program }),
    ...(details.counterexamplePath === null ? {} : { path: details.counterexamplePath }),
  };
}

/** Leaves out every step without which the explanation is needed just as well. */
async function fewest(
  sides: Sides,
  program: Program,
  explanation: Explanation,
  explanations: readonly Explanation[],
): Promise<Program> {
  let smallest = program;
  for (let at = program.steps.length - 1; at >= 0; at--) {
    const candidate = { ...smallest, steps: smallest.steps.filter((_, index) => index !== at) };
    const { explained, difference } = await compare(sides, candidate, explanations);
    if (difference === undefined && explained.has(explanation)) smallest = candidate;
  }
  return smallest;
}

/** Differences like one that is reported already: the search goes on past them. */
function alike(known: Difference): Explanation {
  const place = placeOf(known);
  return {
    id: 'reported',
    cite: { document: 'this run', revision: '', basis: 'read' },
    why: 'reported already',
    example: [],
    explains: (difference) =>
      difference.part === known.part && placeOf(difference) === place ? difference.bits : 0n,
    ends: true,
  };
}

function placeOf({ step }: Difference): string {
  if (step.kind === 'read' || step.kind === 'write') {
    return `${step.kind} ${step.bar} ${step.offset} ${step.size}`;
  }
  return step.kind === 'config-read' ? `config ${step.offset} ${step.size}` : step.kind;
}

function record(
  { plan, targets, seed }: DiffOptions,
  sides: Sides,
  { part, index, program, answers }: Difference,
  reproduce: string,
): Divergence {
  return {
    record: 'divergence',
    device: plan.device,
    targets: [targets[0].name, targets[1].name],
    seed: String(seed),
    step: index + 1,
    answers: [show(answers[0], part), show(answers[1], part)],
    sequence: [
      `interrupts by ${program.interrupts === 'msi' ? 'MSI' : 'INTx'}`,
      ...program.steps.slice(0, index + 1).map(showStep),
    ],
    journals: [sides[0].journal(), sides[1].journal()],
    reproduce,
  };
}
