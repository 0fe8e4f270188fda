/** What the clauses about small memories share. */
import fc from 'fast-check';
import type { MemoryDevice } from '../../../drivers-under-test/host/classes/memory-device.ts';
import type { Citation } from '../../citation.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';

export const CONTRACT: Citation = {
  document: 'driver-dyno, class contract MemoryDevice',
  revision: '1',
  basis: 'read',
};

/** Sections are those of the 24LC256's data sheet; the smaller parts have the same ones. */
export const DATA_SHEET = (section: string): Citation => ({
  document: 'Microchip 24AA256/24LC256/24FC256, DS20001203',
  revision: 'V',
  section,
  basis: 'secondary',
});

export const UM10204 = (section: string): Citation => ({
  document: 'NXP UM10204, I2C-bus specification',
  revision: '7.0',
  section,
  basis: 'secondary',
});

/** No call lasts longer, whatever happens. */
export const PATIENCE_NS = 2e9;
/** Longest write cycle (data sheet, AC characteristics), restated. */
export const CYCLE_NS = 5_000_000;

/** Bytes that tell where they belong: no two pages or neighbours are alike. */
export function pattern(offset: number, length: number, salt = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => {
    const at = offset + index;
    return (at * 7 + Math.floor(at / 256) * 13 + salt * 101) % 256;
  });
}

export interface Placed {
  /** Share of the memory, 0 .. 65535. */
  readonly at: number;
  /** Bytes off the page boundary that is nearest below. */
  readonly shift: number;
  readonly length: number;
}

const SHARES = 65_536;
const SHIFT_MAX = 3;

/** A range near a page boundary, for memories of any size. */
export const placedUpTo = (max: number): fc.Arbitrary<Placed> =>
  fc.record({
    at: fc.oneof(fc.constantFrom(0, SHARES - 1), fc.nat({ max: SHARES - 1 })),
    shift: fc.integer({ min: -SHIFT_MAX, max: SHIFT_MAX }),
    length: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max })),
  });
export const placed = placedUpTo(150);

export interface Range {
  readonly offset: number;
  readonly length: number;
}

/** Where it lies in this memory: always inside. */
export function place({ at, shift, length }: Placed, bytes: number, pageBytes: number): Range {
  const page = Math.floor((at * bytes) / SHARES / pageBytes) * pageBytes;
  const offset = Math.min(Math.max(page + shift, 0), bytes - 1);
  return { offset, length: Math.min(length, bytes - offset) };
}

/** A started driver and what it says of its memory. */
export async function started(scene: Scene) {
  const driver = await scene.start<MemoryDevice>();
  return { driver, ...(await driver.facts()) };
}

/** What the driver reads must be this. */
export async function holds(
  driver: MemoryDevice,
  offset: number,
  bytes: Uint8Array,
  what: string,
): Promise<void> {
  expect.equal(await driver.read(offset, bytes.length), bytes, what);
}
