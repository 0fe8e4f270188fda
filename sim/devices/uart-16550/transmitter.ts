/**
 * The transmitter: THR or a FIFO of 16 in front of the shift register, and when THRE and TEMT say
 * that they are empty. PC16550D data sheet §8.4 and §8.11, "Transmitter" timings in §3.0.
 */
import { type LineFormat, characterNs } from '../../buses/uart/format.ts';
import type { Wire } from '../../buses/uart/line.ts';
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import type { World } from '../../kernel/world.ts';
import { type UartRegisters, formatOf } from './format.ts';
import { FIFO_DEPTH } from './registers.ts';

/** From a write into an idle transmitter to its start bit, in bits (tIRS: 8 to 24 clocks of 16). */
const START_BITS = 1;

export class Transmitter {
  /** LSR.THRE: ready for the next character, in FIFO mode for the next 16. */
  holdingEmpty = true;
  /** The THRE interrupt is pending: a read of IIR withdraws it, LSR.THRE stays (Table IV). */
  emptied = false;
  readonly #world: World;
  readonly #registers: UartRegisters;
  readonly #wire: () => Wire;
  readonly #changed: () => void;
  #held: number[] = [];
  #shifting = false;
  /** The next thing that the shift register does: begin a character, or end one. */
  #step: ScheduledEvent | undefined;
  #indication: ScheduledEvent | undefined;
  /** Two characters were in the FIFO at once since THRE was last set (§8.11). */
  #hadTwo = true;

  constructor(world: World, registers: UartRegisters, wire: () => Wire, changed: () => void) {
    this.#world = world;
    this.#registers = registers;
    this.#wire = wire;
    this.#changed = changed;
  }

  /** LSR.TEMT: nothing is left here, nor in the shift register. */
  get isIdle(): boolean {
    return !this.#shifting && this.#held.length === 0;
  }

  /** A write to THR. */
  write(data: number): void {
    this.#indication?.cancel();
    this.holdingEmpty = false;
    this.emptied = false;
    if (!this.#registers.FCR.FIFOEN) this.#held = [data];
    // What becomes of a seventeenth character is undocumented: here it is lost.
    else if (this.#held.length < FIFO_DEPTH) this.#held.push(data);
    if (this.#held.length >= 2) this.#hadTwo = true;
    this.clockChanged();
  }

  /** The divisor was written: a transmitter that waited for a clock begins. */
  clockChanged(): void {
    if (this.#shifting || this.#step !== undefined || this.#held.length === 0) return;
    const { bitNs } = formatOf(this.#registers);
    if (bitNs === Infinity) return;
    this.#step = this.#world.after(START_BITS * bitNs, () => {
      this.#begin();
      this.#changed();
    });
  }

  /** The interrupt was enabled while THRE is set: it is pending at once (§8.4, bit 5). */
  enableInterrupt(): void {
    if (this.holdingEmpty) this.emptied = true;
  }

  /** Empties THR or the FIFO, not the shift register (§8.5, bit 2). */
  clear(): void {
    const hadSome = this.#held.length > 0;
    this.#held = [];
    if (!this.#shifting) this.#stop();
    if (hadSome) this.#indicateEmpty();
  }

  /** FCR bit 0 changed: the first interrupt after that is not delayed (§8.11). */
  changeMode(): void {
    this.#hadTwo = true;
  }

  reset(): void {
    this.#stop();
    this.#indication?.cancel();
    this.#held = [];
    this.#shifting = false;
    this.#hadTwo = true;
    this.holdingEmpty = true;
    this.emptied = false;
  }

  #stop(): void {
    this.#step?.cancel();
    this.#step = undefined;
  }

  #begin(): void {
    this.#step = undefined;
    const format = formatOf(this.#registers);
    const data = format.bitNs === Infinity ? undefined : this.#held.shift();
    if (data === undefined) return;
    this.#shifting = true;
    this.#wire().send(data, format);
    if (this.#held.length === 0) this.#indicateAfter(format);
    this.#step = this.#world.after(characterNs(format), () => {
      this.#step = undefined;
      this.#shifting = false;
      if (this.#held.length > 0) this.#begin();
      this.#changed();
    });
  }

  /**
   * A FIFO that never held two characters is slow to say that it is empty: by a character less the
   * last stop bit, so that one interrupt per character does not undo what the FIFO is for (§8.11).
   */
  #indicateAfter(format: LineFormat): void {
    if (this.#hadTwo || !this.#registers.FCR.FIFOEN) {
      this.#indicateEmpty();
      return;
    }
    this.#indication = this.#world.after(characterNs(format) - format.bitNs, () => {
      this.#indicateEmpty();
      this.#changed();
    });
  }

  #indicateEmpty(): void {
    this.#indication?.cancel();
    this.holdingEmpty = true;
    this.emptied = true;
    this.#hadTwo = false;
  }
}
