import { expect, it } from 'vitest';
import { bench } from './bench.ts';

it('identifies the four sources one after another, the highest first', () => {
  const { peer, read, write, pass, uart } = bench();
  peer.send([1, 2]);
  peer.setModemLines({ DCD: true });
  pass(3);
  write('IER', 0x0f);
  expect(uart.interrupt.level).toBe(true);
  expect(read('IIR')).toBe(0x06);
  expect(read('IIR')).toBe(0x06);
  read('LSR');
  expect(read('IIR')).toBe(0x04);
  read('RBR');
  expect(read('IIR')).toBe(0x02);
  expect(read('IIR')).toBe(0x00);
  read('MSR');
  expect(uart.interrupt.level).toBe(false);
  expect(read('IIR')).toBe(0x01);
});

it('shows nothing of what is not enabled', () => {
  const { peer, read, pass, uart } = bench();
  peer.send([1, 2]);
  peer.setModemLines({ CTS: true });
  pass(3);
  expect(read('IIR')).toBe(0x01);
  expect(uart.interrupt.level).toBe(false);
});

it('keeps a THRE interrupt while IIR identifies another', () => {
  const { peer, read, write, pass } = bench();
  write('IER', 0x03);
  peer.send([1]);
  pass(1);
  expect(read('IIR')).toBe(0x04);
  read('RBR');
  expect(read('IIR')).toBe(0x02);
});

it('withdraws a pending interrupt when it is disabled', () => {
  const { peer, write, pass, uart } = bench();
  write('IER', 0x01);
  peer.send([1]);
  pass(1);
  write('IER', 0x00);
  expect(uart.interrupt.level).toBe(false);
});

it('is as Table I says after a master reset; the divisor latch stays', () => {
  const { peer, line, read, write, pass, uart } = bench();
  write('LCR', 0x83);
  write('DLM', 3);
  write('LCR', 0x43);
  write('FCR', 0xc1);
  write('IER', 0x0f);
  write('MCR', 0x0f);
  write('THR', 1);
  peer.send([1, 2, 3]);
  pass(200);
  uart.reset('master');
  expect(['IER', 'IIR', 'LCR', 'MCR', 'LSR', 'MSR'].map((name) => read(name as 'IER'))).toEqual([
    0x00, 0x01, 0x00, 0x00, 0x60, 0x00,
  ]);
  expect(uart.interrupt.level).toBe(false);
  expect(line.outputs.DTR.level).toBe(false);
  expect(line.toPeer.breaking).toBe(false);
  write('LCR', 0x80);
  expect(read('DLM')).toBe(3);
});
