import { setImmediate as settled } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { World } from '../../kernel/world.ts';
import type { SpiSegment } from './bus.ts';
import { SimSpiBus } from './sim-bus.ts';

function bus() {
  const world = new World({ seed: 1, settle: () => settled() });
  const wires = new SimSpiBus(world);
  const seen: string[] = [];
  wires.attach(0, {
    modes: [0, 3],
    select: () => seen.push('select'),
    exchange: (byte) => {
      seen.push(`byte ${byte}`);
      return 255 - byte;
    },
    deselect: () => seen.push('deselect'),
  });
  const transfer = (select: number, ...segments: SpiSegment[]) => {
    const results: (readonly Uint8Array[])[] = [];
    wires.transfer(select, segments, (read) => results.push(read));
    world.advance(1_000_000);
    return results[0];
  };
  return { world, wires, seen, transfer };
}

test('a transaction is one select, bytes both ways, one deselect', () => {
  const { seen, transfer } = bus();
  const read = transfer(0, { write: Uint8Array.of(1) }, { write: Uint8Array.of(2), read: 1 });
  expect(read).toEqual([Uint8Array.of(253)]);
  expect(seen).toEqual(['select', 'byte 1', 'byte 2', 'deselect']);
});

test('in a mode that it does not know, or at another select, a device hears nothing', () => {
  const { wires, seen, transfer } = bus();
  wires.configure(0, { mode: 1, clockHz: 1e6 });
  expect(transfer(0, { read: 1 })).toEqual([Uint8Array.of(0xff)]);
  expect(transfer(1, { read: 1 })).toEqual([Uint8Array.of(0xff)]);
  expect(seen).toEqual([]);
});

test('four lines take a quarter of the clocks', () => {
  const { world, wires } = bus();
  wires.configure(0, { mode: 0, clockHz: 1e6 });
  const ends: number[] = [];
  wires.transfer(0, [{ read: 4, lines: 4 }], () => ends.push(world.now));
  world.advance(1_000_000);
  expect(ends).toEqual([8000]);
});

test('refuses a second transaction, a taken select, and a clock that stands', () => {
  const { wires } = bus();
  wires.transfer(0, [{ read: 1 }], () => {});
  expect(() => wires.transfer(0, [{ read: 1 }], () => {})).toThrow('under way');
  expect(() => wires.configure(0, { mode: 0, clockHz: 0 })).toThrow('no clock');
  expect(() => wires.transfer(0, [], () => {})).toThrow(RangeError);
});
