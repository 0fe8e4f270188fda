/**
 * Smaller scenarios, in the order in which they are worth trying: what is none of the steps first,
 * then steps in halves, quarters, ... and in pairs, then values. Each candidate is smaller in a
 * well-founded order, so taking any number of them ends.
 */
import type { Vocabulary } from './model.ts';
import { type Phrase, type Scenario, type Step, STEPS_MAX, type Value } from './scenario.ts';
import { type Part, type Spot, simplerValues, spots } from './simpler.ts';
import { type Begun, withoutSteps } from './without-steps.ts';

export interface Shrinkable {
  readonly scenario: Scenario;
  /** Of the run of this scenario, where known. */
  readonly begun?: readonly Begun[] | undefined;
}

export interface Smaller {
  readonly scenario: Scenario;
  /** Where the next ones at this cursor begin. */
  readonly low?: number | undefined;
}

/**
 * The candidates at a cursor, or undefined past the last; one that is taken leaves the cursor.
 * @param low of the one that was taken there last
 */
export type Pass = (
  now: Shrinkable,
  cursor: number,
  low: number | undefined,
) => readonly Smaller[] | undefined;

/** Pairs of steps that belong together, and single deviations: so many are tried. */
const PAIRS_MAX = 60;
const PLACES_MAX = 64;
/** Without counts from a run: guesses how much earlier something is without a step. */
const SLIDE_STEPS_MAX = 8;
const SLIDE_MAX = 8;

export function shrinkPasses(vocabulary: Vocabulary): readonly Pass[] {
  return [
    atOnce,
    begunSteps,
    byWord,
    ...chunks('faults'),
    ...chunks('answers'),
    ...chunks('schedule'),
    oneDeviation,
    ...chunks('steps'),
    earlierChoices,
    clients,
    values(vocabulary, together),
    values(vocabulary, (all, cursor) => all[cursor] && [all[cursor]]),
    lowerTakes,
    pairs,
    slides,
  ];
}

const list =
  (make: (scenario: Scenario) => readonly (Scenario | false)[]): Pass =>
  ({ scenario }, cursor) => {
    const candidate = make(scenario)[cursor];
    return candidate === undefined
      ? undefined
      : candidate === false
        ? []
        : [{ scenario: candidate }];
  };

/** Everything that may have nothing to do with it. */
const atOnce = list((scenario) => {
  const { faults, answers, schedule, seed, steps } = scenario;
  const inTurn = steps.some(({ client }) => client > 0) && ofClient(steps, () => 0);
  const some = (value: readonly unknown[]) => value.length > 0;
  const bare = { faults: [], answers: [], schedule: [], seed: 0, steps: inTurn || steps };
  const isBare = !some(faults) && !some(answers) && !some(schedule) && seed === 0 && !inTurn;
  return [
    !isBare && { ...scenario, ...bare },
    some(schedule) && { ...scenario, schedule: [] },
    some(faults) && { ...scenario, faults: [] },
    some(answers) && { ...scenario, answers: [] },
    inTurn && { ...scenario, steps: inTurn },
    seed !== 0 && { ...scenario, seed: 0 },
    some(steps) && { ...scenario, steps: [] },
  ];
});

function ofClient(steps: readonly Step[], map: (client: number) => number): Step[] {
  return steps.map((step) => ({ ...step, client: map(step.client) }));
}

/** What had not begun when it failed. */
const begunSteps: Pass = ({ scenario, begun }, cursor) => {
  if (cursor > 0 || begun === undefined || begun.length >= scenario.steps.length) return undefined;
  return [{ scenario: { ...scenario, steps: scenario.steps.slice(0, begun.length) } }];
};

/** All steps of one word. */
const byWord: Pass = ({ scenario, begun }, cursor) => {
  const { steps } = scenario;
  const word = [...new Set(steps.map((step) => step.word))][cursor];
  if (word === undefined) return undefined;
  return removal({ scenario, begun }, (step) => step.word === word);
};

function removal(now: Shrinkable, isRemoved: (step: Step, index: number) => boolean): Smaller[] {
  const { scenario, begun } = now;
  const removed = scenario.steps.flatMap((step, index) => (isRemoved(step, index) ? [index] : []));
  return withoutSteps(scenario, removed, begun).map((smaller) => ({ scenario: smaller }));
}

/** Pieces of halving size, from the end; the last one has the most to do with it. */
function chunks(part: Part | 'schedule'): Pass[] {
  const sizes: number[] = [];
  for (let size = 1; size < STEPS_MAX; size *= 2) sizes.unshift(size);
  return sizes.map((size) => (now, cursor) => {
    const { scenario } = now;
    const { length } = scenario[part];
    const end = length - cursor * size;
    if (end <= 0 || (size >= length && length > 1)) return undefined;
    const isGone = (_: unknown, index: number) => index < end && index >= end - size;
    if (part === 'steps') return removal(now, isGone);
    const left = scenario[part].filter((one, index) => !isGone(one, index));
    return [{ scenario: { ...scenario, [part]: left } }];
  });
}

