/**
 * The one input of the search: what clients do, what goes wrong, how the device answers, and which
 * runnable task goes first. A value that can be generated, shrunk, written down and replayed.
 */

/** What a parameter may be: enough to parse, to generate and to shrink it. */
export type Parameter =
  /** Shrinks towards `min`. `likely` are values worth trying first: limits of declared fields. */
  | {
      readonly type: 'integer';
      readonly min: number;
      readonly max: number;
      readonly likely?: readonly number[];
    }
  /** Shrinks towards the first. */
  | { readonly type: 'choice'; readonly of: readonly string[] }
  /** Shrinks towards false. */
  | { readonly type: 'flag' };

export type Parameters = Readonly<Record<string, Parameter>>;
export type Value = number | string | boolean;

/** A word of a vocabulary with its parameters: an operation, or a fault. */
export interface Phrase {
  readonly word: string;
  readonly with: Readonly<Record<string, Value>>;
}

/**
 * Begun in the order of the list, when the client's step before it has ended; steps of different
 * clients overlap. All steps of client 0: one after the other.
 */
export interface Step extends Phrase {
  /** 0 .. CLIENTS_MAX - 1; shrinks towards 0. */
  readonly client: number;
}

/** At the n-th choice of the schedule, from 0, this task goes first instead of task 0. */
export interface Deviation {
  readonly at: number;
  readonly take: number;
}

export interface Scenario {
  /** Name of the model whose operations the steps are: a class contract, such as `BlockDevice`. */
  readonly model: string;
  /** Reference of the driver and name of the target that it was made for. */
  readonly driver: string;
  readonly target: string;
  /** Seed of the world: whatever the device itself leaves to chance. */
  readonly seed: number;
  readonly steps: readonly Step[];
  /** Of the bus, in the vocabulary of `sim/faults`: removal, false reads, lost interrupts, ... */
  readonly faults: readonly Phrase[];
  /** Of the device itself, where the target plans such: lost completions, lying data, ... */
  readonly answers: readonly Phrase[];
  /** In order of `at`. */
  readonly schedule: readonly Deviation[];
}

export const CLIENTS_MAX = 8;
export const STEPS_MAX = 10_000;
export const PHRASES_MAX = 256;
export const DEVIATIONS_MAX = 10_000;
