import { setImmediate as settled } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { I2cMessage, I2cOutcome } from '../buses/i2c/bus.ts';
import { SimI2cBus } from '../buses/i2c/sim-bus.ts';
import { EventKind } from '../kernel/journal.ts';
import { World } from '../kernel/world.ts';
import { withI2cFaults } from './faulty-i2c-bus.ts';
import type { I2cFault } from './i2c-plan.ts';

const ADDRESS = 0x50;
/** Three bytes each on the wire. */
const WRITE: I2cMessage = { address: ADDRESS, write: Uint8Array.of(1, 2) };
const READ: I2cMessage = { address: ADDRESS, read: 2 };

function bus(...plan: I2cFault[]) {
  const world = new World({ seed: 1, settle: () => settled() });
  const inner = new SimI2cBus(world);
  const written: number[] = [];
  inner.attach(ADDRESS, {
    start: () => true,
    write: (byte) => written.push(byte) > 0,
    read: () => 0x42,
    stop: () => {},
  });
  const faults: string[] = [];
  world.journal.observe(EventKind.Fault, (at) => faults.push(world.journal.textAt(at)));
  const wires = withI2cFaults(inner, plan, world);
  const transfer = (...messages: I2cMessage[]) => {
    const ends: I2cOutcome[] = [];
    wires.transfer(messages, (outcome) => ends.push(outcome));
    world.advance(10_000_000);
    return ends[0];
  };
  return { world, inner, wires, transfer, written, faults };
}

test('without a plan the bus is the bus', () => {
  const { wires, inner } = bus();
  expect(wires).toBe(inner);
});

test('the byte that is not acknowledged ends the transfer, those before it arrive', () => {
  const { transfer, written, faults } = bus({ kind: 'no-acknowledge', at: 3, bytes: 1 });
  expect(transfer(WRITE)).toEqual({ end: 'no-data', message: 0, bytes: 1, read: [] });
  expect(written).toEqual([1]);
  expect(faults).toHaveLength(1);
  expect(transfer(WRITE)?.end).toBe('done');
});

test('bits flip in what is written and in what is read, once', () => {
  const flip = (at: number) => ({ kind: 'flipped-bits', at, bits: 0x80 }) as const;
  const { transfer, written } = bus(flip(2), flip(6));
  expect(transfer(WRITE, READ)?.read).toEqual([Uint8Array.of(0x42, 0xc2)]);
  expect(written).toEqual([0x81, 2]);
  expect(transfer(READ)?.read).toEqual([Uint8Array.of(0x42, 0x42)]);
});

test('a stuck bus stays stuck until nine clocks', () => {
  const { world, wires, transfer } = bus({ kind: 'stuck-data', at: 2 });
  expect([transfer(WRITE)?.end, transfer(WRITE)?.end]).toEqual(['stuck', 'stuck']);
  wires.recover(() => {});
  world.advance(1_000_000);
  expect(transfer(WRITE)?.end).toBe('done');
});

test('a bus that is stuck for longer tells so after nine clocks', () => {
  const { world, wires, transfer } = bus({ kind: 'stuck-data', at: 1, recoveries: 2 });
  transfer(WRITE);
  const free: boolean[] = [];
  const recover = () => {
    wires.recover((isFree) => free.push(isFree));
    world.advance(1_000_000);
    return transfer(WRITE)?.end;
  };
  expect([recover(), recover(), free]).toEqual(['stuck', 'done', [false, true]]);
});

test('lost arbitration passes, an unplugged device never answers again', () => {
  const { transfer } = bus({ kind: 'lost-arbitration', at: 1 }, { kind: 'unplugged', at: 5 });
  const ends = [0, 1, 2, 3].map(() => transfer(WRITE)?.end);
  expect(ends).toEqual(['arbitration-lost', 'done', 'no-address', 'no-address']);
});
