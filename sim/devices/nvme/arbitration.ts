/**
 * Which submission queue is served next, and for how many commands.
 *
 * NVM Express Base Specification 1.4, "Command Arbitration": round robin, and weighted round robin
 * with urgent priority class (secondary).
 */
import type { SubmissionQueue } from './queues.ts';

/** Arbitration Burst 7: no limit. */
const UNLIMITED = 7;

/** CC.AMS. */
export const Arbitration = { RoundRobin: 0, Weighted: 1 } as const;

/** The Arbitration feature; weights are zero-based. */
export interface Weights {
  burst: number;
  low: number;
  medium: number;
  high: number;
}

const URGENT = 0;
const LOW = 3;

export class Arbiter {
  readonly weights: Weights = { burst: UNLIMITED, low: 0, medium: 0, high: 0 };
  #weighted = false;
  /** The queue that is being served, and what is left of its turn. */
  #current = 0;
  #left = 0;
  /** Weighted: what each priority class may still take in this round. */
  readonly #credits = [0, 0, 0, 0];

  start(mechanism: number): void {
    this.#weighted = mechanism === Arbitration.Weighted;
    this.#current = 0;
    this.#left = 0;
    this.#credits.fill(0);
  }

  /** The queue whose head is taken next; `ready` says which have a command that can be taken. */
  choose(
    queues: readonly (SubmissionQueue | undefined)[],
    top: number,
    ready: (queue: SubmissionQueue) => boolean,
  ): SubmissionQueue | undefined {
    const current = queues[this.#current];
    if (this.#left > 0 && current !== undefined && ready(current)) {
      this.#left--;
      return current;
    }
    const chosen = this.#weighted
      ? this.#weightedNext(queues, top, ready)
      : this.#next(queues, top, -1, ready);
    if (chosen === undefined) return undefined;
    this.#current = chosen.id;
    if (this.#weighted) {
      // What is more urgent is served between two commands of a queue: turns have no length here.
      const credits = this.#credits[chosen.priority] as number;
      if (chosen.id !== 0 && chosen.priority !== URGENT) {
        this.#credits[chosen.priority] = credits - 1;
      }
      return chosen;
    }
    const { burst } = this.weights;
    this.#left = burst === UNLIMITED ? Infinity : 2 ** burst - 1;
    return chosen;
  }

  /** The next after the current one, in turn; `priority` -1: of any. */
  #next(
    queues: readonly (SubmissionQueue | undefined)[],
    top: number,
    priority: number,
    ready: (queue: SubmissionQueue) => boolean,
  ): SubmissionQueue | undefined {
    let at = this.#current;
    for (let count = 0; count <= top; count++) {
      at = at >= top ? 0 : at + 1;
      const queue = queues[at];
      if (queue === undefined || (priority >= 0 && (at === 0 || queue.priority !== priority))) {
        continue;
      }
      if (ready(queue)) return queue;
    }
    return undefined;
  }

  /** The admin queue first, then the urgent class, then the three weighted ones in turn. */
  #weightedNext(
    queues: readonly (SubmissionQueue | undefined)[],
    top: number,
    ready: (queue: SubmissionQueue) => boolean,
  ): SubmissionQueue | undefined {
    const admin = queues[0];
    if (admin !== undefined && ready(admin)) return admin;
    const urgent = this.#next(queues, top, URGENT, ready);
    if (urgent !== undefined) return urgent;
    for (let round = 0; round < 2; round++) {
      for (let priority = URGENT + 1; priority <= LOW; priority++) {
        if ((this.#credits[priority] as number) === 0) continue;
        const queue = this.#next(queues, top, priority, ready);
        if (queue !== undefined) return queue;
      }
      const { high, medium, low } = this.weights;
      [high, medium, low].forEach((weight, index) => (this.#credits[index + 1] = weight + 1));
    }
    return undefined;
  }
}
