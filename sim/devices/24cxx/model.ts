/**
 * A serial EEPROM of the 24Cxx family on an I2C bus: Microchip DS20001203 rev. V (24LC256),
 * sections 6 to 8 (read in part); the smaller parts likewise (secondary).
 *
 * What a power cut leaves of a page under way no data sheet says: here each of its bytes is the
 * old one, the new one, or erased. Nor what a read means whose device address names another block
 * than the word address before it: here its own block counts. Not modelled: wear, supply voltage,
 * the A0..A2 pins (the board gives the whole address).
 */
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import { EventKind } from '../../kernel/journal.ts';
import type { Random } from '../../kernel/random.ts';
import type { World } from '../../kernel/world.ts';
import type { GpioLine } from '../../buses/gpio/line.ts';
import type { I2cTarget } from '../../buses/i2c/sim-bus.ts';
import { type EepromPart, reachOf } from './registers.ts';

const ERASED = 0xff;
/** What becomes of a byte whose page was under way: `random.below(3)`. */
const LEFT = { old: 0, fresh: 1 } as const;
const OUTCOMES = 3;

export class Eeprom {
  readonly bytes: Uint8Array;
  /** What answers at the device addresses from the first one on: most parts have one. */
  readonly blocks: readonly I2cTarget[];
  readonly #part: EepromPart;
  readonly #world: World;
  readonly #writeProtect: GpioLine | undefined;
  readonly #random: Random;
  /** The address counter; survives stops, and writes leave it one past their last byte. */
  #counter = 0;
  /** Its address came, and no stop yet. */
  #isSelected = false;
  /** The block that the device address of this transfer names. */
  #block = 0;
  /** Bytes of the word address still to come in this write. */
  #addressLeft = 0;
  /** What the page buffer holds, by offset in the page. */
  readonly #buffer = new Map<number, number>();
  #page = 0;
  #cycle: ScheduledEvent | undefined;

  constructor(world: World, part: EepromPart, writeProtect?: GpioLine) {
    this.#world = world;
    this.#part = part;
    this.#writeProtect = writeProtect;
    this.#random = world.random('24cxx');
    this.bytes = new Uint8Array(part.bytes).fill(ERASED);
    this.blocks = Array.from({ length: Math.ceil(part.bytes / reachOf(part)) }, (_, block) => ({
      start: (isRead) => this.#start(isRead, block),
      write: (byte) => this.#write(byte),
      read: () => this.#read(),
      stop: () => this.#stop(),
    }));
  }

  /** A write cycle acknowledges nothing (section 7). A start drops an unfinished write. */
  #start(isRead: boolean, block: number): boolean {
    this.#buffer.clear();
    this.#isSelected = this.#cycle === undefined;
    if (!this.#isSelected) return false;
    this.#block = block;
    this.#addressLeft = isRead ? 0 : this.#part.addressBytes;
    const reach = reachOf(this.#part);
    if (isRead && this.blocks.length > 1) this.#counter = block * reach + (this.#counter % reach);
    return true;
  }

  #write(byte: number): boolean {
    // After a power cut in the middle of a transfer it knows of none.
    if (!this.#isSelected) return false;
    if (this.#addressLeft > 0) {
      // High bits beyond the size are "don't care" (section 5).
      const isFirst = this.#addressLeft === this.#part.addressBytes;
      const upper = isFirst ? this.#block : this.#counter;
      this.#counter = (upper * 256 + byte) % this.#part.bytes;
      this.#addressLeft--;
      return true;
    }
    const { pageBytes } = this.#part;
    const offset = this.#counter % pageBytes;
    this.#page = this.#counter - offset;
    this.#buffer.set(offset, byte);
    // Within the page only: the counter rolls over to the first byte of it (section 6.2).
    this.#counter = this.#page + ((offset + 1) % pageBytes);
    return true;
  }

  /** Sequential reads go on across pages, and from the last byte to the first (section 8.3). */
  #read(): number {
    if (!this.#isSelected) return ERASED;
    const byte = this.bytes[this.#counter] as number;
    this.#counter = (this.#counter + 1) % this.#part.bytes;
    return byte;
  }

  /** The stop begins the write cycle; WP is looked at in this moment (section 2.4, secondary). */
  #stop(): void {
    this.#isSelected = false;
    if (this.#buffer.size === 0 || this.#addressLeft > 0) return;
    if (this.#writeProtect?.level === true) {
      this.#buffer.clear();
      return;
    }
    const page = this.#page;
    const written = [...this.#buffer];
    this.#buffer.clear();
    this.#underWay = { page, written };
    this.#cycle = this.#world.after(this.#part.cycleNs, () => this.#finish());
  }

  #underWay: { page: number; written: [number, number][] } | undefined;

  #finish(): void {
    const { page, written } = this.#underWay ?? { page: 0, written: [] };
    for (const [offset, byte] of written) this.bytes[page + offset] = byte;
    this.#underWay = undefined;
    this.#cycle = undefined;
  }

  /** The power fails and comes back. */
  cutPower(): void {
    this.#world.journal.note(EventKind.Reset, 'power');
    this.#cycle?.cancel();
    const { page, written } = this.#underWay ?? { page: 0, written: [] };
    for (const [offset, byte] of written) {
      const left = this.#random.below(OUTCOMES);
      if (left === LEFT.old) continue;
      this.bytes[page + offset] = left === LEFT.fresh ? byte : ERASED;
    }
    this.#underWay = undefined;
    this.#cycle = undefined;
    this.#buffer.clear();
    this.#counter = 0;
    this.#isSelected = false;
  }
}
