/** Two views of the same accesses, laid side by side. */
import { expect, it } from 'vitest';
import { TraceKind, traceEvent } from '../format/event.ts';
import type { GuestAccess } from './guest-log.ts';
import { join } from './merge.ts';

const spaces = [{ space: 0, kind: 'memory', base: 0x1000, length: 0x100 }] as const;
const { Interrupt, Read, Write } = TraceKind;

const events = [
  traceEvent({ timeNs: 100, kind: Write, address: 4, size: 4, value: 1 }),
  traceEvent({ timeNs: 150, kind: Interrupt, value: 1 }),
  traceEvent({ timeNs: 200, kind: Read, address: 8, size: 4, value: 2 }),
];
const accesses: GuestAccess[] = [
  { timeNs: 7000, isWrite: true, size: 4, address: 0x1004, value: 1n },
  { timeNs: 7400, isWrite: false, size: 4, address: 0x1008, value: 2n },
];
const within = (timeNs: number) => ({ timeNs, name: 'event', text: '' });

it('puts what the guest saw before the access that follows it there', () => {
  const joined = join({ events, spaces }, accesses, [within(6990), within(7370), within(7500)]);
  expect(joined.map((it) => (it.from === 'within' ? it.timeNs : it.event.kind))).toEqual([
    90,
    Write,
    Interrupt,
    170,
    Read,
    200,
  ]);
});

it('lets no time go back where the clocks differ', () => {
  const joined = join({ events, spaces }, accesses, [within(7010)]);
  expect(joined[2]).toMatchObject({ from: 'within', timeNs: 150 });
});

it('names the first access in which the two differ', () => {
  const [first, second] = accesses as [GuestAccess, GuestAccess];
  const differs = [first, { ...second, value: 3n }];
  expect(() => join({ events, spaces }, differs, [])).toThrow(
    'differ: read 0x1008/4 = 0x2 after 200 ns, but read 0x1008/4 = 0x3.',
  );
  expect(() => join({ events, spaces }, [first], [])).toThrow('but nothing.');
  expect(() => join({ events, spaces }, [...accesses, first], [])).toThrow(
    'saw 3 accesses, QEMU 2',
  );
});
