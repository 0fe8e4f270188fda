/**
 * An I2C bus in this process: one controller, targets by address, time byte by byte.
 *
 * NXP UM10204 rev. 7.0 (secondary source). Not modelled: several controllers (losing arbitration
 * is a fault), high-speed mode's own clock and controller code, device id; of a general call
 * only one target hears.
 */
import { EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import {
  I2C_ADDRESS_BITS,
  type I2cBus,
  type I2cEnd,
  I2cEvent,
  type I2cMessage,
  type I2cOutcome,
  checkMessages,
} from './bus.ts';

/** A device on the bus, as the wires reach it. Bytes are numbers 0 .. 255. */
export interface I2cTarget {
  /** A start, or a repeated one, with its address. @returns whether it acknowledges */
  start(isRead: boolean): boolean;
  /** @returns whether it acknowledges */
  write(byte: number): boolean;
  /** The next byte; `last` when the controller will not acknowledge it. */
  read(last: boolean): number;
  stop(): void;
  /** How long it holds SCL low before the next byte; default: not at all. */
  stretchNs?(): number;
}

export interface SimI2cOptions {
  readonly clockHz?: number;
  /** Longest clock stretching that the controller waits for; SMBus 3.2 has 25 ms (secondary). */
  readonly stretchMaxNs?: number;
}

/** A byte and its acknowledge bit. */
const CLOCKS_OF_BYTE = 9;
const STANDARD_MODE_HZ = 100_000;
const SMBUS_TIMEOUT_NS = 25e6;
const TEN_BIT = 0x400;

export class SimI2cBus implements I2cBus {
  readonly clockHz: number;
  readonly #world: World;
  readonly #stretchMaxNs: number;
  readonly #targets = new Map<number, I2cTarget>();
  #busy = false;

  constructor(world: World, options: SimI2cOptions = {}) {
    this.#world = world;
    this.clockHz = options.clockHz ?? STANDARD_MODE_HZ;
    this.#stretchMaxNs = options.stretchMaxNs ?? SMBUS_TIMEOUT_NS;
  }

  /** @throws RangeError when the address is taken */
  attach(address: number, target: I2cTarget, tenBit = false): void {
    const key = tenBit ? TEN_BIT + address : address;
    if (this.#targets.has(key)) throw new RangeError(`Two targets cannot have address ${address}.`);
    this.#targets.set(key, target);
  }

  transfer(messages: readonly I2cMessage[], done: (outcome: I2cOutcome) => void): void {
    checkMessages(messages);
    if (this.#busy) throw new RangeError('A transfer is under way; wait for its end.');
    this.#busy = true;
    const transfer = new Transfer(this.#world, {
      messages,
      byteNs: Math.ceil((CLOCKS_OF_BYTE * 1e9) / this.clockHz),
      stretchMaxNs: this.#stretchMaxNs,
      target: (message) => this.#targets.get((message.tenBit ? TEN_BIT : 0) + message.address),
      done: (outcome) => {
        this.#busy = false;
        done(outcome);
      },
    });
    transfer.begin();
  }

  recover(done: (free: boolean) => void): void {
    this.#world.journal.record(EventKind.Line, I2cEvent.Recovery, 0, 0);
    const clocks = Math.ceil((CLOCKS_OF_BYTE * 1e9) / this.clockHz);
    this.#world.after(clocks, () => done(true));
  }
}

interface TransferOptions {
  readonly messages: readonly I2cMessage[];
  readonly byteNs: number;
  readonly stretchMaxNs: number;
  target(message: I2cMessage): I2cTarget | undefined;
  done(outcome: I2cOutcome): void;
}

/** One transfer under way, a byte at a time. */
class Transfer {
  readonly #world: World;
  readonly #options: TransferOptions;
  readonly #read: Uint8Array[] = [];
  #message = 0;
  #bytes = 0;
  #target: I2cTarget | undefined;
  /** Those that heard their address since the start: all of them hear the stop. */
  readonly #addressed = new Set<I2cTarget>();

  constructor(world: World, options: TransferOptions) {
    this.#world = world;
    this.#options = options;
  }

  begin(): void {
    this.#world.after(0, () => this.#address());
  }

  get #current(): I2cMessage {
    return this.#options.messages[this.#message] as I2cMessage;
  }

  /** A start and the address; a ten-bit address takes two bytes. */
  #address(): void {
    const message = this.#current;
    const isRead = 'read' in message;
    this.#bytes = 0;
    const bits = message.tenBit === true ? I2C_ADDRESS_BITS.ten : I2C_ADDRESS_BITS.seven;
    this.#line(I2cEvent.Start, message.address, isRead ? 1 : 0, bits);
    this.#target = this.#options.target(message);
    if ('read' in message) this.#read.push(new Uint8Array(message.read));
    this.#after(message.tenBit === true ? 2 : 1, () => {
      const acknowledged = this.#target?.start(isRead) ?? false;
      if (this.#target !== undefined) this.#addressed.add(this.#target);
      this.#line(I2cEvent.Address, message.address, acknowledged ? 1 : 0);
      if (acknowledged) this.#next();
      else this.#stop('no-address');
    });
  }

  #next(): void {
    const message = this.#current;
    const length = 'write' in message ? message.write.length : message.read;
    if (this.#bytes < length) {
      this.#after(1, () => this.#byte(message));
    } else if (this.#message + 1 < this.#options.messages.length) {
      this.#message++;
      this.#address();
    } else {
      this.#message++;
      this.#stop('done');
    }
  }

  #byte(message: I2cMessage): void {
    const target = this.#target as I2cTarget;
    const at = this.#bytes;
    if ('read' in message) {
      const byte = target.read(at + 1 === message.read);
      (this.#read.at(-1) as Uint8Array)[at] = byte;
      this.#line(I2cEvent.Read, message.address, byte);
    } else {
      const byte = message.write[at] as number;
      const acknowledged = target.write(byte);
      this.#line(I2cEvent.Write, message.address, byte);
      if (!acknowledged) {
        this.#stop('no-data');
        return;
      }
    }
    this.#bytes++;
    this.#next();
  }

  #stop(end: I2cEnd): void {
    for (const target of this.#addressed) target.stop();
    this.#line(I2cEvent.Stop, 0, 0);
    if (end !== 'done' && 'read' in this.#current) this.#read.pop();
    const { done } = this.#options;
    done({ end, message: this.#message, bytes: this.#bytes, read: this.#read });
  }

  /** So many bytes on the wire, and before them as long as the target holds the clock. */
  #after(bytes: number, action: () => void): void {
    const stretch = this.#target?.stretchNs?.() ?? 0;
    const { byteNs, stretchMaxNs } = this.#options;
    if (stretch > stretchMaxNs) this.#world.after(stretchMaxNs, () => this.#stop('timeout'));
    else this.#world.after(stretch + bytes * byteNs, action);
  }

  #line(event: number, address: number, value: number, size = 0): void {
    this.#world.journal.record(EventKind.Line, event, address, value, size);
  }
}
