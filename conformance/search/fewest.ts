/** Few of many that together reach as much: a greedy set cover. */

export interface Reaching<T> {
  readonly entry: T;
  readonly size: number;
  readonly features: readonly number[];
}

/**
 * Few entries that reach what all of them reach: the one that adds most first, of equals the
 * smallest, of those the first.
 */
export function fewest<T>(all: readonly Reaching<T>[]): T[] {
  const left = new Set(all.flatMap(({ features }) => features));
  const kept: T[] = [];
  let candidates = all;
  while (left.size > 0) {
    const weighed = candidates
      .map((candidate) => ({
        candidate,
        adds: candidate.features.reduce((sum, feature) => sum + Number(left.has(feature)), 0),
      }))
      .filter(({ adds }) => adds > 0);
    const best = weighed.reduce((one, other) =>
      other.adds > one.adds ||
      (other.adds === one.adds && other.candidate.size < one.candidate.size)
        ? other
        : one,
    );
    kept.push(best.candidate.entry);
    for (const feature of best.candidate.features) left.delete(feature);
    candidates = weighed
      .map(({ candidate }) => candidate)
      .filter((candidate) => candidate !== best.candidate);
  }
  return kept;
}
