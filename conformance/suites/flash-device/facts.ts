/** What the clauses about NOR flash share. */
import type { FlashDevice } from '../../../drivers-under-test/host/classes/flash-device.ts';
import type { Citation } from '../../citation.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { pattern } from '../memory-device/facts.ts';

export { pattern };

export const CONTRACT: Citation = {
  document: 'driver-dyno, class contract FlashDevice',
  revision: '1',
  basis: 'read',
};

/** Chapters by title: the numbers of the sections were not seen. */
export const DATA_SHEET = (section: string): Citation => ({
  document: 'Winbond W25Q128JV data sheet',
  revision: 'F',
  section,
  basis: 'secondary',
});

export const JESD216 = (section: string): Citation => ({
  document: 'JEDEC JESD216, Serial Flash Discoverable Parameters',
  revision: 'B',
  section,
  basis: 'secondary',
});

export const ERASED = 0xff;

/** A started driver, its facts, and the smallest area that can be erased. */
export async function started(scene: Scene) {
  const driver = await scene.start<FlashDevice>();
  const facts = await driver.facts();
  return { driver, ...facts, sector: facts.eraseBytes[0] ?? facts.bytes };
}

export async function holds(
  driver: FlashDevice,
  offset: number,
  bytes: Uint8Array,
  what: string,
): Promise<void> {
  expect.equal(await driver.read(offset, bytes.length), bytes, what);
}

export function blank(length: number): Uint8Array {
  return new Uint8Array(length).fill(ERASED);
}
