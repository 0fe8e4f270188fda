/** Scenarios like a given one: what reached something new once is a good place to look for more. */
import type { Draft, Generator, Hints } from './generate.ts';
import { simplerValues } from './simpler.ts';
import type { SearchModel, Situation } from './model.ts';
import {
  DEVIATIONS_MAX,
  PHRASES_MAX,
  type Parameter,
  type Phrase,
  type Scenario,
  type Step,
  STEPS_MAX,
} from './scenario.ts';
import { someDeviations, someOrder } from './schedules.ts';
import { type Source, between } from './source.ts';
import { PLACE } from './values.ts';

export interface MutationOptions {
  readonly generator: Generator;
  /** Another scenario of the corpus, to be crossed with. */
  readonly other?: Scenario;
  readonly hints?: Hints;
}

interface Context extends MutationOptions {
  readonly source: Source;
  readonly hints: Hints;
}

type Mutation = (scenario: Scenario, context: Context) => Scenario;

/** Changes that follow one another. */
const CHANGES_MAX = 4;
const INSERTED_MAX = 12;
const REPEATED_MAX = 16;
/** A fault moves by so many places. */
const PLACES_NEAR = 8;

export function mutate(source: Source, from: Scenario, options: MutationOptions): Draft {
  const context: Context = { hints: {}, ...options, source };
  let scenario = from;
  let changes = 1;
  while (changes < CHANGES_MAX && source.below(2) === 0) changes++;
  for (let change = 0; change < changes; change++) {
    const mutation = MUTATIONS[source.below(MUTATIONS.length)] as Mutation;
    scenario = bounded(mutation(scenario, context));
  }
  // Half of them keep the schedule that is written in them.
  const isKept = source.below(2) === 0;
  const order = isKept
    ? ({ kind: 'in-order' } as const)
    : someOrder(source, options.hints?.choices);
  return { scenario, order };
}

const insert: Mutation = (scenario, { source, generator }) => {
  const { steps } = scenario;
  const at = source.below(steps.length + 1);
  const situation = situationAfter(steps.slice(0, at), generator.model);
  const some = generator.steps(source, 1 + source.below(INSERTED_MAX), situation);
  return { ...scenario, steps: [...steps.slice(0, at), ...some, ...steps.slice(at)] };
};

/** The end again, from some step on: another end is where other things happen. */
const tail: Mutation = (scenario, { source, generator }) => {
  const kept = scenario.steps.slice(0, source.below(scenario.steps.length + 1));
  const { usual } = generator.extent.steps;
  const situation = situationAfter(kept, generator.model);
  const rest = generator.steps(source, 1 + source.below(usual), situation);
  return { ...scenario, steps: [...kept, ...rest] };
};

const remove: Mutation = (scenario, { source }) => {
  const { from, to } = stretch(source, scenario.steps.length);
  return { ...scenario, steps: scenario.steps.toSpliced(from, to - from) };
};

/** A stretch again, right behind itself. */
const repeat: Mutation = (scenario, { source }) => {
  const { steps } = scenario;
  const { from, to } = stretch(source, steps.length);
  const some = steps.slice(from, to);
  const times = 1 + source.below(Math.max(1, Math.floor(REPEATED_MAX / Math.max(1, some.length))));
  const again = Array.from({ length: times }, () => some).flat();
  return { ...scenario, steps: steps.toSpliced(to, 0, ...again) };
};

const swap: Mutation = (scenario, { source }) => {
  const { steps } = scenario;
  if (steps.length < 2) return scenario;
  const [one, other] = [source.below(steps.length), source.below(steps.length)];
  const [first, second] = [steps[one] as Step, steps[other] as Step];
  return { ...scenario, steps: steps.with(one, second).with(other, first) };
};

/** The beginning of this one and the end of the other, with the faults of either or both. */
const splice: Mutation = (scenario, { source, other }) => {
  if (other === undefined) return scenario;
  const head = scenario.steps.slice(0, source.below(scenario.steps.length + 1));
  const end = other.steps.slice(source.below(other.steps.length + 1));
  const whose = source.below(3);
  const choose = <T>(mine: readonly T[], its: readonly T[]) =>
    whose === 0 ? mine : whose === 1 ? its : [...mine, ...its];
  return {
    ...scenario,
    steps: [...head, ...end],
    faults: choose(scenario.faults, other.faults),
    answers: choose(scenario.answers, other.answers),
  };
};

