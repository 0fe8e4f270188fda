/** What the suites of block devices share: citations, units, places, ways to lie in memory. */
import fc from 'fast-check';
import type {
  BlockDevice,
  BlockRange,
} from '../../../drivers-under-test/host/classes/block-device.ts';
import type { Citation } from '../../citation.ts';
import type { Scene } from '../../scene.ts';
import { Disk, type DiskOptions } from './disk.ts';

export const SECOND = 1e9;
export const MILLISECOND = 1e6;
export const MICROSECOND = 1e3;

/** The class contract: `drivers-under-test/host/classes/block-device.ts`. */
export const contract = (section: string): Citation => ({
  document: 'BlockDevice class contract',
  revision: '1',
  section,
  basis: 'read',
});

/** Where the semantics come from. Its text was read in excerpts that others quote. */
export const nvme = (section?: string): Citation => ({
  document: 'NVM Express Base Specification',
  revision: '1.4',
  ...(section === undefined ? {} : { section }),
  basis: 'secondary',
});

/** Units that a clause looks at, where it looks at each. */
const UNITS_MAX = 8;

/** Starts the driver and surveys an area of one unit. */
export async function opened(
  scene: Scene,
  area: BlockRange,
  options: DiskOptions = {},
): Promise<Disk> {
  await scene.start();
  const disk = await Disk.open(scene, options);
  await disk.survey(area);
  return disk;
}

/** A disk on each unit; the driver is started. */
export async function everyUnit(scene: Scene): Promise<Disk[]> {
  const device = await scene.start<BlockDevice>();
  const count = Math.min(UNITS_MAX, await device.units());
  const disks: Disk[] = [];
  for (let unit = 0; unit < count; unit++) disks.push(await Disk.open(scene, { unit }));
  return disks;
}

/** Where most clauses work: enough blocks for overlaps, few enough for frequent ones. */
export const AREA: BlockRange = { lba: 64, blocks: 12 };

/** Beginnings of pieces, around words, blocks and pages. */
const OFFSETS = [0, 4, 12, 508, 516, 2044, 4088, 4092] as const;

export const someLayout = fc.record({
  offset: fc.constantFrom(...OFFSETS),
  cuts: fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 4 }),
});
