/**
 * The receiving end of a wire: turns frames and breaks into characters at the moment at which a
 * receiver of the given format is done with them.
 *
 * PC16550D data sheet (TL/C/8652, June 1995) §8.4, bit 4: a break is a wire that spaces for longer
 * than a full character; it counts as one character of zeros, and nothing more is received before
 * the wire marks again.
 */
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import type { World } from '../../kernel/world.ts';
import {
  type Frame,
  type LineFormat,
  type ReceivedCharacter,
  breakCharacter,
  characterNs,
  sample,
  stopSampleNs,
} from './format.ts';
import type { WireListener } from './line.ts';

export class Sampler implements WireListener {
  readonly #world: World;
  readonly #format: () => LineFormat;
  readonly #deliver: (character: ReceivedCharacter) => void;
  /** The character, or the break, that is being taken in. */
  #pending: ScheduledEvent | undefined;
  #breakBegan: number | undefined;

  constructor(
    world: World,
    format: () => LineFormat,
    deliver: (character: ReceivedCharacter) => void,
  ) {
    this.#world = world;
    this.#format = format;
    this.#deliver = deliver;
  }

  frame(frame: Frame): void {
    if (this.#pending !== undefined) return;
    this.#take(frame, 0);
  }

  break(spacing: boolean): void {
    const format = this.#format();
    if (format.bitNs === Infinity) return;
    if (spacing) {
      this.abandon();
      this.#breakBegan = this.#world.now;
      this.#pending = this.#world.after(characterNs(format), () => {
        this.abandon();
        this.#deliver(breakCharacter(format));
      });
    } else if (this.#breakBegan !== undefined) {
      // Too short for a break: a start bit and some zeros.
      const spaced = this.#world.now - this.#breakBegan;
      this.abandon();
      this.#take({ levels: [false], bitNs: Math.max(spaced, 1) }, spaced);
    }
  }

  /** Forgets what has not arrived whole. */
  abandon(): void {
    this.#pending?.cancel();
    this.#pending = undefined;
    this.#breakBegan = undefined;
  }

  #take(frame: Frame, elapsedNs: number): void {
    const format = this.#format();
    if (format.bitNs === Infinity) return;
    this.#pending = this.#world.after(stopSampleNs(format) - elapsedNs, () => {
      this.#pending = undefined;
      const character = sample(frame, format);
      if (character !== undefined) this.#deliver(character);
    });
  }
}
