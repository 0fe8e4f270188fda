/** What the clauses about the 16550 itself share: bits, and a device without a driver. */
import type { Scene } from '../../scene.ts';
import { probe } from '../probe.ts';
import { CHARACTER_NS, SETTINGS, farEnd, formatFor } from '../serial-port/facts.ts';
import * as chip from './facts.ts';

/** §8.4 and §8.9, Table II. */
export const LSR_IDLE = 0x60;
export const LSR = {
  data: 0x01,
  overrun: 0x02,
  parity: 0x04,
  framing: 0x08,
  break: 0x10,
  fifo: 0x80,
};
export const MSR = 6;
export const MCR_LOOP = 0x10;
export const FCR = { on: 0x01, emptyReceiver: 0x02, emptyTransmitter: 0x04 };
/** Table IV: the sources by priority, with the FIFOs off. */
export const IIR = { lineStatus: 0x06, data: 0x04, timeout: 0x0c, thrEmpty: 0x02, modem: 0x00 };
/** §8.5: FCR bits 6 and 7, and the level that they select. */
export const TRIGGERS: readonly (readonly [bits: number, level: number])[] = [
  [0x00, 1],
  [0x40, 4],
  [0x80, 8],
  [0xc0, 14],
];
export const LINES = [
  ['CTS', 0x10, 0x01],
  ['DSR', 0x20, 0x02],
  ['DCD', 0x80, 0x08],
] as const;

/** 110 baud: a tenth of a second for each character, so that no clock is too coarse. */
export const SLOWLY = 1047;

/** Eight data bits, on both ends where there is one. @param divisor of 115200 baud */
export function setUp(scene: Scene, divisor = 1) {
  const device = probe(scene);
  const registers = device.registers(0);
  const read = (offset: number) => registers.read(offset, 1);
  const write = (offset: number, value: number) => registers.write(offset, 1, value);
  write(chip.LCR, chip.LCR_DLAB);
  write(chip.DLL, divisor % 256);
  write(chip.DLM, Math.floor(divisor / 256));
  write(chip.LCR, 0x03);
  if (scene.hardware.peer !== undefined) {
    farEnd(scene).format = formatFor({ ...SETTINGS, baud: SETTINGS.baud / divisor });
  }
  const pass = (characters: number) => scene.pass(Math.round(characters * divisor * CHARACTER_NS));
  return { read, write, pass, level: () => device.level };
}
