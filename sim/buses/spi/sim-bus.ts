/**
 * An SPI bus in this process: one controller, a target at each chip select, time by the clock.
 *
 * Not modelled: words of other than eight bits, delays between bytes, several controllers.
 */
import { EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import {
  SpiEvent,
  type SpiBus,
  type SpiLines,
  type SpiMode,
  type SpiSegment,
  checkSegments,
} from './bus.ts';

/** A device on the bus, as the wires reach it. */
export interface SpiTarget {
  /** Modes that it understands; in another one it sees noise, which here is: nothing. */
  readonly modes: readonly SpiMode['mode'][];
  select(): void;
  /**
   * A byte in, a byte out at the same time (0xff where it drives nothing).
   * @param lines over how many the byte goes; with 2 or 4 it goes one way, as `isRead` says
   */
  exchange(byte: number, lines: SpiLines, isRead: boolean): number;
  deselect(): void;
}

const DEFAULT_MODE: SpiMode = { mode: 0, clockHz: 10_000_000 };
const BITS_OF_BYTE = 8;
const IDLE = 0xff;

export class SimSpiBus implements SpiBus {
  readonly #world: World;
  readonly #targets = new Map<number, SpiTarget>();
  readonly #modes = new Map<number, SpiMode>();
  #busy = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** @throws RangeError when the chip select is taken */
  attach(select: number, target: SpiTarget): void {
    if (this.#targets.has(select)) throw new RangeError(`Chip select ${select} is taken.`);
    this.#targets.set(select, target);
  }

  configure(select: number, mode: SpiMode): void {
    if (!(mode.clockHz > 0)) throw new RangeError(`${mode.clockHz} Hz is no clock.`);
    this.#modes.set(select, mode);
  }

  transfer(
    select: number,
    segments: readonly SpiSegment[],
    done: (read: readonly Uint8Array[]) => void,
  ): void {
    checkSegments(segments);
    if (this.#busy) throw new RangeError('A transaction is under way; wait for its end.');
    this.#busy = true;
    const { mode, clockHz } = this.#modes.get(select) ?? DEFAULT_MODE;
    const target = this.#targets.get(select);
    const heard = target?.modes.includes(mode) === true ? target : undefined;
    let clocks = 0;
    for (const { write, read = 0, lines = 1 } of segments) {
      clocks += ((write?.length ?? read) * BITS_OF_BYTE) / lines;
    }
    this.#world.journal.record(EventKind.Line, select, SpiEvent.Select, 0);
    heard?.select();
    const read = segments.flatMap((segment) => exchange(heard, segment) ?? []);
    this.#world.after(Math.ceil((clocks * 1e9) / clockHz), () => {
      this.#busy = false;
      this.#world.journal.record(EventKind.Line, select, SpiEvent.Deselect, 0);
      heard?.deselect();
      done(read);
    });
  }
}

function exchange(
  target: SpiTarget | undefined,
  { write, read, lines = 1 }: SpiSegment,
): Uint8Array | undefined {
  const length = write?.length ?? read ?? 0;
  const into = read === undefined ? undefined : new Uint8Array(length);
  for (let index = 0; index < length; index++) {
    const out = write === undefined ? IDLE : (write[index] as number);
    const back = target?.exchange(out, lines, write === undefined) ?? IDLE;
    if (into !== undefined) into[index] = back;
  }
  return into;
}
