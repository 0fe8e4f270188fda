import { expect, it } from 'vitest';
import { lineFormat } from '../../buses/uart/format.ts';
import { CHARACTER_NS, bench } from './bench.ts';

const TEXT = Uint8Array.from({ length: 16 }, (_, index) => 0x30 + index);

it('sends one character with nine and a half bits to the middle of its stop bit', () => {
  const { world, peer, write, pass } = bench();
  write('THR', 0x41);
  pass(3);
  const bitNs = CHARACTER_NS / 10;
  expect(peer.received()).toEqual(Uint8Array.of(0x41));
  // One bit of latency before the start bit.
  expect(peer.heard[0]?.at).toBeCloseTo(10.5 * bitNs, -1);
  expect(world.now).toBe(3 * CHARACTER_NS);
});

it('buffers one character behind the one that is being sent', () => {
  const { peer, read, write, pass } = bench();
  write('THR', 1);
  expect(read('LSR')).toBe(0x00);
  pass(0.11);
  expect(read('LSR')).toBe(0x20);
  write('THR', 2);
  expect(read('LSR')).toBe(0x00);
  pass(1);
  expect(read('LSR')).toBe(0x20);
  pass(0.98);
  expect(read('LSR')).toBe(0x20);
  pass(0.02);
  expect(read('LSR')).toBe(0x60);
  expect(peer.received()).toEqual(Uint8Array.of(1, 2));
});

it('overwrites THR when it is written too early', () => {
  const { peer, write, pass } = bench();
  write('THR', 1);
  write('THR', 2);
  pass(3);
  expect(peer.received()).toEqual(Uint8Array.of(2));
});

it('sends a FIFO of sixteen without a gap, in sixteen character times', () => {
  const { peer, read, write, pass } = bench();
  write('FCR', 0x01);
  for (const byte of TEXT) write('THR', byte);
  pass(15);
  expect(read('LSR')).toBe(0x00);
  pass(0.11);
  expect(read('LSR')).toBe(0x20);
  pass(1);
  expect(read('LSR')).toBe(0x60);
  expect(peer.received()).toEqual(TEXT);
});

it('loses what is written into a full FIFO', () => {
  const { peer, write, pass } = bench();
  write('FCR', 0x01);
  for (const byte of [...TEXT, 0xff]) write('THR', byte);
  pass(20);
  expect(peer.received()).toEqual(TEXT);
});

it('delays THRE by a character less its stop bit when the FIFO never held two', () => {
  const { read, write, pass } = bench();
  write('FCR', 0x01);
  write('THR', 1);
  pass(0.11);
  expect(read('LSR')).toBe(0x20);
  pass(2);
  write('THR', 2);
  pass(0.99);
  expect(read('LSR')).toBe(0x00);
  pass(0.02);
  expect(read('LSR')).toBe(0x20);
  pass(0.1);
  expect(read('LSR')).toBe(0x60);
});

it('interrupts when the holding register empties, until IIR is read or THR is written', () => {
  const { read, write, pass, uart } = bench();
  write('IER', 0x02);
  expect(uart.interrupt.level).toBe(true);
  expect(read('IIR')).toBe(0x02);
  expect(uart.interrupt.level).toBe(false);
  expect(read('LSR')).toBe(0x60);
  write('THR', 1);
  pass(0.11);
  expect(uart.interrupt.level).toBe(true);
  write('THR', 2);
  expect(uart.interrupt.level).toBe(false);
  expect(read('IIR')).toBe(0x01);
  pass(2);
  expect(read('IIR')).toBe(0x02);
});

it('does not interrupt again for an interrupt that stays enabled', () => {
  const { read, write, uart } = bench();
  write('IER', 0x02);
  read('IIR');
  write('IER', 0x02);
  expect(uart.interrupt.level).toBe(false);
  write('IER', 0x00);
  write('IER', 0x02);
  expect(uart.interrupt.level).toBe(true);
});

it('empties the FIFO but not the shift register by FCR bit 2', () => {
  const { peer, read, write, pass } = bench();
  write('FCR', 0x01);
  for (const byte of [1, 2, 3]) write('THR', byte);
  pass(0.5);
  write('FCR', 0x05);
  expect(read('LSR')).toBe(0x20);
  pass(3);
  expect(peer.received()).toEqual(Uint8Array.of(1));
  expect(read('LSR')).toBe(0x60);
});

it.each([
  [0x00, lineFormat(9600, 5)],
  [0x04, lineFormat(9600, 5, 'none', 1.5)],
  [0x1d, lineFormat(9600, 6, 'even', 2)],
  [0x0a, lineFormat(9600, 7, 'odd')],
  [0x2b, lineFormat(9600, 8, 'mark')],
  [0x3b, lineFormat(9600, 8, 'space')],
])('sends in the format of LCR 0x%s', (lcr, format) => {
  const { peer, read, write, pass } = bench();
  peer.format = format;
  write('LCR', lcr);
  write('THR', 0x15);
  pass(3);
  expect(peer.heard).toMatchObject([{ data: 0x15, parityError: false, framingError: false }]);
  peer.send([0x0a]);
  pass(2);
  expect(read('LSR')).toBe(0x61);
  expect(read('RBR')).toBe(0x0a);
});

it('divides the clock by the divisor latch, and waits while the divisor is zero', () => {
  const { peer, write, pass } = bench();
  write('LCR', 0x83);
  write('DLL', 0);
  write('LCR', 0x03);
  write('THR', 0x42);
  pass(100);
  expect(peer.heard).toEqual([]);
  write('LCR', 0x83);
  write('DLL', 1);
  write('LCR', 0x03);
  peer.format = lineFormat(115200);
  pass(1);
  expect(peer.received()).toEqual(Uint8Array.of(0x42));
});

it('spaces while LCR.SBRK is set, and loses what is sent meanwhile', () => {
  const { peer, write, pass } = bench();
  write('LCR', 0x43);
  write('THR', 1);
  pass(3);
  expect(peer.heard).toMatchObject([{ break: true, data: 0 }]);
  write('LCR', 0x03);
  write('THR', 2);
  pass(3);
  expect(peer.received()).toEqual(Uint8Array.of(2));
});
