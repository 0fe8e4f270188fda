/**
 * A scenario without some of its steps. What counts events from the beginning (the places of
 * faults, the choices of the schedule) then counts otherwise: each guess at it is a candidate.
 */
import type { Deviation, Phrase, Scenario } from './scenario.ts';
import { PLACE } from './values.ts';

/** What had been counted when a step began. */
export interface Begun {
  /** Choices of the schedule. */
  readonly choices: number;
  /** Whatever faults count: accesses, interrupts, ... in the same order for every step. */
  readonly counts: readonly number[];
}

/** @param removed indexes in order @param begun by step, where a run has told */
export function withoutSteps(
  scenario: Scenario,
  removed: readonly number[],
  begun: readonly Begun[] | undefined,
): Scenario[] {
  const gone = new Set(removed);
  const steps = scenario.steps.filter((_, index) => !gone.has(index));
  const plain = { ...scenario, steps };
  const { faults, answers, schedule } = scenario;
  if (faults.length + answers.length + schedule.length === 0) return [plain];
  const moved = begun === undefined ? schedule : shifted(schedule, removed, begun);
  const shift = (move: Move) => ({
    ...plain,
    schedule: moved,
    faults: faults.map((fault) => earlier(fault, move)),
    answers: answers.map((answer) => earlier(answer, move)),
  });
  const counters = begun?.[0]?.counts.length ?? 0;
  const counted = Array.from({ length: counters }, (_, which) =>
    shift((at) => at - dropped(removed, begun ?? [], (one) => one.counts[which] ?? 0, at)),
  );
  return [plain, { ...plain, schedule: moved }, ...counted, shift((at) => at - removed.length)];
}

type Move = (at: number) => number;

function earlier(phrase: Phrase, move: Move): Phrase {
  const at = phrase.with[PLACE];
  if (typeof at !== 'number') return phrase;
  return { ...phrase, with: { ...phrase.with, [PLACE]: Math.max(1, move(at)) } };
}

function shifted(
  schedule: readonly Deviation[],
  removed: readonly number[],
  begun: readonly Begun[],
): Deviation[] {
  const places = new Set<number>();
  return schedule.flatMap(({ at, take }) => {
    const place = at - dropped(removed, begun, ({ choices }) => choices, at);
    if (places.has(place)) return [];
    places.add(place);
    return [{ at: place, take }];
  });
}

/** How much of what was counted before `at` belongs to removed steps. */
function dropped(
  removed: readonly number[],
  begun: readonly Begun[],
  count: (one: Begun) => number,
  at: number,
): number {
  let sum = 0;
  for (const index of removed) {
    const first = begun[index];
    if (first === undefined) break;
    const next = begun[index + 1];
    const to = Math.min(at, next === undefined ? at : count(next));
    sum += Math.max(0, to - count(first));
  }
  return sum;
}
