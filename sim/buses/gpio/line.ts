/**
 * A general-purpose line: several drivers, a pull, one level. What is driven high and low at once
 * is contention, which the journal tells.
 */
import { EventKind } from '../../kernel/journal.ts';
import { Signal } from '../../kernel/signal.ts';
import type { World } from '../../kernel/world.ts';

/** What one party does to a line. */
export type Drive = 'high' | 'low' | 'released';
export type Pull = 'up' | 'down';

/** `space` of the `Line` events of a line; `address` is its number. */
export const GpioEvent = { Level: 0x10, Contention: 0x11 } as const;

export class GpioLine {
  readonly name: string;
  readonly #world: World;
  readonly #number: number;
  readonly #pull: Pull;
  readonly #signal = new Signal();
  readonly #drives = new Map<object, Drive>();

  constructor(world: World, name: string, options: { number: number; pull: Pull }) {
    this.#world = world;
    this.name = name;
    this.#number = options.number;
    this.#pull = options.pull;
    this.#signal.drive(options.pull === 'up');
  }

  /** High or not. */
  get level(): boolean {
    return this.#signal.level;
  }

  /** `party` is whoever drives: each has one say. */
  drive(party: object, drive: Drive): void {
    this.#drives.set(party, drive);
    const drives = [...this.#drives.values()];
    const low = drives.includes('low');
    const high = drives.includes('high');
    const { journal } = this.#world;
    if (low && high) journal.record(EventKind.Line, GpioEvent.Contention, this.#number, 0);
    // A line that is driven both ways is low: transistors to ground are the stronger ones.
    const level = low ? false : high || this.#pull === 'up';
    if (level === this.level) return;
    journal.record(EventKind.Line, GpioEvent.Level, this.#number, level ? 1 : 0);
    this.#signal.drive(level);
  }

  /** Hears rising and falling edges. */
  onEdge(listener: (level: boolean) => void): void {
    this.#signal.onEdge(listener);
  }
}
