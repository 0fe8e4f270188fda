import { expect, it } from 'vitest';
import { bench } from './bench.ts';

it.each([
  ['CTS', 0x11, 0x10, 0x01],
  ['DSR', 0x22, 0x20, 0x02],
  ['DCD', 0x88, 0x80, 0x08],
] as const)('reports %s and its change, until MSR is read', (line, changed, level, dropped) => {
  const { peer, read, write, uart } = bench();
  write('IER', 0x08);
  peer.setModemLines({ [line]: true });
  expect(uart.interrupt.level).toBe(true);
  expect(read('MSR')).toBe(changed);
  expect(uart.interrupt.level).toBe(false);
  expect(read('MSR')).toBe(level);
  peer.setModemLines({ [line]: false });
  expect(read('MSR')).toBe(dropped);
});

it('reports the end of a ring, not its beginning', () => {
  const { peer, read, write, uart } = bench();
  write('IER', 0x08);
  peer.setModemLines({ RI: true });
  expect(uart.interrupt.level).toBe(false);
  expect(read('MSR')).toBe(0x40);
  peer.setModemLines({ RI: false });
  expect(uart.interrupt.level).toBe(true);
  expect(read('MSR')).toBe(0x04);
});

it('drives DTR and RTS from MCR', () => {
  const { peer, write } = bench();
  write('MCR', 0x01);
  expect(peer.modemLines()).toEqual({ DTR: true, RTS: false });
  write('MCR', 0x02);
  expect(peer.modemLines()).toEqual({ DTR: false, RTS: true });
});

it.each([
  [0x01, 0x22],
  [0x02, 0x11],
  [0x04, 0x40],
  [0x08, 0x88],
])('joins output MCR 0x%s to its input in the loop', (output, status) => {
  const { peer, read, write } = bench();
  write('MCR', 0x10);
  read('MSR');
  write('MCR', 0x10 + output);
  expect(read('MSR')).toBe(status);
  expect(peer.modemLines()).toEqual({ DTR: false, RTS: false });
});

it('cuts the inputs off in the loop', () => {
  const { peer, read, write } = bench();
  write('MCR', 0x10);
  peer.setModemLines({ CTS: true, DSR: true, RI: true, DCD: true });
  expect(read('MSR')).toBe(0x00);
  write('MCR', 0x00);
  expect(read('MSR')).toBe(0xfb);
});

it('receives in the loop what it sends, and nothing goes out or comes in', () => {
  const { peer, read, write, pass, uart } = bench();
  write('FCR', 0x01);
  write('MCR', 0x10);
  write('IER', 0x01);
  for (const byte of [1, 2, 3]) write('THR', byte);
  peer.send([9]);
  pass(4);
  expect(uart.interrupt.level).toBe(true);
  expect([read('RBR'), read('RBR'), read('RBR')]).toEqual([1, 2, 3]);
  expect(read('LSR')).toBe(0x60);
  expect(peer.heard).toEqual([]);
});

it('takes its own break in the loop, and marks outside', () => {
  const { peer, read, write, pass } = bench();
  write('MCR', 0x10);
  write('LCR', 0x43);
  pass(1.01);
  expect(read('LSR')).toBe(0x79);
  expect(peer.heard).toEqual([]);
});

it('has a scratch register that controls nothing', () => {
  const { read, write } = bench();
  for (const value of [0x00, 0xff, 0xa5]) {
    write('SCR', value);
    expect(read('SCR')).toBe(value);
  }
  expect(read('LSR')).toBe(0x60);
});