/** One value of a step becomes another, or that of another step. */
const value: Mutation = (scenario, { source, generator }) => {
  const { steps } = scenario;
  if (steps.length === 0) return scenario;
  const at = source.below(steps.length);
  const step = steps[at] as Step;
  const names = Object.keys(step.with);
  const name = names[names.length === 0 ? 0 : source.below(names.length)];
  if (name === undefined) return scenario;
  const others = steps.filter((one) => one.word === step.word && one !== step);
  const borrowed = others[others.length === 0 ? 0 : source.below(others.length)];
  const parameter = generator.model.vocabulary.steps[step.word]?.parameters[name];
  const near = parameter === undefined ? [] : simplerValues(step.with[name] ?? 0, parameter);
  const fresh = generator.spoken(source, step.word)?.with ?? step.with;
  const how = source.below(3);
  const said =
    how === 0 && near.length > 0
      ? near[source.below(near.length)]?.value
      : how === 1 && borrowed !== undefined
        ? borrowed.with[name]
        : fresh[name];
  if (said === undefined) return scenario;
  return { ...scenario, steps: steps.with(at, { ...step, with: { ...step.with, [name]: said } }) };
};

const client: Mutation = (scenario, { source, generator }) => {
  const { steps } = scenario;
  const { clients } = generator.extent;
  if (steps.length === 0 || clients === 1) return scenario;
  const { from, to } = stretch(source, steps.length);
  const who = source.below(clients);
  const changed = steps.map((step, at) => {
    return at >= from && at < to ? { ...step, client: who } : step;
  });
  return { ...scenario, steps: changed };
};

/** A fault more, one less, or one in another place. */
function misfortunes(part: 'faults' | 'answers'): Mutation {
  return (scenario, { source, generator, hints }) => {
    const all = scenario[part];
    const most = generator.extent[part];
    const make = part === 'faults' ? generator.fault : generator.answer;
    const how = source.below(3);
    const at = all.length === 0 ? 0 : source.below(all.length);
    const one = all[at];
    if (one === undefined || (how === 0 && all.length < most)) {
      const more = most === 0 ? undefined : make.call(generator, source, hints);
      return more === undefined ? scenario : { ...scenario, [part]: [...all, more] };
    }
    if (how === 1) return { ...scenario, [part]: all.toSpliced(at, 1) };
    const parameter = generator.model.vocabulary[part][one.word]?.parameters[PLACE];
    return { ...scenario, [part]: all.with(at, moved(source, one, parameter)) };
  };
}

function moved(source: Source, phrase: Phrase, parameter: Parameter | undefined): Phrase {
  const place = phrase.with[PLACE];
  if (typeof place !== 'number' || parameter?.type !== 'integer') return phrase;
  const near = place + between(source, -PLACES_NEAR, PLACES_NEAR);
  const at = Math.max(parameter.min, Math.min(parameter.max, near));
  return { ...phrase, with: { ...phrase.with, [PLACE]: at } };
}

const schedule: Mutation = (scenario, { source, hints }) => {
  const all = scenario.schedule;
  if (all.length > 0 && source.below(2) === 0) {
    return { ...scenario, schedule: all.toSpliced(source.below(all.length), 1) };
  }
  const more = someDeviations(source, hints.choices);
  const places = new Map([...all, ...more].map(({ at, take }) => [at, take]));
  const together = [...places].map(([at, take]) => ({ at, take }));
  return { ...scenario, schedule: together.toSorted((one, two) => one.at - two.at) };
};

const faults = misfortunes('faults');

/** Those that say more, more often. */
const MUTATIONS: readonly Mutation[] = [
  insert,
  insert,
  insert,
  tail,
  remove,
  remove,
  repeat,
  swap,
  splice,
  splice,
  value,
  value,
  value,
  client,
  faults,
  faults,
  misfortunes('answers'),
  schedule,
];

function stretch(source: Source, length: number): { from: number; to: number } {
  if (length === 0) return { from: 0, to: 0 };
  const from = source.below(length);
  return { from, to: Math.min(length, from + 1 + source.below(REPEATED_MAX)) };
}

function situationAfter(steps: readonly Step[], { start, vocabulary }: SearchModel): Situation {
  return steps.reduce(
    (situation, step) => vocabulary.steps[step.word]?.leads?.(situation, step) ?? situation,
    start,
  );
}

function bounded(scenario: Scenario): Scenario {
  const { steps, faults: bad, answers, schedule: deviations } = scenario;
  const isWithin =
    steps.length <= STEPS_MAX &&
    bad.length <= PHRASES_MAX &&
    answers.length <= PHRASES_MAX &&
    deviations.length <= DEVIATIONS_MAX;
  if (isWithin) return scenario;
  return {
    ...scenario,
    steps: steps.slice(0, STEPS_MAX),
    faults: bad.slice(0, PHRASES_MAX),
    answers: answers.slice(0, PHRASES_MAX),
    schedule: deviations.slice(0, DEVIATIONS_MAX),
  };
}
