/** What the tests of this folder share: a UART, a line and a peer, reached as a driver would. */
import { lineFormat } from '../../buses/uart/format.ts';
import { SerialLine } from '../../buses/uart/line.ts';
import { SerialPeer } from '../../buses/uart/peer.ts';
import { World } from '../../kernel/world.ts';
import { Uart16550 } from './model.ts';

const OFFSETS = {
  RBR: 0,
  THR: 0,
  DLL: 0,
  IER: 1,
  DLM: 1,
  IIR: 2,
  FCR: 2,
  LCR: 3,
  MCR: 4,
  LSR: 5,
  MSR: 6,
  SCR: 7,
};
type Name = keyof typeof OFFSETS;

/** Ten bits at 9600 baud. */
export const CHARACTER_NS = 10 * (1e9 / 9600);

/** 9600 baud and eight data bits on both ends. */
export function bench() {
  const world = new World({ seed: 1, settle: () => Promise.resolve() });
  const line = new SerialLine(world);
  const peer = new SerialPeer(world, line);
  peer.format = lineFormat(9600);
  const uart = new Uart16550(world, line);
  const read = (name: Name) => uart.bank.read(OFFSETS[name], 1);
  const write = (name: Name, value: number) => uart.bank.write(OFFSETS[name], 1, value);
  const pass = (characters: number) => world.advance(Math.round(characters * CHARACTER_NS));
  write('LCR', 0x03);
  return { world, line, peer, uart, read, write, pass };
}
