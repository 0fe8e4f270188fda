/** Simpler values of a parameter, in the order in which they are worth trying. */
import type { Parameter, Phrase, Value } from './scenario.ts';
import type { Vocabulary } from './model.ts';

export type Part = 'steps' | 'faults' | 'answers';

/** A value of a phrase that could be simpler. */
export interface Spot {
  readonly part: Part;
  readonly index: number;
  readonly name: string;
  readonly value: Value;
  readonly parameter: Parameter;
}

/** So many of the likely values are tried: which is the least of many is then bisected. */
const LIKELY_MAX = 8;

export interface Simpler {
  readonly value: Value;
  /** Does not do when the ones before this one did not: what is still to be tried lies above. */
  readonly low: number | undefined;
}

/** @param low known not to do. Nothing where the value is as simple as it gets. */
export function simplerValues(value: Value, parameter: Parameter, low?: number): Simpler[] {
  if (parameter.type !== 'integer') {
    return simplerWords(value, parameter).map((simpler) => ({ value: simpler, low: undefined }));
  }
  const { min, likely = [] } = parameter;
  if (typeof value !== 'number' || !(value > min)) {
    return value === min ? [] : [{ value: min, low: undefined }];
  }
  const tries = low === undefined ? firstTries(value, min, likely) : bisection(value, low);
  return tries.map((simpler, index) => ({
    value: simpler,
    low: simpler === min ? undefined : (tries[index - 1] ?? low),
  }));
}

function simplerWords(value: Value, parameter: Parameter): readonly Value[] {
  if (parameter.type !== 'choice') return value === false ? [] : [false];
  const place = parameter.of.indexOf(String(value));
  return parameter.of.slice(0, place === -1 ? 1 : place);
}

/** When not even one less will do it must be just this one: that is soon known. */
function firstTries(value: number, min: number, likely: readonly number[]): number[] {
  const known = likely.filter((one) => one > min && one < value).toSorted((a, b) => a - b);
  return [...new Set([min, ...known.slice(0, LIKELY_MAX), value - 1])];
}

/** The middle, then the middle above it, ...: what fits first is the new end. */
function bisection(value: number, low: number): number[] {
  const tries: number[] = [];
  for (let from = low; value - from > 1; from = tries.at(-1) ?? value) {
    tries.push(from + Math.floor((value - from) / 2));
  }
  return tries;
}

/** Every value of the scenario's phrases that has a simpler one. */
export function spots(
  phrases: Readonly<Record<Part, readonly Phrase[]>>,
  vocabulary: Vocabulary,
): Spot[] {
  const parts = ['faults', 'answers', 'steps'] as const;
  return parts.flatMap((part) =>
    phrases[part].flatMap((phrase, index) =>
      Object.entries(vocabulary[part][phrase.word]?.parameters ?? {}).flatMap(
        ([name, parameter]) => {
          const value = phrase.with[name];
          if (value === undefined || simplerValues(value, parameter).length === 0) return [];
          return [{ part, index, name, value, parameter }];
        },
      ),
    ),
  );
}
