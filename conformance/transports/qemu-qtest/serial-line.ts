/**
 * The far end of QEMU's serial line: a pair of FIFOs, not blocking.
 *
 * Not modelled (QEMU's pipe back end has no such thing): modem lines, baud rate and framing, parity
 * and framing errors, the break that a device sends. A byte sent while the receiver has no room
 * waits in the FIFO: there is no overrun from the line.
 */
import { readSync, writeSync } from 'node:fs';
import type { LineEnds } from './line-channel.ts';

const CHUNK = 65_536;

export class SerialLine {
  /** Puts a break on the line: the device sees it before the bytes that still wait. */
  readonly sendBreak: () => void;
  readonly #ends: LineEnds;
  readonly #chunk = Buffer.allocUnsafe(CHUNK);

  constructor(ends: LineEnds, sendBreak: () => void) {
    this.#ends = ends;
    this.sendBreak = sendBreak;
  }

  /**
   * Puts bytes on the line; QEMU takes them as its main loop turns (QemuScene.settle).
   * @returns how many were taken: fewer once 64 KiB wait unread
   */
  send(bytes: Uint8Array): number {
    try {
      return bytes.length === 0 ? 0 : writeSync(this.#ends.out, bytes);
    } catch (error) {
      if (wouldBlock(error)) return 0;
      throw error;
    }
  }

  /** What the device has sent since the last call. */
  received(): Uint8Array {
    return this.#take(this.#ends.in);
  }

  /** Throws away what is under way in both directions; to be called while the slot is empty. */
  drain(): void {
    this.#take(this.#ends.out); // Opened for reading too: what QEMU has not taken yet.
    this.#take(this.#ends.in);
  }

  /** All of it: a FIFO holds 64 KiB. */
  #take(descriptor: number): Uint8Array {
    try {
      const count = readSync(descriptor, this.#chunk, 0, CHUNK, null);
      return Uint8Array.from(this.#chunk.subarray(0, count));
    } catch (error) {
      if (wouldBlock(error)) return new Uint8Array(0);
      throw error;
    }
  }
}

function wouldBlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
