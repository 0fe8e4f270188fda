/**
 * World time over QEMU: it stands still unless the world lets it pass, and then moves in steps of
 * a third of a millisecond at least. What a step overshoots is kept, and counts towards the next.
 */
import type { Pace } from '../../../sim/kernel/world.ts';

/** Shorter waits of a driver are gathered: a step costs wall time. */
const STEP_NS = 1e6;
/** No operation of QEMU's devices takes longer than 100 ms. */
const QUIET_NS = 500e6;

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
  /** QEMU's time less the world's. */
  #ahead = 0;

  attach(scene: PacedScene): void {
    this.#scene = scene;
    this.#ahead = 0;
  }

  spend(ns: number): void {
    const scene = this.#scene;
    this.#ahead -= ns;
    while (scene !== undefined && this.#ahead <= -STEP_NS) {
      if (scene.lost()) return;
      this.#ahead += scene.pass(-this.#ahead, false).passed;
    }
  }

  idle(from: number, until: number): number {
    const scene = this.#scene;
    if (scene === undefined || scene.lost()) return until === Infinity ? from : until;
    // Time moves a little: that tells the world that something came.
    const soonest = Math.min(from + 1, until);
    if (scene.settle()) return soonest;
    const end = Math.min(until, from + QUIET_NS);
    const left = end - from - this.#ahead;
    const { passed, came } = left > 0 ? scene.pass(left, true) : { passed: 0, came: false };
    this.#ahead += passed;
    if (!came && until === Infinity) return from;
    const reached = came ? Math.max(soonest, Math.min(from + this.#ahead, end)) : end;
    this.#ahead -= reached - from;
    return reached;
  }
}
