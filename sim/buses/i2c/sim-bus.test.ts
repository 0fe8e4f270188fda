import { setImmediate as settled } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { World } from '../../kernel/world.ts';
import { I2C_BYTES_MAX, I2C_MESSAGES_MAX, type I2cMessage, type I2cOutcome } from './bus.ts';
import { type I2cTarget, SimI2cBus, type SimI2cOptions } from './sim-bus.ts';

const ADDRESS = 0x50;
/** Nine clocks at 100 kHz. */
const BYTE_NS = 90_000;

/** Tells what reaches it; acknowledges so many bytes; reads count up. */
class Probe implements I2cTarget {
  readonly seen: string[] = [];
  stretch = 0;
  #next = 0x10;
  readonly #acknowledges: number;

  constructor(acknowledges = Infinity) {
    this.#acknowledges = acknowledges;
  }

  start(isRead: boolean): boolean {
    this.seen.push(isRead ? 'start read' : 'start write');
    return true;
  }

  write(byte: number): boolean {
    this.seen.push(`write ${byte}`);
    return this.seen.filter((each) => each.startsWith('write')).length <= this.#acknowledges;
  }

  read(last: boolean): number {
    this.seen.push(last ? 'last read' : 'read');
    return this.#next++;
  }

  stop(): void {
    this.seen.push('stop');
  }

  stretchNs(): number {
    return this.stretch;
  }
}

function bus(options: SimI2cOptions = {}) {
  const world = new World({ seed: 1, settle: () => settled() });
  const wires = new SimI2cBus(world, options);
  const transfer = (...messages: I2cMessage[]) => {
    let outcome: I2cOutcome | undefined;
    wires.transfer(messages, (value) => (outcome = value));
    expect(outcome).toBeUndefined();
    while (outcome === undefined && world.now < 1e9) world.advance(1000);
    return outcome;
  };
  return { world, wires, transfer };
}

const write = (...bytes: number[]): I2cMessage => ({
  address: ADDRESS,
  write: Uint8Array.from(bytes),
});

describe('a transfer', () => {
  test('is start, bytes, repeated start, bytes, one stop', () => {
    const { wires, transfer } = bus();
    const probe = new Probe();
    wires.attach(ADDRESS, probe);
    const outcome = transfer(write(7), { address: ADDRESS, read: 2 });
    const read = [Uint8Array.of(0x10, 0x11)];
    expect(outcome).toEqual({ end: 'done', message: 2, bytes: 2, read });
    expect(probe.seen).toEqual([
      'start write',
      'write 7',
      'start read',
      'read',
      'last read',
      'stop',
    ]);
  });

  test('takes nine clocks for each byte and address', () => {
    const { world, wires, transfer } = bus();
    wires.attach(ADDRESS, new Probe());
    transfer(write(1, 2));
    expect(world.now).toBe(3 * BYTE_NS);
  });

  test('to nobody ends at its address', () => {
    const { transfer } = bus();
    const expected = { end: 'no-address', message: 0, bytes: 0, read: [] };
    expect(transfer(write(1))).toEqual(expected);
  });

  test('ends with a stop at the byte that is not acknowledged', () => {
    const { wires, transfer } = bus();
    const probe = new Probe(1);
    wires.attach(ADDRESS, probe);
    const expected = { end: 'no-data', message: 0, bytes: 1, read: [] };
    expect(transfer(write(1, 2, 3))).toEqual(expected);
    expect(probe.seen).toEqual(['start write', 'write 1', 'write 2', 'stop']);
  });

  test('waits while the clock is held, but not for ever', () => {
    const { world, wires, transfer } = bus({ stretchMaxNs: 500_000 });
    const probe = new Probe();
    wires.attach(ADDRESS, probe);
    probe.stretch = 500_000;
    expect(transfer(write(1))?.end).toBe('done');
    expect(world.now).toBe(2 * (BYTE_NS + 500_000));
    probe.stretch = 500_001;
    expect(transfer(write(1))?.end).toBe('timeout');
  });

  test('with ten bits of address is not one with seven', () => {
    const { world, wires, transfer } = bus();
    wires.attach(ADDRESS, new Probe(), true);
    expect(transfer(write())?.end).toBe('no-address');
    const from = world.now;
    expect(transfer({ ...write(), tenBit: true })?.end).toBe('done');
    expect(world.now - from).toBe(2 * BYTE_NS);
  });
});

describe('refused', () => {
  test.each([
    ['no message', []],
    ['too many messages', Array.from({ length: I2C_MESSAGES_MAX + 1 }, () => write())],
    ['an address of eight bits', [{ address: 0x80, write: new Uint8Array(0) }]],
    ['an empty read', [{ address: ADDRESS, read: 0 }]],
    ['a read too long', [{ address: ADDRESS, read: I2C_BYTES_MAX + 1 }]],
  ] as const)('%s', (_, messages) => {
    const { wires } = bus();
    expect(() => wires.transfer(messages, () => {})).toThrow(RangeError);
  });

  test('a transfer during another one, and an address that is taken', () => {
    const { wires } = bus();
    wires.transfer([write(1)], () => {});
    expect(() => wires.transfer([write(1)], () => {})).toThrow('under way');
    wires.attach(ADDRESS, new Probe());
    expect(() => wires.attach(ADDRESS, new Probe())).toThrow('cannot have address');
  });
});
