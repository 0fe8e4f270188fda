/**
 * Writes to memory are posted: they may stay on their way until a read from the same function,
 * which cannot pass them, pushes them out. PCI Local Bus Specification 3.0, appendix on transaction
 * ordering; PCI Express Base, "Transaction Ordering" (secondary sources).
 */
import type { World } from '../kernel/world.ts';

/** Writes that are on their way at once; the oldest leaves when one more comes. */
const POSTED_MAX = 64;

export class PostedWrites {
  readonly #world: World;
  readonly #waiting: (() => void)[] = [];
  /** For how long a write waits at the most; undefined while writes go straight through. */
  holdNs: number | undefined;

  constructor(world: World) {
    this.#world = world;
  }

  /** In order behind the others, now or later. */
  post(write: () => void): void {
    if (this.holdNs === undefined) {
      write();
      return;
    }
    if (this.#waiting.length === POSTED_MAX) this.#waiting.shift()?.();
    this.#waiting.push(write);
    this.#world.after(this.holdNs, () => {
      const index = this.#waiting.indexOf(write);
      for (let count = 0; count <= index; count++) this.#waiting.shift()?.();
    });
  }

  /** Everything arrives, before whatever is not posted. */
  flush(): void {
    while (this.#waiting.length > 0) this.#waiting.shift()?.();
  }
}
