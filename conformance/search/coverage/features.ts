/**
 * What executions have reached: one map of features of all kinds. A feature is a number; what makes
 * it is hashed, so that it is the same in every thread and nothing is allocated to look it up.
 */
import { mixed } from './feature-hash.ts';

export const FeatureKind = {
  /** A branch arm, function or loop of driver code was reached. */
  Edge: 0,
  /** It was reached so often, in AFL's buckets. */
  EdgeCount: 1,
  /** What is seen at the device's bus, after what was seen before it. */
  Traffic: 2,
  /** A field of a register went from one value to another. */
  Field: 3,
  /** An operation was begun in a state. */
  Operation: 4,
  /** A rule was armed, so often. */
  Rule: 5,
  /** A state that the model names was reached. */
  State: 6,
} as const;
export type FeatureKind = (typeof FeatureKind)[keyof typeof FeatureKind];
const KINDS = Object.keys(FeatureKind).length;

/** Places of each kind; a power of two. Two features that share one count as one. */
const PLACES = 2 ** 17;

/** As AFL counts: 1, 2, 3, 4-7, 8-15, 16-31, 32-127 and more; 0 is none. */
const BUCKETS = Uint8Array.from({ length: 256 }, (_, count) => {
  const limits = [1, 2, 3, 4, 8, 16, 32, 128];
  return limits.filter((limit) => count >= limit).length;
});

export function bucketOf(count: number): number {
  return BUCKETS[Math.min(count, 255)] as number;
}

export class Features {
  readonly #seen = new Uint8Array(KINDS * PLACES);
  /** How many of each kind were seen. */
  readonly counts = new Uint32Array(KINDS);
  #fresh: number[] = [];

  hit(kind: FeatureKind, hash: number): void {
    const feature = kind * PLACES + (mixed(hash, kind) & (PLACES - 1));
    if (this.#seen[feature] === 0) this.#enter(feature);
  }

  has(feature: number): boolean {
    return this.#seen[feature] !== 0;
  }

  /** What was hit for the first time since the last call, in that order. */
  take(): number[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  /** As if nothing had been hit since the last `take`. */
  undo(): void {
    for (const feature of this.take()) {
      this.#seen[feature] = 0;
      this.#count(feature, -1);
    }
  }

  /** As if nothing had ever been hit. */
  forget(): void {
    this.#seen.fill(0);
    this.counts.fill(0);
    this.#fresh = [];
  }

  /** Enters what was hit elsewhere; returns how many of them are new here. */
  add(features: readonly number[]): number {
    const before = this.#fresh.length;
    for (const feature of features) {
      if (this.#seen[feature] === 0) this.#enter(feature);
    }
    const added = this.#fresh.length - before;
    this.#fresh.length = before;
    return added;
  }

  #enter(feature: number): void {
    this.#seen[feature] = 1;
    this.#fresh.push(feature);
    this.#count(feature, 1);
  }

  #count(feature: number, by: 1 | -1): void {
    const kind = Math.floor(feature / PLACES);
    this.counts[kind] = (this.counts[kind] as number) + by;
  }
}