/** Instead of several one anywhere. */
const oneDeviation: Pass = ({ scenario }, cursor) => {
  const { schedule } = scenario;
  const last = schedule.at(-1)?.at ?? -1;
  if (schedule.length < 2 || cursor > last || cursor >= PLACES_MAX) return undefined;
  return [{ scenario: { ...scenario, schedule: [{ at: cursor, take: 1 }] } }];
};

/** Steps of a client become those of an earlier one: all of them, or one. */
const clients: Pass = ({ scenario }, cursor) => {
  const { steps } = scenario;
  const all = [...new Set(steps.map(({ client }) => client))].toSorted((a, b) => a - b);
  const from = all[cursor];
  const lower = (isMeant: (step: Step, index: number) => boolean, to: number) => {
    const moved = steps.map((step, at) => (isMeant(step, at) ? { ...step, client: to } : step));
    return { scenario: { ...scenario, steps: moved } };
  };
  if (from !== undefined) {
    const free = all.findIndex((client, index) => client !== index);
    const earlier = all.filter((client) => client < from);
    if (free !== -1 && free < from) earlier.push(free);
    return earlier.map((to) => lower(({ client }) => client === from, to));
  }
  const index = cursor - all.length;
  const step = steps[index];
  if (step === undefined) return undefined;
  return step.client === 0 ? [] : [lower((_, at) => at === index, 0)];
};

type Choose = (all: readonly Spot[], cursor: number) => readonly Spot[] | undefined;

/** Equal values of one name may have to stay equal. */
const together: Choose = (all, cursor) => {
  const groups = new Map<string, Spot[]>();
  for (const spot of all) {
    const key = `${spot.name} ${spot.value}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [spot]);
    else group.push(spot);
  }
  return [...groups.values()].filter((group) => group.length > 1)[cursor];
};

function values(vocabulary: Vocabulary, chosen: Choose): Pass {
  return ({ scenario }, cursor, last) => {
    const places = chosen(spots(scenario, vocabulary), cursor);
    const first = places?.[0];
    if (places === undefined || first === undefined) return undefined;
    return simplerValues(first.value, first.parameter, last).map(({ value, low }) => {
      return { scenario: places.reduce((all, spot) => changed(all, spot, value), scenario), low };
    });
  };
}

function changed(scenario: Scenario, { part, index, name }: Spot, value: Value): Scenario {
  const phrase = scenario[part][index];
  if (phrase === undefined) return scenario;
  const other = { ...phrase, with: { ...phrase.with, [name]: value } };
  return { ...scenario, [part]: (scenario[part] as readonly Phrase[]).with(index, other) };
}

/** Two neighbours at a time: of two tasks that take turns only every other choice is the one. */
const earlierChoices: Pass = ({ scenario }, cursor, last) => {
  const { schedule } = scenario;
  const deviation = schedule[cursor];
  if (deviation === undefined) return undefined;
  const { at, take } = deviation;
  const first = (schedule[cursor - 1]?.at ?? -1) + 1;
  let low = Math.max(first, last ?? first);
  const found: Smaller[] = [];
  while (low < at) {
    const middle = low + Math.floor((at - low) / 2);
    for (const place of [middle, middle + 1].filter((one) => one < at)) {
      found.push({
        scenario: { ...scenario, schedule: schedule.with(cursor, { at: place, take }) },
        low,
      });
    }
    low = middle + 1;
  }
  return found;
};

const lowerTakes: Pass = ({ scenario }, cursor) => {
  const deviation = scenario.schedule[cursor];
  if (deviation === undefined) return undefined;
  const lower = { at: deviation.at, take: 1 };
  if (deviation.take <= 1) return [];
  return [{ scenario: { ...scenario, schedule: scenario.schedule.with(cursor, lower) } }];
};

/** Two steps that make no sense without each other, such as open and close; near ones first. */
const pairs: Pass = (now, cursor) => {
  const { length } = now.scenario.steps;
  if (cursor >= PAIRS_MAX) return undefined;
  let left = cursor;
  for (let distance = 1; distance < length; distance++) {
    const count = length - distance;
    if (left < count) {
      const second = length - 1 - left;
      return removal(now, (_, index) => index === second || index === second - distance);
    }
    left -= count;
  }
  return undefined;
};

/** A step less, and what is counted so much earlier; where runs do not say how much. */
const slides: Pass = (now, cursor) => {
  const { scenario, begun } = now;
  const { steps, faults, answers, schedule } = scenario;
  const counted = faults.length + answers.length + schedule.length;
  if (begun !== undefined || steps.length > SLIDE_STEPS_MAX || counted !== 1) return undefined;
  if (cursor >= steps.length) return undefined;
  return Array.from({ length: SLIDE_MAX }, (_, by) => {
    const guess = steps.map((_step, index) => {
      const count = index <= cursor ? 0 : by + 1;
      return { choices: count, counts: [count] };
    });
    const counts = [...guess, { choices: by + 1, counts: [by + 1] }];
    return withoutSteps(scenario, [cursor], counts).map((smaller) => ({ scenario: smaller }));
  }).flat();
};
