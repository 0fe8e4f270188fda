import { expect, it } from 'vitest';
import { CHARACTER_NS, bench } from './bench.ts';

it('shows a character once its stop bit was seen, and no earlier', () => {
  const { peer, read, pass } = bench();
  peer.send([0x5a]);
  pass(0.94);
  expect(read('LSR')).toBe(0x60);
  pass(0.02);
  expect(read('LSR')).toBe(0x61);
  expect(read('RBR')).toBe(0x5a);
  expect(read('LSR')).toBe(0x60);
});

it('destroys the older character without FIFOs, and says so once', () => {
  const { peer, read, pass } = bench();
  peer.send([1, 2]);
  pass(3);
  expect(read('LSR')).toBe(0x63);
  expect(read('LSR')).toBe(0x61);
  expect(read('RBR')).toBe(2);
});

it('keeps sixteen characters in a FIFO and loses the seventeenth', () => {
  const { peer, read, write, pass } = bench();
  write('FCR', 0x01);
  peer.send(Array.from({ length: 17 }, (_, index) => 0x40 + index));
  pass(18);
  expect(read('LSR')).toBe(0x63);
  for (let index = 0; index < 16; index++) expect(read('RBR')).toBe(0x40 + index);
  expect(read('LSR')).toBe(0x60);
});

it.each([
  [0x00, 1],
  [0x40, 4],
  [0x80, 8],
  [0xc0, 14],
])('interrupts at the trigger level of FCR 0x%s: %s characters', (trigger, level) => {
  const { peer, read, write, pass, uart } = bench();
  write('FCR', 0x01 + trigger);
  write('IER', 0x01);
  peer.send(Array.from({ length: level }, (_, index) => index));
  pass(level);
  expect(uart.interrupt.level).toBe(true);
  expect(read('IIR')).toBe(0xc4);
  read('RBR');
  expect(uart.interrupt.level).toBe(false);
  expect(read('IIR')).toBe(0xc1);
});

it('does not interrupt one short of the trigger level', () => {
  const { peer, write, pass, uart } = bench();
  write('FCR', 0xc1);
  write('IER', 0x01);
  peer.send(Array.from({ length: 13 }, () => 0));
  pass(16.8);
  expect(uart.interrupt.level).toBe(false);
});

it('indicates a timeout four characters after the last one, until RBR is read', () => {
  const { peer, read, write, pass, uart } = bench();
  write('FCR', 0xc1);
  write('IER', 0x01);
  peer.send([1, 2]);
  pass(1.95 + 3.98);
  expect(uart.interrupt.level).toBe(false);
  pass(0.04);
  expect(read('IIR')).toBe(0xcc);
  expect(read('RBR')).toBe(1);
  expect(uart.interrupt.level).toBe(false);
  pass(3.98);
  expect(uart.interrupt.level).toBe(false);
  pass(0.04);
  expect(read('IIR')).toBe(0xcc);
});

it('has no timeout without FIFOs', () => {
  const { peer, read, write, pass } = bench();
  write('IER', 0x01);
  peer.send([1]);
  pass(10);
  expect(read('IIR')).toBe(0x04);
});

it('reveals errors with their character, and bit 7 while any is in the FIFO', () => {
  const { peer, read, write, pass } = bench();
  write('FCR', 0x01);
  write('LCR', 0x1b);
  peer.format = { ...peer.format, parity: 'even' };
  peer.send([1, 2, 3], { errors: { 1: { parity: true }, 2: { framing: true } } });
  pass(4);
  expect(read('LSR')).toBe(0xe1);
  read('RBR');
  expect(read('LSR')).toBe(0xe5);
  expect(read('LSR')).toBe(0xe1);
  read('RBR');
  expect(read('LSR')).toBe(0xe9);
  expect(read('LSR')).toBe(0x61);
});

it('keeps errors without FIFOs until LSR is read', () => {
  const { peer, read, pass } = bench();
  peer.send([1], { errors: { 0: { framing: true } } });
  pass(2);
  read('RBR');
  expect(read('LSR')).toBe(0x68);
  expect(read('LSR')).toBe(0x60);
});

it('takes a break for one character of zeros, however long it lasts', () => {
  const { peer, read, write, pass } = bench();
  write('FCR', 0x01);
  peer.sendBreak(20 * CHARACTER_NS);
  pass(1.01);
  expect(read('LSR')).toBe(0xf9);
  expect(read('RBR')).toBe(0);
  pass(30);
  expect(read('LSR')).toBe(0x60);
  peer.send([7]);
  pass(1);
  expect(read('RBR')).toBe(7);
});

it('takes a short break for a character', () => {
  const { peer, read, pass } = bench();
  peer.sendBreak(0.5 * CHARACTER_NS);
  pass(2);
  expect(read('LSR')).toBe(0x61);
  expect(read('RBR')).toBe(0xf0);
});

it('hears parity and framing errors where the two ends disagree', () => {
  const { peer, read, write, pass } = bench();
  write('LCR', 0x0b);
  peer.format = { ...peer.format, parity: 'even' };
  peer.send([0x55]);
  pass(2);
  expect(read('LSR')).toBe(0x65);
  write('LCR', 0x02);
  peer.format = { ...peer.format, parity: 'none' };
  peer.send([0x00]);
  pass(2);
  expect(read('LSR')).toBe(0x6b);
});

it('empties the FIFO, its errors and its timeout by FCR bit 1, which clears itself', () => {
  const { peer, read, write, pass, uart } = bench();
  write('FCR', 0x01);
  write('IER', 0x01);
  peer.send([1, 2], { errors: { 0: { framing: true } } });
  pass(7);
  write('FCR', 0x03);
  expect(read('LSR')).toBe(0x60);
  expect(uart.interrupt.level).toBe(false);
  peer.send([3]);
  pass(1);
  expect(read('RBR')).toBe(3);
});

it('ignores the other bits of FCR where bit 0 is not written as one', () => {
  const { peer, read, write, pass, uart } = bench();
  write('FCR', 0xc0);
  peer.send([9]);
  pass(1);
  write('FCR', 0x02);
  expect(read('RBR')).toBe(9);
  expect(uart.bank.registers.FCR.TRIGGER).toBe(0);
});

it('empties both FIFOs when FCR bit 0 changes', () => {
  const { peer, read, write, pass } = bench();
  peer.send([1]);
  pass(1);
  write('FCR', 0x01);
  expect(read('LSR')).toBe(0x60);
  expect(read('IIR')).toBe(0xc1);
  peer.send([1]);
  pass(1);
  write('FCR', 0x00);
  expect(read('LSR')).toBe(0x60);
  expect(read('IIR')).toBe(0x01);
});
