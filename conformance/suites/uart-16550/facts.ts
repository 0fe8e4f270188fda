/**
 * What the 16550 suites expect, restated from the PC16550D data sheet (TL/C/8652, June 1995): the
 * second opinion does not copy the model.
 */
import type { Scene } from '../../scene.ts';
import { type Access, watchAccesses } from '../accesses.ts';

/** §6.0, "Register Addresses". */
export const RBR = 0;
export const THR = 0;
export const DLL = 0;
export const IER = 1;
export const DLM = 1;
export const IIR = 2;
export const FCR = 2;
export const LCR = 3;
export const MCR = 4;
export const LSR = 5;
export const SCR = 7;

/** Table II. */
export const IER_RECEIVE = 0x01;
export const IER_TRANSMIT = 0x02;
export const IER_LINE_STATUS = 0x04;
export const IIR_NONE = 0x01;
export const IIR_CODE = 0x0f;
export const IIR_THR_EMPTY = 0x02;
export const IIR_FIFOS = 0xc0;
export const FCR_ENABLE = 0x01;
export const FCR_RESETS = 0x06;
export const FCR_RESERVED = 0x30;
export const LCR_BREAK = 0x40;
export const LCR_DLAB = 0x80;
export const MCR_DTR_RTS = 0x03;
export const MCR_OUT2 = 0x08;
export const LSR_DATA = 0x01;
export const LSR_THR_EMPTY = 0x20;
/** General Description. */
export const FIFO_DEPTH = 16;

/** Table III, at 1.8432 MHz; 57600 and 115200 by the formula of §8.3. */
export const DIVISORS: Readonly<Record<number, number>> = {
  50: 2304,
  75: 1536,
  110: 1047,
  300: 384,
  600: 192,
  1200: 96,
  1800: 64,
  2000: 58,
  2400: 48,
  4800: 24,
  7200: 16,
  9600: 12,
  19200: 6,
  38400: 3,
  57600: 2,
  115200: 1,
};

/** §8.1, bits 3 to 5. */
export const PARITY_BITS = { none: 0x00, odd: 0x08, even: 0x18, mark: 0x28, space: 0x38 } as const;

const COMMAND = 0x04;
const IO_SPACE = 0x01;

/** The chip past the driver: unseen by the journal, and with decoding on. */
export function chip(scene: Scene) {
  const wake = () => scene.function.configWrite(COMMAND, 2, IO_SPACE);
  return {
    read(offset: number): number {
      wake();
      return scene.function.read(0, offset, 1);
    },
    write(offset: number, value: number): void {
      wake();
      scene.function.write(0, offset, 1, value);
    },
  };
}

export interface RegisterAccess extends Access {
  /** LCR.DLAB was set: offsets 0 and 1 are the divisor latch. */
  readonly dlab: boolean;
}

/** Accesses of the driver with the page that they meet; watch from a closed divisor latch on. */
export function watchRegisters(scene: Scene): () => RegisterAccess[] {
  const accesses = watchAccesses(scene);
  return () => {
    let dlab = false;
    return accesses.list.map((access) => {
      const seen = { ...access, dlab };
      if (isWrite(access, LCR)) dlab = (access.value & LCR_DLAB) !== 0;
      return seen;
    });
  };
}

export function isWrite(access: Access, offset: number): boolean {
  return access.kind === 'write' && access.offset === offset;
}

export function isRead(access: Access, offset: number): boolean {
  return access.kind === 'read' && access.offset === offset;
}

/** Writes to a register that the divisor latch does not hide. */
export function writesOf(accesses: readonly RegisterAccess[], offset: number): number[] {
  return accesses
    .filter((access) => isWrite(access, offset) && !access.dlab)
    .map(({ value }) => value);
}
