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

/** Shares of the way to the least value: few tries where the value must be just that one. */
const SHARES = [2, 4, 16, 256, 65_536] as const;
const LIKELY_MAX = 8;

/** Nothing where the value is as simple as it gets. */
export function simplerValues(value: Value, parameter: Parameter): readonly Value[] {
  if (parameter.type === 'flag') return value === false ? [] : [false];
  if (parameter.type === 'choice') {
    const place = parameter.of.indexOf(String(value));
    return parameter.of.slice(0, place === -1 ? 1 : place);
  }
  const { min, likely = [] } = parameter;
  if (typeof value !== 'number' || !(value > min)) return value === min ? [] : [min];
  const nearer = [...SHARES, Infinity].map((share) => {
    return value - Math.max(1, Math.floor((value - min) / share));
  });
  const known = likely.filter((one) => one > min && one < value).toSorted((a, b) => a - b);
  return [...new Set([min, ...known.slice(0, LIKELY_MAX), ...nearer])];
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
