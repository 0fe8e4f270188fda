/** Choices that are not all as frequent. */
import type { Source } from './source.ts';

export interface Weighed<T> {
  readonly words: readonly T[];
  readonly weights: readonly number[];
  readonly total: number;
}

/** @param factor by how much likelier a word is here */
export function weigh<T extends { readonly weight: number }>(
  words: readonly T[],
  factor: (word: T) => number,
): Weighed<T> {
  const weights = words.map((word) => word.weight * factor(word));
  return { words, weights, total: weights.reduce((sum, weight) => sum + weight, 0) };
}

/** One of them, or undefined when all weigh nothing. */
export function choose<T>(source: Source, { words, weights, total }: Weighed<T>): T | undefined {
  if (total === 0) return undefined;
  let left = source.below(total);
  for (let at = 0; at < weights.length; at++) {
    left -= weights[at] as number;
    if (left < 0) return words[at];
  }
  return undefined;
}
