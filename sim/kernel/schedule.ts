/** Which of several runnable tasks goes first: choices that are recorded and replayed. */
import type { Random } from './random.ts';

export interface Schedule {
  /**
   * Picks one of `count` runnable tasks, in 0 .. count - 1; asked only where count > 1.
   * @param origins who each of them comes from, in the order in which they became runnable
   */
  choose(count: number, origins: readonly object[]): number;
}

/** The default: first come, first served. */
export const inOrder: Schedule = { choose: () => 0 };

/** Uniform choice. */
export function randomly(random: Random): Schedule {
  return { choose: (count) => random.below(count) };
}

/** Replays recorded choices; past their end, and where one no longer fits, the default order. */
export function replayed(choices: readonly number[]): Schedule {
  let next = 0;
  return {
    choose: (count) => {
      const choice = choices[next++] ?? 0;
      return choice < count ? choice : 0;
    },
  };
}
