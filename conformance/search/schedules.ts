/**
 * Which of several runnable tasks goes first: by priorities that change in a few places, uniformly,
 * or as written. Whatever a schedule chose is then written down as deviations from the default.
 */
import { Random } from '../../sim/kernel/random.ts';
import { type Schedule, inOrder, randomly } from '../../sim/kernel/schedule.ts';
import type { Deviation } from './scenario.ts';
import type { Source } from './source.ts';
import { small } from './values.ts';

/** How a run is to be scheduled, as data. */
export type Order =
  | { readonly kind: 'in-order' }
  | { readonly kind: 'uniform'; readonly seed: number }
  /**
   * Every origin of tasks gets a random priority, and the highest goes first; at `changes` random
   * places among the first `span` choices the one that would go falls behind all others. A bug
   * that takes d changes shows with at least 1 in n * span^d runs, for n origins: Burckhardt,
   * Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with Probabilistic Guarantees of
   * Finding Bugs (ASPLOS 2010; from memory).
   */
  | {
      readonly kind: 'priority';
      readonly seed: number;
      readonly changes: number;
      readonly span: number;
    };

const IN_ORDER: Order = { kind: 'in-order' };
/** Changes of priorities that a bug may need, as often as that is worth trying. */
const CHANGES = [0, 0, 1, 1, 2, 3] as const;
/** Choices of a scene where nobody has counted yet. */
const SPAN = 64;
const BURST_MAX = 32;
/** Who goes so often in a row falls behind: what polls for another would wait for it forever. */
const IN_A_ROW_MAX = 64;
const SEEDS = 0x8000_0000;

/** @param choices how many choices scenes of this model have had so far, as a hint */
export function someOrder(source: Source, choices = SPAN): Order {
  const how = source.below(8);
  if (how < 4 || choices === 0) return IN_ORDER;
  if (how === 4) return { kind: 'uniform', seed: source.below(SEEDS) };
  const changes = CHANGES[source.below(CHANGES.length)] as number;
  return { kind: 'priority', seed: source.below(SEEDS), changes, span: choices };
}

/**
 * A schedule that is written before it runs: in few places, each for a while, the second task goes
 * instead of the first. Holding the first back for long is what single deviations cannot.
 */
export function someDeviations(source: Source, choices = SPAN): Deviation[] {
  const places = new Map<number, number>();
  const bursts = choices === 0 ? 0 : (CHANGES[source.below(CHANGES.length)] as number);
  for (let burst = 0; burst < bursts; burst++) {
    const from = source.below(choices);
    const length = small(source, 1, BURST_MAX);
    const take = source.below(4) === 0 ? 2 : 1;
    for (let at = from; at < from + length; at++) places.set(at, take);
  }
  const found = [...places].map(([at, take]) => ({ at, take }));
  return found.toSorted((one, other) => one.at - other.at);
}

export function scheduleOf(order: Order): Schedule {
  if (order.kind === 'in-order') return inOrder;
  const random = new Random(order.seed, 'schedule');
  return order.kind === 'uniform' ? randomly(random) : new Priorities(random, order);
}

class Priorities implements Schedule {
  readonly #random: Random;
  readonly #byOrigin = new Map<object, number>();
  /** In order; the next one last. */
  readonly #changes: number[];
  #made = 0;
  #last: object | undefined;
  #inARow = 0;
  /** Falls: who fell last is behind all who fell before. */
  #lowest = 0;

  constructor(random: Random, { changes, span }: { changes: number; span: number }) {
    this.#random = random;
    const places = Array.from({ length: changes }, () => random.below(span));
    this.#changes = places.toSorted((a, b) => b - a);
  }

  choose(count: number, origins: readonly object[]): number {
    const place = this.#made++;
    let choice = this.#highest(count, origins);
    while (this.#changes.at(-1) === place) {
      this.#changes.pop();
      this.#fall(origins[choice] as object);
      choice = this.#highest(count, origins);
    }
    const origin = origins[choice] as object;
    this.#inARow = origin === this.#last ? this.#inARow + 1 : 1;
    this.#last = origin;
    if (this.#inARow >= IN_A_ROW_MAX) this.#fall(origin);
    return choice;
  }

  #fall(origin: object): void {
    this.#byOrigin.set(origin, --this.#lowest);
  }

  /** Of equals the first. */
  #highest(count: number, origins: readonly object[]): number {
    let choice = 0;
    let most = -Infinity;
    for (let at = 0; at < count; at++) {
      const priority = this.#of(origins[at] as object);
      if (priority > most) {
        most = priority;
        choice = at;
      }
    }
    return choice;
  }

  #of(origin: object): number {
    let priority = this.#byOrigin.get(origin);
    if (priority === undefined) {
      priority = this.#random.uint32();
      this.#byOrigin.set(origin, priority);
    }
    return priority;
  }
}

/** Deviates where it is written; where that no longer fits, the default order. */
export function following(deviations: readonly Deviation[]): Schedule {
  if (deviations.length === 0) return inOrder;
  let made = 0;
  let next = 0;
  return {
    choose: (count) => {
      const place = made++;
      while ((deviations[next]?.at ?? Infinity) < place) next++;
      const deviation = deviations[next];
      if (deviation?.at !== place) return 0;
      return deviation.take < count ? deviation.take : 0;
    },
  };
}

/** What a world recorded, as a scenario says it. */
export function deviationsOf(choices: readonly number[]): Deviation[] {
  return choices.flatMap((take, at) => (take === 0 ? [] : [{ at, take }]));
}
