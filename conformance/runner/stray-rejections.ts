/**
 * Promises that were rejected and that nobody awaited while an item was judged. One that is
 * awaited later is none; one that a client's call gave to the check is the check's own business.
 */
import type { Verdict } from '../../reports/verdict.ts';
import { ExpectationError, Inconclusive } from '../expect.ts';
import type { Scene } from '../scene.ts';

export class StrayRejections {
  readonly #pending = new Map<Promise<unknown>, unknown>();
  /** What a check found and threw into a promise that it did not await. */
  #lost: Error | undefined;

  /** From here on they no longer end the thread. */
  watch(): void {
    process.on('unhandledRejection', (reason, promise) => this.#pending.set(promise, reason));
    process.on('rejectionHandled', (promise) => this.#pending.delete(promise));
  }

  /** A scene is over: what its driver answered to clients is known, the rest is its own. */
  sceneOver(scene: Scene): void {
    for (const [promise, reason] of this.#pending) {
      const isObject = typeof reason === 'object' && reason !== null;
      if (isObject && scene.driverErrors.has(reason)) this.#pending.delete(promise);
      if (reason instanceof ExpectationError || reason instanceof Inconclusive) {
        this.#lost = reason;
        this.#pending.delete(promise);
      }
    }
  }

  /** What the driver left to nobody in the scene that is over. */
  take(): unknown[] {
    const reasons = [...this.#pending.values()];
    this.#pending.clear();
    return reasons;
  }

  /** A check that lost a finding of its own may not pass; the driver is not to blame. */
  weigh(verdict: Verdict): Verdict {
    const lost = this.#lost;
    this.#lost = undefined;
    if (lost === undefined || verdict.verdict !== 'pass') return verdict;
    const reason = `The clause does not await what it found: ${lost.message}`;
    return { ...verdict, verdict: 'error', cause: 'ours', reason };
  }
}
