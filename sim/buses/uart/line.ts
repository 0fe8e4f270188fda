/**
 * A serial line with two ends, the device's and its peer's: one wire for data each way and six
 * modem lines. A modem line is true when it is asserted, whatever the voltage. What moves on it
 * enters the journal as `Line`: `space` says who moved it, `address` what, `value` the character
 * or the level.
 */
import { EventKind } from '../../kernel/journal.ts';
import { Signal } from '../../kernel/signal.ts';
import type { World } from '../../kernel/world.ts';
import { type CharacterErrors, type Frame, type LineFormat, encode } from './format.ts';

/** `space` of a journal event. */
export const LineEnd = { Device: 0, Peer: 1 } as const;
export type LineEnd = (typeof LineEnd)[keyof typeof LineEnd];

/** `address` of a journal event. */
export const LineEvent = {
  Character: 0,
  Break: 1,
  DTR: 2,
  RTS: 3,
  CTS: 4,
  DSR: 5,
  RI: 6,
  DCD: 7,
} as const;
export type LineEvent = (typeof LineEvent)[keyof typeof LineEvent];

export interface WireListener {
  /** A start bit begins. */
  frame(frame: Frame): void;
  /** The wire is forced to spacing, or released. */
  break(spacing: boolean): void;
}

/** Data in one direction. */
export class Wire {
  breaking = false;
  readonly #world: World;
  /** Undefined for a wire inside a device: the journal hears of outside wires only. */
  readonly #sender: LineEnd | undefined;
  #listener: WireListener | undefined;

  constructor(world: World, sender?: LineEnd) {
    this.#world = world;
    this.#sender = sender;
  }

  listen(listener: WireListener): void {
    this.#listener = listener;
  }

  /** A character begins now; the sender waits `characterNs` before the next. */
  send(data: number, format: LineFormat, errors?: CharacterErrors): void {
    // A break forces the wire to spacing: what is sent meanwhile is lost.
    if (this.breaking) return;
    this.#record(LineEvent.Character, data);
    this.#listener?.frame(encode(data, format, errors));
  }

  /** A frame that came from elsewhere goes on as it is; `data` is what the journal calls it. */
  repeat(frame: Frame, data: number): void {
    if (this.breaking) return;
    this.#record(LineEvent.Character, data);
    this.#listener?.frame(frame);
  }

  setBreak(spacing: boolean): void {
    if (spacing === this.breaking) return;
    this.breaking = spacing;
    this.#record(LineEvent.Break, spacing ? 1 : 0);
    this.#listener?.break(spacing);
  }

  #record(what: LineEvent, value: number): void {
    if (this.#sender === undefined) return;
    this.#world.journal.record(EventKind.Line, this.#sender, what, value);
  }
}

export interface ModemOutputs {
  readonly DTR: Signal;
  readonly RTS: Signal;
}
export interface ModemInputs {
  readonly CTS: Signal;
  readonly DSR: Signal;
  readonly RI: Signal;
  readonly DCD: Signal;
}

export class SerialLine {
  readonly toPeer: Wire;
  readonly toDevice: Wire;
  /** Driven by the device. */
  readonly outputs: ModemOutputs;
  /** Driven by the peer. */
  readonly inputs: ModemInputs;

  constructor(world: World) {
    this.toPeer = new Wire(world, LineEnd.Device);
    this.toDevice = new Wire(world, LineEnd.Peer);
    const signal = (end: LineEnd, what: LineEvent) => {
      const made = new Signal();
      made.onEdge((level) => {
        world.journal.record(EventKind.Line, end, what, level ? 1 : 0);
      });
      return made;
    };
    this.outputs = {
      DTR: signal(LineEnd.Device, LineEvent.DTR),
      RTS: signal(LineEnd.Device, LineEvent.RTS),
    };
    this.inputs = {
      CTS: signal(LineEnd.Peer, LineEvent.CTS),
      DSR: signal(LineEnd.Peer, LineEvent.DSR),
      RI: signal(LineEnd.Peer, LineEvent.RI),
      DCD: signal(LineEnd.Peer, LineEvent.DCD),
    };
  }
}
