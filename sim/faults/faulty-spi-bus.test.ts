import { setImmediate as settled } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { SpiSegment } from '../buses/spi/bus.ts';
import { SimSpiBus } from '../buses/spi/sim-bus.ts';
import { World } from '../kernel/world.ts';
import { withSpiFaults } from './faulty-spi-bus.ts';
import type { SpiFault } from './spi-plan.ts';

const READ: readonly SpiSegment[] = [{ write: Uint8Array.of(0x03) }, { read: 3 }];

function bus(...plan: SpiFault[]) {
  const world = new World({ seed: 1, settle: () => settled() });
  const inner = new SimSpiBus(world);
  const heard: number[] = [];
  inner.attach(0, {
    modes: [0],
    select: () => {},
    exchange: (byte, _, isRead) => {
      if (!isRead) heard.push(byte);
      return 0x42;
    },
    deselect: () => {},
  });
  const wires = withSpiFaults(inner, plan, world);
  const read = () => {
    const results: (readonly Uint8Array[])[] = [];
    wires.transfer(0, READ, (bytes) => results.push(bytes));
    world.advance(1_000_000);
    return [...(results[0]?.[0] ?? [])];
  };
  return { read, heard };
}

test('bits flip in what is written and in what is read', () => {
  const flip = (at: number) => ({ kind: 'flipped-bits', at, bits: 1 }) as const;
  const { read, heard } = bus(flip(1), flip(3));
  expect(read()).toEqual([0x42, 0x43, 0x42]);
  expect(heard).toEqual([0x02]);
});

test('of answers alone bits flip on the way back only', () => {
  const flip = (at: number) => ({ kind: 'flipped-bits', at, bits: 1, onlyAnswers: true }) as const;
  const { read, heard } = bus(flip(1), flip(3));
  expect(read()).toEqual([0x42, 0x43, 0x42]);
  expect(heard).toEqual([0x03]);
});

test('data float for so many bytes', () => {
  const { read } = bus({ kind: 'floating-data', at: 3, bytes: 1, value: 0 });
  expect(read()).toEqual([0x42, 0, 0x42]);
});

test('a lost transaction reaches nobody, the next one does', () => {
  const { read, heard } = bus({ kind: 'lost-transaction', at: 1 });
  expect(read()).toEqual([0xff, 0xff, 0xff]);
  expect(heard).toEqual([]);
  expect(read()).toEqual([0x42, 0x42, 0x42]);
});

test('an unplugged device answers nothing from that byte on', () => {
  const { read } = bus({ kind: 'unplugged', at: 4 });
  expect(read()).toEqual([0x42, 0x42, 0xff]);
  expect(read()).toEqual([0xff, 0xff, 0xff]);
});
