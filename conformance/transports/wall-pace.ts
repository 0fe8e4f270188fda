/** World time over the wall clock, for devices that live in it. */
import type { Pace } from '../../sim/kernel/world.ts';

const NS_PER_MS = 1e6;
/** A world in which nothing is due, and nothing comes for so long, is stuck. */
const QUIET_MS = 2000;
const cell = new Int32Array(new SharedArrayBuffer(4));

export class WallPace implements Pace {
  readonly #quietMs: number;
  readonly #began = performance.now();
  #time = 0;
  #wake: (() => void) | undefined;
  #woken = false;

  constructor(quietMs = QUIET_MS) {
    this.#quietMs = quietMs;
  }

  /** Blocks until the wall clock has caught up with what the driver asked to wait. */
  spend(ns: number): void {
    this.#time += ns;
    const left = this.#time - this.#now();
    if (left > 0) Atomics.wait(cell, 0, 0, left / NS_PER_MS);
  }

  async idle(from: number, until: number): Promise<number> {
    this.#time = from;
    const left = until === Infinity ? this.#quietMs : (until - this.#now()) / NS_PER_MS;
    if (!this.#woken && left > 0) await this.#sleep(left);
    const woken = this.#woken;
    this.#woken = false;
    if (!woken && until === Infinity) return from;
    this.#time = woken ? Math.min(Math.max(from + 1, this.#now()), until) : until;
    return this.#time;
  }

  /** Something happened outside: whoever waits goes on at once. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  #now(): number {
    return (performance.now() - this.#began) * NS_PER_MS;
  }

  /** Timers may fire early by a fraction of a millisecond. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), Math.ceil(ms) + 1);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
