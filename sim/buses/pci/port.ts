/**
 * The host's end of the PCI bus: every access of a driver goes through here, whatever the
 * function behind it. It costs virtual time, is journaled, and a driver that polls a dead register
 * for ever is broken out of its loop.
 */
import { EventKind } from '../../kernel/journal.ts';
import { Abort, type World } from '../../kernel/world.ts';
import type { PciFunction } from './function.ts';

const { ConfigRead, ConfigWrite, Read, Write } = EventKind;

export interface PciPortOptions {
  /** Virtual time of a read, which waits for its answer, and of a posted write. */
  readonly readNs: number;
  readonly writeNs: number;
  /** Identical reads of one register, with no other access between, that make a dead poll. */
  readonly identicalReadsMax: number;
}

/**
 * A read over PCI takes some hundred nanoseconds (a round trip through root complex and switch);
 * a posted write leaves at once. The figures only order events; nothing is calibrated.
 */
export const DEFAULT_PORT: PciPortOptions = {
  readNs: 250,
  writeNs: 50,
  identicalReadsMax: 200_000,
};

/** What a driver that was broken out of a loop gets from then on. */
export const DEAD_POLL = 'dead poll';

export class PciPort {
  readonly world: World;
  readonly function: PciFunction;
  /** Upper half of the last eight-byte read. */
  high = 0;
  /** Why every further access is refused, or undefined. */
  dead: string | undefined;

  readonly #options: PciPortOptions;
  #lastBar = -1;
  #lastOffset = -1;
  #lastValue = -1;
  #identical = 0;

  constructor(world: World, pciFunction: PciFunction, options: PciPortOptions = DEFAULT_PORT) {
    this.world = world;
    this.function = pciFunction;
    this.#options = options;
  }

  /** @throws Abort when the poll is dead. */
  read(bar: number, offset: number, size: 1 | 2 | 4 | 8): number {
    if (this.dead !== undefined) this.#refuse();
    this.world.advance(this.#options.readNs);
    const value = this.function.read(bar, offset, size);
    const high = size === 8 ? this.function.high : 0;
    this.high = high;
    this.world.journal.record(Read, bar, offset, value, size, high);
    this.#countIdentical(bar, offset, value);
    return value;
  }

  write(bar: number, offset: number, size: 1 | 2 | 4 | 8, value: number, high = 0): void {
    if (this.dead !== undefined) this.#refuse();
    this.#lastBar = -1;
    this.world.advance(this.#options.writeNs);
    this.world.journal.record(Write, bar, offset, value, size, high);
    this.function.write(bar, offset, size, value, high);
  }

  configRead(offset: number, size: 1 | 2 | 4): number {
    if (this.dead !== undefined) this.#refuse();
    this.world.advance(this.#options.readNs);
    const value = this.function.configRead(offset, size);
    this.world.journal.record(ConfigRead, 0, offset, value, size);
    this.#countIdentical(CONFIG, offset, value);
    return value;
  }

  configWrite(offset: number, size: 1 | 2 | 4, value: number): void {
    if (this.dead !== undefined) this.#refuse();
    this.#lastBar = -1;
    // Configuration writes are not posted: they wait for their completion.
    this.world.advance(this.#options.readNs);
    this.world.journal.record(ConfigWrite, 0, offset, value, size);
    this.function.configWrite(offset, size, value);
  }

  #countIdentical(bar: number, offset: number, value: number): void {
    if (bar !== this.#lastBar || offset !== this.#lastOffset || value !== this.#lastValue) {
      this.#lastBar = bar;
      this.#lastOffset = offset;
      this.#lastValue = value;
      this.#identical = 1;
      return;
    }
    this.#identical++;
    if (this.#identical < this.#options.identicalReadsMax) return;
    const where = bar === CONFIG ? 'configuration space' : `BAR ${bar}`;
    const at = `0x${offset.toString(16)} of ${where}`;
    this.dead = `${DEAD_POLL}: ${this.#identical} identical reads at ${at}`;
    this.world.journal.note(EventKind.Violation, this.dead);
    this.#refuse();
  }

  #refuse(): never {
    throw new Abort(this.dead);
  }
}

const CONFIG = 0xff;
