/** The far end of a serial line in a scenario: what it sends and hears, and when it is quiet. */
import type {
  ModemStatus,
  SerialSettings,
} from '../../../drivers-under-test/host/classes/serial-port.ts';
import type { SerialFarEnd } from '../../../sim/buses/uart/peer.ts';
import type { Scene } from '../../scene.ts';
import { SECOND, SETTINGS, farEnd, formatFor } from '../../suites/serial-port/facts.ts';
import type { Step } from '../scenario.ts';
import { Incoming, Pattern } from './serial-line.ts';

/** More than a FIFO and what is in the shift registers. */
const QUIET_CHARACTERS = 24;
/** Bits of a character at the most. */
const CHARACTER_BITS = 12;
/** More than a driver has to hold for a client that does not read. */
const HELD_MAX = 3000;

export class SerialFar {
  readonly incoming = new Incoming();
  settings: SerialSettings = SETTINGS;
  /** Changes of the settings that are under way. */
  configuring = 0;
  hasBroken = false;
  hasSignalled = false;
  readonly lines: Record<keyof ModemStatus, boolean> = {
    cts: false,
    dsr: false,
    ri: false,
    dcd: false,
  };
  readonly #scene: Scene;
  readonly #peer: SerialFarEnd;
  readonly #pattern = new Pattern();
  /** When the last character that it sends will have arrived. */
  #sentAt = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#peer = farEnd(scene);
    this.#peer.format = formatFor(SETTINGS);
  }

  /** From now on both ends use these. */
  agree(settings: SerialSettings): void {
    this.settings = settings;
    this.#peer.format = formatFor(settings);
    const restNs = (this.#peer.waiting + 1) * this.#characterNs();
    this.#sentAt = Math.max(this.#sentAt, this.#scene.world.now) + restNs;
  }

  /** The next bytes of what differs from its neighbours. */
  pattern(length: number): Uint8Array {
    return this.#pattern.take(length, this.settings.dataBits);
  }

  received(): Uint8Array {
    return this.#peer.received();
  }

  modemLines(): { DTR: boolean; RTS: boolean } {
    return this.#peer.modemLines();
  }

  /** What the far end does by itself. */
  perform({ word, with: values }: Step, isOpen: boolean): void {
    const characterNs = this.#characterNs();
    const start = Math.max(this.#scene.world.now, this.#sentAt);
    if (word === 'far-lines') {
      const line = values['line'] as 'CTS' | 'DSR' | 'RI' | 'DCD';
      this.lines[line.toLowerCase() as keyof ModemStatus] = values['on'] === true;
      this.hasSignalled = true;
      this.#peer.setModemLines({ [line]: values['on'] === true });
    } else if (word === 'far-break') {
      // It swallows the character in which it begins.
      if (!this.isQuiet) this.incoming.isGarbled = true;
      this.hasBroken = true;
      this.#sentAt = start + Number(values['ns']) + QUIET_CHARACTERS * characterNs;
      this.#peer.sendBreak(Number(values['ns']));
    } else if (word === 'far-error') {
      this.incoming.isGarbled = true;
      this.#sentAt = start + 8 * characterNs;
      const error = { [String(values['error'])]: true };
      this.#peer.send([0x55], { errors: { 0: error }, gapNs: 4 * characterNs });
    } else this.#send(Number(values['length']), start, isOpen);
  }

  #send(length: number, start: number, isOpen: boolean): void {
    const bytes = this.pattern(length);
    if (this.configuring > 0 || this.hasBroken) this.incoming.isGarbled = true;
    if (isOpen) this.incoming.send(bytes);
    if (this.incoming.waiting > HELD_MAX) this.incoming.isWhole = false;
    this.#sentAt = start + length * this.#characterNs();
    this.#peer.send(bytes);
  }

  /** Nothing of it is under way. */
  get isQuiet(): boolean {
    return this.#peer.waiting === 0 && this.#scene.world.now >= this.#sentAt + this.#restNs();
  }

  /** Until nothing is under way on the line, either way. */
  async quiet(): Promise<void> {
    const { world } = this.#scene;
    const until = Math.max(world.now, this.#sentAt) + this.#restNs();
    await this.#scene.pass(until - world.now);
  }

  #restNs(): number {
    return QUIET_CHARACTERS * this.#characterNs();
  }

  #characterNs(): number {
    return (CHARACTER_BITS * SECOND) / this.settings.baud;
  }
}
