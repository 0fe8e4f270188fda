/**
 * World time over QEMU: it stands still unless the world lets it pass, and then moves in steps of
 * a third of a millisecond at least. What a step overshoots is kept, and counts towards the next.
 * A wait in which the device has been quiet for longer than any of its operations takes is cut
 * short: the world goes on to its end, and QEMU does not live through the rest.
 */
import type { Pace } from '../../../sim/kernel/world.ts';

/** Shorter waits of a driver are gathered: a step costs wall time. */
const STEP_NS = 1e6;
/** More is forgotten: what a device began since then must not end early. */
const AHEAD_MAX_NS = 0.5e6;

/** What time passes in. */
export interface PacedScene {
  /**
   * Lets QEMU's time pass, or less of it where something comes out. @returns nanoseconds
   */
  pass(ns: number, stopEarly: boolean): { passed: number; came: boolean };
  /** Turns QEMU's main loop while time stands still. @returns whether anything came out of it */
  settle(): boolean;
  /** Whether QEMU is gone: nothing will happen any more. */
  lost(): boolean;
}

export class QemuPace implements Pace {
  #scene: PacedScene | undefined;
  readonly #quietNs: number;
  /** QEMU's time less the world's. */
  #ahead = 0;

  /** @param quietNs longer than any operation that the device goes through by itself */
  constructor(quietNs: number) {
    this.#quietNs = quietNs;
  }

  attach(scene: PacedScene): void {
    this.#scene = scene;
    this.#ahead = 0;
  }

  spend(ns: number): void {
    const scene = this.#scene;
    this.#ahead -= ns;
    while (scene !== undefined && this.#ahead <= -STEP_NS) {
      if (scene.lost()) return;
      this.#move(scene.pass(-this.#ahead, false).passed);
    }
  }

  idle(from: number, until: number): number {
    const scene = this.#scene;
    if (scene === undefined || scene.lost()) return until === Infinity ? from : until;
    // Time moves a little: that tells the world that something came.
    const soonest = Math.min(from + 1, until);
    if (scene.settle()) return soonest;
    const end = Math.min(until, from + this.#quietNs);
    const left = end - from - this.#ahead;
    const { passed, came } = left > 0 ? scene.pass(left, true) : { passed: 0, came: false };
    if (came) {
      const ahead = this.#ahead + passed;
      const reached = Math.max(soonest, Math.min(from + ahead, end));
      this.#move(passed - (reached - from));
      return reached;
    }
    this.#move(passed - (end - from));
    return until === Infinity ? from : until;
  }

  #move(ns: number): void {
    this.#ahead = Math.min(this.#ahead + ns, AHEAD_MAX_NS);
  }
}
