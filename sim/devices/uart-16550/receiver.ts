/**
 * The receiver: a FIFO of 16 characters or of one, errors that travel with their character, the
 * trigger level and the character timeout. PC16550D data sheet §8.4, §8.5 and §8.11.
 */
import type { LineFormat, ReceivedCharacter } from '../../buses/uart/format.ts';
import { characterNs } from '../../buses/uart/format.ts';
import type { WireListener } from '../../buses/uart/line.ts';
import { Sampler } from '../../buses/uart/sampler.ts';
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import type { World } from '../../kernel/world.ts';
import { type UartRegisters, formatOf } from './format.ts';
import { FIFO_DEPTH, TRIGGER_LEVELS } from './registers.ts';

/** Without a read or a new character for so long the timeout is indicated (§8.11). */
const TIMEOUT_CHARACTERS = 4;

export class Receiver {
  /** A character timeout is pending: until the next read of RBR (Table IV). */
  timedOut = false;
  readonly #world: World;
  readonly #registers: UartRegisters;
  readonly #changed: () => void;
  readonly #sampler: Sampler;
  #held: ReceivedCharacter[] = [];
  /** What RBR holds on while nothing new is there. */
  #last = 0;
  #timeout: ScheduledEvent | undefined;

  constructor(world: World, registers: UartRegisters, changed: () => void) {
    this.#world = world;
    this.#registers = registers;
    this.#changed = changed;
    this.#sampler = new Sampler(
      world,
      () => this.#format(),
      (character) => {
        this.#arrived(character);
        this.#changed();
      },
    );
  }

  /** What listens to a wire: only while `connected` says so. */
  listener(connected: () => boolean): WireListener {
    return {
      frame: (frame) => {
        if (connected()) this.#sampler.frame(frame);
      },
      break: (spacing) => {
        if (connected()) this.#sampler.break(spacing);
      },
    };
  }

  get isReady(): boolean {
    return this.#held.length > 0;
  }

  /** Enough for the interrupt: one character, or the trigger level of the FIFO. */
  get isTriggered(): boolean {
    const { FCR } = this.#registers;
    const level = FCR.FIFOEN ? (TRIGGER_LEVELS[FCR.TRIGGER] ?? 1) : 1;
    return this.#held.length >= level;
  }

  /** LSR bit 7: an error in the FIFO, those already revealed to a read of LSR left out. */
  get hasErrors(): boolean {
    const { FCR, LSR } = this.#registers;
    if (!FCR.FIFOEN) return false;
    if (LSR.PE || LSR.FE || LSR.BI) return true;
    return this.#held.some((one, index) => index > 0 && (one.parityError || one.framingError));
  }

  /** Whether another character would find a place. */
  get hasRoom(): boolean {
    return this.#held.length < (this.#registers.FCR.FIFOEN ? FIFO_DEPTH : 1);
  }

  /** What a read of RBR would return. An empty FIFO reads as zeros, an empty RBR as before. */
  get top(): number {
    return this.#held[0]?.data ?? (this.#registers.FCR.FIFOEN ? 0 : this.#last);
  }

  /** A read of RBR. */
  take(): number {
    const { top } = this;
    const taken = this.#held.shift();
    this.timedOut = false;
    if (taken === undefined) return top;
    this.#last = taken.data;
    this.#restartTimeout();
    if (this.#registers.FCR.FIFOEN) this.#reveal(this.#held[0]);
    return top;
  }

  /** Empties the FIFO, not the shift register (§8.5, bit 1). */
  clear(): void {
    this.#held = [];
    this.timedOut = false;
    this.#restartTimeout();
    this.#reveal(undefined);
  }

  /** Forgets a character that is half received: its wire is cut. */
  disconnect(): void {
    this.#sampler.abandon();
  }

  reset(): void {
    this.#last = 0;
    this.disconnect();
    this.clear();
  }

  #arrived(character: ReceivedCharacter): void {
    const { FCR, LSR } = this.#registers;
    if (this.hasRoom) {
      this.#held.push(character);
    } else {
      LSR.OE = 1;
      // Only the 16450 mode destroys the older character; a full FIFO keeps what it has.
      if (!FCR.FIFOEN) this.#held = [character];
    }
    this.#restartTimeout();
    if (!FCR.FIFOEN) {
      // No character carries its errors here: they add up until LSR is read.
      if (character.parityError) LSR.PE = 1;
      if (character.framingError) LSR.FE = 1;
      if (character.break) LSR.BI = 1;
    } else if (this.#held.length === 1 && this.#held[0] === character) {
      this.#reveal(character);
    }
  }

  /** The errors in LSR are those of the character at the top of the FIFO. */
  #reveal(character: ReceivedCharacter | undefined): void {
    const { LSR } = this.#registers;
    LSR.PE = character?.parityError ? 1 : 0;
    LSR.FE = character?.framingError ? 1 : 0;
    LSR.BI = character?.break ? 1 : 0;
  }

  #restartTimeout(): void {
    this.#timeout?.cancel();
    this.#timeout = undefined;
    if (!this.#registers.FCR.FIFOEN || this.#held.length === 0) return;
    const format = this.#format();
    if (format.bitNs === Infinity) return;
    this.#timeout = this.#world.after(TIMEOUT_CHARACTERS * characterNs(format), () => {
      this.timedOut = true;
      this.#changed();
    });
  }

  #format(): LineFormat {
    return formatOf(this.#registers);
  }
}
