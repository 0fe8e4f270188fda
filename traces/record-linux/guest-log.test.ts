/** Lines as Linux 6.1 writes them. */
import { expect, it } from 'vitest';
import { readGuestEvents, readMmiotrace } from './guest-log.ts';

it('reads accesses, and passes over the rest', () => {
  const text = [
    'VERSION 20070824',
    'PCIDEV 0020 1b360010 a 100000004 0 0 0 0 0 0 4000 0 0 0 0 0 0 ',
    'MARK 2.811366 phase probe',
    'MAP 2.906227 1 0x100000000 0xffa00000005ce000 0x2000 0x0 0',
    'W 8 2.925540 1 0x100000028 0xfedcba9876543210 0x0 0',
    'UNMAP 2.926000 1 0x0 0',
  ].join('\n');
  expect(readMmiotrace(text)).toEqual([
    {
      timeNs: 2_925_540_000,
      isWrite: true,
      size: 8,
      address: 0x1_0000_0028,
      value: 0xfedc_ba98_7654_3210n,
    },
  ]);
});

it('reads events of a buffer', () => {
  const text =
    '# tracer: nop\n' +
    '    kworker/u2:1-24      [000] dNh1.     2.945776: nvme_sq: nvme0: qid=0, head=1, tail=1\n' +
    '          <idle>-0       [000] d.h1.    12.971492: irq_handler_entry: irq=24 name=nvme0q0\n';
  expect(readGuestEvents(text)).toEqual([
    { timeNs: 2_945_776_000, name: 'nvme_sq', text: 'nvme0: qid=0, head=1, tail=1' },
    { timeNs: 12_971_492_000, name: 'irq_handler_entry', text: 'irq=24 name=nvme0q0' },
  ]);
});

it('refuses a recording with a hole', () => {
  expect(() => readMmiotrace('MARK 0.000000 Lost 3 events.\n')).toThrow('The kernel lost events');
  expect(() => readGuestEvents('CPU:0 [LOST 5 EVENTS]\n')).toThrow('The kernel lost events');
});

it('names a line of unknown form', () => {
  expect(() => readMmiotrace('UNKNOWN 1.000000 1 0x0 0f 0x0 0')).toThrow('UNKNOWN 1.000000');
  expect(() => readGuestEvents('what is this')).toThrow('what is this');
});
