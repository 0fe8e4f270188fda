import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import fc from 'fast-check';
import { GuestRam } from './guest-ram.ts';

const MIB = 2 ** 20;
let folder: string;
let ram: GuestRam;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dyno-ram-'));
  ram = new GuestRam(openSync(join(folder, 'ram'), 'wx+'), 2 * MIB);
});
afterEach(() => rmSync(folder, { recursive: true }));

it('gives zeroed memory that keeps what is written', () => {
  const first = ram.allocate(8);
  ram.write(first.address, Uint8Array.of(1, 2, 3));
  expect(ram.read(first.address, 4)).toEqual(Uint8Array.of(1, 2, 3, 0));
  ram.free(first);
  const again = ram.allocate(8);
  expect(again.address).toBe(first.address);
  expect(ram.read(again.address, 4)).toEqual(new Uint8Array(4));
});

it('keeps regions apart and aligned, whatever is freed in between', () => {
  const step = fc.record({
    length: fc.integer({ min: 1, max: 9000 }),
    alignment: fc.constantFrom(1, 4, 64, 4096, 65_536),
    free: fc.option(fc.nat(20)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      ram.freeAll();
      const live: { address: number; length: number }[] = [];
      for (const { length, alignment, free } of steps) {
        const region = ram.allocate(length, alignment);
        expect(region.address % alignment).toBe(0);
        expect(region.address).toBeGreaterThanOrEqual(MIB);
        for (const other of live) {
          const apart =
            region.address + length <= other.address ||
            other.address + other.length <= region.address;
          expect(apart).toBe(true);
        }
        live.push(region);
        if (free !== null) for (const gone of live.splice(free, 1)) ram.free(gone);
      }
    }),
    { numRuns: 50 },
  );
});

it.each([
  [0, 1],
  [-1, 1],
  [1.5, 1],
  [Number.NaN, 1],
  [1, 0],
  [1, -4],
  [MIB + 1, 1],
])('refuses %s bytes aligned to %s', (length, alignment) => {
  expect(() => ram.allocate(length, alignment)).toThrow(RangeError);
});

it('refuses to reach outside', () => {
  expect(() => ram.read(2 * MIB - 1, 2)).toThrow(RangeError);
  expect(() => ram.write(-1, Uint8Array.of(1))).toThrow(RangeError);
  expect(() => ram.read(Number.NaN, 1)).toThrow(RangeError);
});
