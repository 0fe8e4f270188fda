/**
 * The other end of a serial line: sends what it is told to, with errors where asked for, keeps
 * what it hears, drives the modem lines, and honours flow control as a terminal would.
 */
import type { World } from '../../kernel/world.ts';
import {
  type CharacterErrors,
  type Frame,
  type LineFormat,
  type ReceivedCharacter,
  characterNs,
  lineFormat,
  sample,
} from './format.ts';
import type { ModemInputs, SerialLine } from './line.ts';
import { Sampler } from './sampler.ts';

/** Characters that a peer keeps, and that may wait to be sent. */
const PEER_CHARACTERS_MAX = 1_000_000;

const XON = 0x11;
const XOFF = 0x13;

export interface HeardCharacter extends ReceivedCharacter {
  /** Virtual time at which it had arrived. */
  readonly at: number;
}

export interface SendOptions {
  /** Errors by position in the bytes. */
  readonly errors?: Readonly<Record<number, CharacterErrors>>;
  /** Silence after each character. */
  readonly gapNs?: number;
}

/** The far end of a line, whoever plays it: the peer here, or one behind another machine. */
export interface SerialFarEnd {
  /** Without effect where the line has no timing. */
  format: LineFormat;
  /** What makes the far end pause: the device's RTS, or XOFF from it. */
  flowControl: 'none' | 'rts-cts' | 'xon-xoff';
  /** Every frame comes back as it went out, one after another, when the device has room for it. */
  echo: boolean;
  /** Queues characters; each goes out when the one before is over and flow control allows it. */
  send(bytes: Iterable<number>, options?: SendOptions): void;
  /** Characters that still wait to be sent. */
  readonly waiting: number;
  /** The data heard since the beginning or `forget`, breaks left out. */
  received(): Uint8Array;
  /** Everything heard, breaks included. */
  readonly heard: readonly HeardCharacter[];
  forget(): void;
  setModemLines(lines: Partial<Record<keyof ModemInputs, boolean>>): void;
  modemLines(): { DTR: boolean; RTS: boolean };
  /** Spaces for this long, from now on. */
  sendBreak(durationNs: number): void;
}

type Outgoing = { data: number; errors: CharacterErrors | undefined; gapNs: number };

export class SerialPeer implements SerialFarEnd {
  /** Both ends must agree, or characters arrive in error. */
  format: LineFormat = lineFormat(9600);
  /** What makes the peer pause: the device's RTS, or XOFF from it. */
  flowControl: 'none' | 'rts-cts' | 'xon-xoff' = 'none';
  echo = false;
  /** Everything heard, breaks included. */
  readonly heard: HeardCharacter[] = [];

  readonly #world: World;
  readonly #line: SerialLine;
  readonly #hasRoom: () => boolean;
  readonly #echoes: Frame[] = [];
  #outgoing: Outgoing[] = [];
  #next = 0;
  #sending = false;
  #stopped = false;

  /** `hasRoom`: what a terminal would be told by flow control, for the echo alone. */
  constructor(world: World, line: SerialLine, hasRoom: () => boolean = () => true) {
    this.#world = world;
    this.#line = line;
    this.#hasRoom = hasRoom;
    const sampler = new Sampler(
      world,
      () => this.format,
      (character) => this.#hear(character),
    );
    line.toPeer.listen({
      frame: (frame) => {
        sampler.frame(frame);
        if (this.echo) this.#repeat(frame);
      },
      break: (spacing) => sampler.break(spacing),
    });
    line.outputs.RTS.onEdge(() => this.#pump());
  }

  /** Queues characters; each goes out when the one before is over and flow control allows it. */
  send(bytes: Iterable<number>, { errors = {}, gapNs = 0 }: SendOptions = {}): void {
    let index = 0;
    for (const data of bytes) {
      if (this.#outgoing.length - this.#next === PEER_CHARACTERS_MAX) {
        throw new RangeError(`More than ${PEER_CHARACTERS_MAX} characters wait in a serial peer.`);
      }
      this.#outgoing.push({ data, errors: errors[index++], gapNs });
    }
    this.#pump();
  }

  /** Characters that still wait to be sent. */
  get waiting(): number {
    return this.#outgoing.length - this.#next;
  }

  /** The data heard so far, breaks left out. */
  received(): Uint8Array {
    return Uint8Array.from(
      this.heard.filter((one) => !one.break),
      ({ data }) => data,
    );
  }

  /** Forgets what was heard. */
  forget(): void {
    this.heard.length = 0;
  }

  setModemLines(lines: Partial<Record<keyof ModemInputs, boolean>>): void {
    for (const [name, level] of Object.entries(lines)) {
      this.#line.inputs[name as keyof ModemInputs].drive(level);
    }
  }

  modemLines(): { DTR: boolean; RTS: boolean } {
    const { DTR, RTS } = this.#line.outputs;
    return { DTR: DTR.level, RTS: RTS.level };
  }

  /** Spaces for this long, from now on. */
  sendBreak(durationNs: number): void {
    this.#line.toDevice.setBreak(true);
    this.#world.after(durationNs, () => {
      this.#line.toDevice.setBreak(false);
      this.#pump();
    });
  }

  #hear(character: ReceivedCharacter): void {
    if (this.flowControl === 'xon-xoff' && !character.break) {
      if (character.data === XOFF || character.data === XON) {
        this.#stopped = character.data === XOFF;
        this.#pump();
        return;
      }
    }
    if (this.heard.length < PEER_CHARACTERS_MAX) {
      this.heard.push({ ...character, at: this.#world.now });
    }
  }

  #repeat(frame: Frame): void {
    if (this.#echoes.length === PEER_CHARACTERS_MAX) return;
    this.#echoes.push(frame);
    if (this.#echoes.length === 1) this.#sendEcho();
  }

  /** The first one stays in the list until it has gone. */
  #sendEcho(): void {
    const [frame] = this.#echoes;
    if (frame === undefined) return;
    const goes = this.#hasRoom();
    if (goes) {
      const data = sample(frame, { ...this.format, bitNs: frame.bitNs })?.data ?? 0;
      this.#line.toDevice.repeat(frame, data);
    }
    this.#world.after(frame.levels.length * frame.bitNs, () => {
      if (goes) this.#echoes.shift();
      this.#sendEcho();
    });
  }

  #pump(): void {
    if (this.#sending || this.#paused()) return;
    const outgoing = this.#outgoing[this.#next];
    if (outgoing === undefined) {
      this.#outgoing = [];
      this.#next = 0;
      return;
    }
    this.#next++;
    this.#sending = true;
    this.#line.toDevice.send(outgoing.data, this.format, outgoing.errors);
    this.#world.after(characterNs(this.format) + outgoing.gapNs, () => {
      this.#sending = false;
      this.#pump();
    });
  }

  #paused(): boolean {
    if (this.#line.toDevice.breaking) return true;
    if (this.flowControl === 'rts-cts') return !this.#line.outputs.RTS.level;
    return this.flowControl === 'xon-xoff' && this.#stopped;
  }
}
