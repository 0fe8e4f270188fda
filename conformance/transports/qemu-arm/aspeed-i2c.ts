/**
 * A bus of the AST2500's I2C controller, master side, byte by byte. Registers by experiment with
 * QEMU 7.2 (its hw/i2c/aspeed_i2c.c is the only public text).
 *
 * How it tells that nobody acknowledges: by TX_NAK of the interrupt status, which shows only what
 * the interrupt control register enables. With nothing enabled it reads 0 whatever happens.
 *
 * Not modelled: DMA and buffer mode, interrupts, the slave side, bus recovery; a ten-bit address
 * goes out as its first byte, which nobody on this board acknowledges.
 */
import { number, type Qtest } from '../qemu-qtest/qtest.ts';
import type { I2cEnd, I2cMessage, I2cOutcome } from '../../../sim/buses/i2c/bus.ts';

const BASE = 0x1e78_a000;
const BUS_BYTES = 0x40;
const Offset = { FunctionControl: 0x00, Enable: 0x0c, Status: 0x10, Command: 0x14, Data: 0x20 };
const MASTER = 0x01;
/** Bits of status and enable. */
const TX_NAK = 0x02;
const RX_DONE = 0x04;
const ALL = 0x7fff;
const Command = { Start: 0x01, Transmit: 0x02, Receive: 0x08, ReceiveLast: 0x18, Stop: 0x20 };
/** First byte of a ten-bit address: UM10204 rev. 7.0, 3.1.11 (secondary). */
const TEN_BIT_PREFIX = 0x78;

/** What one transfer did. `clocks` counts bits on the wire, acknowledges included. */
export interface Performed {
  readonly outcome: I2cOutcome;
  readonly clocks: number;
}

const CLOCKS_OF_BYTE = 9;
/** Both directions of the pipe hold so much. */
const RECEIVED_AT_ONCE = 64;

export class AspeedI2c {
  readonly #qtest: Qtest;
  readonly #base: number;
  #bytes = 0;
  /** What is still to be sent before the next byte. */
  #before: string[] = [];

  /** @param bus 0 to 6 */
  constructor(qtest: Qtest, bus: number) {
    this.#qtest = qtest;
    this.#base = BASE + BUS_BYTES * (bus + 1);
  }

  /** Start, messages, stop. @throws QemuDied */
  perform(messages: readonly I2cMessage[]): Performed {
    // Sent with the first byte: a round trip costs more than all that is sent in it.
    this.#before = [this.#write(Offset.FunctionControl, MASTER), this.#write(Offset.Enable, ALL)];
    this.#bytes = 0;
    const read: Uint8Array[] = [];
    let end: I2cEnd = 'done';
    let bytes = 0;
    let index = 0;
    for (; index < messages.length; index++) {
      const message = messages[index] as I2cMessage;
      ({ end, bytes } = this.#message(message, read));
      if (end !== 'done') break;
    }
    this.#qtest.commands([...this.#before, ...this.#command(Command.Stop)]);
    const clocks = this.#bytes * CLOCKS_OF_BYTE;
    return { outcome: { end, message: index, bytes, read }, clocks };
  }

  #message(message: I2cMessage, read: Uint8Array[]): { end: I2cEnd; bytes: number } {
    const isRead = 'read' in message;
    const high = TEN_BIT_PREFIX + Math.floor(message.address / 256);
    const address = message.tenBit === true ? high : message.address;
    const first = address * 2 + (isRead ? 1 : 0);
    if (!this.#acknowledged(Command.Start + Command.Transmit, first)) {
      return { end: 'no-address', bytes: 0 };
    }
    if (isRead) {
      read.push(this.#receive(message.read));
      return { end: 'done', bytes: message.read };
    }
    let bytes = 0;
    for (const byte of message.write) {
      if (!this.#acknowledged(Command.Transmit, byte)) return { end: 'no-data', bytes };
      bytes++;
    }
    return { end: 'done', bytes };
  }

  /** So many bytes at once: whatever they are, they are all read. */
  #receive(length: number): Uint8Array {
    const into = new Uint8Array(length);
    for (let done = 0; done < length; done += RECEIVED_AT_ONCE) {
      const part = Math.min(RECEIVED_AT_ONCE, length - done);
      const lines = Array.from({ length: part }, (_, index) => {
        const isLast = done + index + 1 === length;
        return [
          ...this.#command(isLast ? Command.ReceiveLast : Command.Receive),
          this.#read(Offset.Status),
          this.#read(Offset.Data),
        ];
      });
      const answers = this.#qtest.commands(lines.flat());
      const each = answers.length / part;
      for (let index = 0; index < part; index++) {
        const [status = '', data = ''] = answers.slice(index * each, (index + 1) * each).slice(-2);
        if (!has(number(status), RX_DONE)) throw new Error('The AST2500 does not receive.');
        // The received byte is in bits 15 to 8.
        into[done + index] = Math.floor(number(data) / 256) % 256;
      }
    }
    this.#bytes += length;
    return into;
  }

  /** Sends a byte. */
  #acknowledged(command: number, byte: number): boolean {
    this.#bytes++;
    const answers = this.#qtest.commands([
      ...this.#before,
      this.#write(Offset.Data, byte),
      ...this.#command(command),
      this.#read(Offset.Status),
    ]);
    this.#before = [];
    return !has(number(answers.at(-1) ?? ''), TX_NAK);
  }

  #command(command: number): string[] {
    return [this.#write(Offset.Status, ALL), this.#write(Offset.Command, command)];
  }

  #read(offset: number): string {
    return `readl ${this.#base + offset}`;
  }

  #write(offset: number, value: number): string {
    return `writel ${this.#base + offset} ${value}`;
  }
}

/** @param bit a power of two */
function has(status: number, bit: number): boolean {
  return Math.floor(status / bit) % 2 === 1;
}
