/**
 * Chip select 0 of the AST2500's firmware memory controller (FMC) in user mode: every byte that is
 * written into its window goes out, every byte that is read from it comes in. Registers by
 * experiment with QEMU 7.2 (its hw/ssi/aspeed_smc.c is the only public text).
 *
 * Not modelled: reading while writing (the controller has no such access), modes other than 0, the
 * clock divider, command mode, DMA.
 */
import type { Qtest } from '../qemu-qtest/qtest.ts';
import type { SpiSegment } from '../../../sim/buses/spi/bus.ts';

const REGISTERS = 0x1e62_0000;
const WINDOW = 0x2000_0000;
const CE0_CONTROL = 0x10;
/** Writes to chip select 0 are enabled, and it is an SPI flash: type 2 in bits 1 to 0. */
const CONFIGURATION = 0x1_0002;
const USER_MODE = 0x03;
/** In user mode the chip select is driven by this bit: high when set. */
const DESELECTED = 0x04;
const CHUNK = 65_536;

export class AspeedSmc {
  readonly #qtest: Qtest;

  constructor(qtest: Qtest) {
    this.#qtest = qtest;
  }

  /** Select, the segments, deselect. @returns what each reading segment read @throws QemuDied */
  exchange(segments: readonly SpiSegment[]): Uint8Array[] {
    const { qtest, read } = { qtest: this.#qtest, read: [] as Uint8Array[] };
    qtest.write(REGISTERS, 4, CONFIGURATION);
    qtest.write(REGISTERS + CE0_CONTROL, 4, USER_MODE + DESELECTED);
    qtest.write(REGISTERS + CE0_CONTROL, 4, USER_MODE);
    for (const segment of segments) {
      if (segment.write !== undefined) this.#send(segment.write);
      else read.push(this.#receive(segment.read ?? 0));
    }
    qtest.write(REGISTERS + CE0_CONTROL, 4, USER_MODE + DESELECTED);
    return read;
  }

  #send(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; done += CHUNK) {
      const part = Buffer.from(bytes.subarray(done, done + CHUNK));
      this.#qtest.command(`b64write ${WINDOW} ${part.length} ${part.toString('base64')}`);
    }
  }

  #receive(length: number): Uint8Array {
    const into = new Uint8Array(length);
    for (let done = 0; done < length; done += CHUNK) {
      const part = Math.min(CHUNK, length - done);
      into.set(Buffer.from(this.#qtest.command(`b64read ${WINDOW} ${part}`), 'base64'), done);
    }
    return into;
  }
}
