/**
 * The far end of QEMU's serial line, for suites: characters go out one after another at the rate
 * of its format, as far as world time tells; what comes is looked at whenever anybody asks.
 *
 * Not modelled: what QEMU's character device lacks (modem lines, parity and framing errors, the
 * break that a device sends), and the length of a break.
 */
import { type LineFormat, characterNs, lineFormat } from '../../../sim/buses/uart/format.ts';
import type { HeardCharacter, SendOptions, SerialFarEnd } from '../../../sim/buses/uart/peer.ts';
import type { World } from '../../../sim/kernel/world.ts';
import type { SerialLine } from './serial-line.ts';

/** Characters that may wait to be sent, and that are kept. */
const CHARACTERS_MAX = 1_000_000;
const XON = 0x11;
const XOFF = 0x13;

export class QemuFarEnd implements SerialFarEnd {
  /** Sets the pace of what is sent; QEMU itself knows no format. */
  format: LineFormat = lineFormat(9600);
  flowControl: 'none' | 'rts-cts' | 'xon-xoff' = 'none';
  echo = false;
  readonly #world: World;
  readonly #line: SerialLine;
  readonly #heard: HeardCharacter[] = [];
  #outgoing: { data: number; gapNs: number }[] = [];
  #next = 0;
  #sending = false;
  #stopped = false;

  constructor(world: World, line: SerialLine) {
    this.#world = world;
    this.#line = line;
  }

  send(bytes: Iterable<number>, { errors, gapNs = 0 }: SendOptions = {}): void {
    if (Object.values(errors ?? {}).some(({ parity, framing }) => parity || framing)) {
      throw new Error('QEMU sends no errors: the clause needs line-errors');
    }
    for (const data of bytes) {
      if (this.waiting === CHARACTERS_MAX) {
        throw new RangeError(`More than ${CHARACTERS_MAX} characters wait in a far end.`);
      }
      this.#outgoing.push({ data, gapNs });
    }
    this.#pump();
  }

  get waiting(): number {
    return this.#outgoing.length - this.#next;
  }

  received(): Uint8Array {
    return Uint8Array.from(this.heard, ({ data }) => data);
  }

  get heard(): readonly HeardCharacter[] {
    this.look();
    return this.#heard;
  }

  forget(): void {
    this.look();
    this.#heard.length = 0;
  }

  setModemLines(): never {
    throw new Error('QEMU has no modem lines here: the clause needs modem-lines');
  }

  modemLines(): never {
    return this.setModemLines();
  }

  /** It is over at once, and the device takes it before the bytes that still wait. */
  sendBreak(): void {
    this.#line.sendBreak();
  }

  /** Takes in what has come. @returns whether anything has */
  look(): boolean {
    const bytes = this.#line.received();
    for (const data of bytes) this.#hear(data);
    return bytes.length > 0;
  }

  #hear(data: number): void {
    if (this.echo) this.#line.send(Uint8Array.of(data));
    if (this.flowControl === 'xon-xoff' && (data === XOFF || data === XON)) {
      this.#stopped = data === XOFF;
      this.#pump();
    } else if (this.#heard.length < CHARACTERS_MAX) {
      const clean = { parityError: false, framingError: false, break: false };
      this.#heard.push({ data, ...clean, at: this.#world.now });
    }
  }

  #pump(): void {
    if (this.#sending || (this.flowControl === 'xon-xoff' && this.#stopped)) return;
    const outgoing = this.#outgoing[this.#next];
    if (outgoing === undefined) {
      this.#outgoing = [];
      this.#next = 0;
      return;
    }
    this.#next++;
    this.#sending = true;
    this.#world.after(characterNs(this.format) + outgoing.gapNs, () => {
      this.#line.send(Uint8Array.of(outgoing.data));
      this.#sending = false;
      this.#pump();
    });
  }
}
