/** The first and the last block, nothing at all, one too many, and memory that is no memory. */
import fc from 'fast-check';
import type {
  BlockDevice,
  BlockSegment,
} from '../../../drivers-under-test/host/classes/block-device.ts';
import { clientBuffer } from '../../../drivers-under-test/host/client-memory.ts';
import { kIOMemoryDirectionInOut } from '../../../drivers-under-test/host/io-memory-descriptor.ts';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { watchAccesses } from '../accesses.ts';
import { WHOLE } from './client-buffers.ts';
import type { Disk } from './disk.ts';
import { contract, everyUnit, someLayout } from './facts.ts';
import { verified } from './workload.ts';

/** Larger transfers than this are not tried where a unit allows them. */
const TRANSFER_BYTES_MAX = 1_048_576;
const REFUSED = ['kIOReturnBadArgument'] as const;

function segmentOf(scene: Scene, bytes: number): BlockSegment {
  const buffer = clientBuffer(scene.memory, kIOMemoryDirectionInOut, bytes);
  return { buffer, offset: 0, length: bytes };
}

/** The calls of transfer, with what they are given; every one must be refused untouched. */
async function refuses(
  scene: Scene,
  device: BlockDevice,
  what: string,
  given: { readonly lba: number; readonly segments: readonly BlockSegment[] },
): Promise<void> {
  const accesses = watchAccesses(scene);
  const { lba, segments } = given;
  await expect.fails(() => device.read(0, lba, segments), REFUSED, `read ${what}`);
  await expect.fails(() => device.write(0, lba, segments), REFUSED, `write ${what}`);
  expect.equal(accesses.count, 0, `accesses for a transfer ${what}`);
}

function most({ geometry }: Disk): number {
  const bytes = Math.min(geometry.maxTransferBlocks * geometry.blockBytes, TRANSFER_BYTES_MAX);
  return Math.min(geometry.blocks, bytes / geometry.blockBytes);
}

export const boundaries = suite({
  id: 'block-device/boundaries',
  for: { class: 'BlockDevice' },
  clauses: [
    {
      id: 'first-and-last',
      cite: contract('read, write'),
      text: 'The first and the last block of every unit are written and read, and no others.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-02', 'BC-25'],
      async check(scene) {
        for (const disk of await everyUnit(scene)) {
          const { blocks } = disk.geometry;
          const ends = [
            { lba: 0, blocks: 3 },
            { lba: blocks - 3, blocks: 3 },
          ];
          for (const end of ends) await disk.survey(end);
          await disk.write(0, 1);
          await disk.write(blocks - 1, 1);
          for (const end of ends) await verified(disk, end);
        }
      },
    },
    {
      id: 'largest',
      cite: contract('BlockGeometry.maxTransferBlocks'),
      text: 'A transfer of the largest size is carried out whole, at the very end of the unit too.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-01', 'BC-25'],
      async check(scene) {
        for (const disk of await everyUnit(scene)) {
          const blocks = most(disk);
          const places = [0, disk.geometry.blocks - blocks];
          for (const lba of places) await disk.survey({ lba, blocks });
          for (const lba of places) await disk.write(lba, blocks);
          for (const lba of places) await disk.read(lba, blocks, { offset: 4092, cuts: [] });
          disk.history.verify();
        }
      },
    },
    {
      id: 'too-large',
      cite: contract('read, kIOReturnBadArgument'),
      text: 'A transfer of one block more than the largest is refused without touching the device.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-01', 'BC-27'],
      async check(scene) {
        const [disk] = await everyUnit(scene);
        if (disk === undefined || disk.geometry.maxTransferBlocks !== most(disk)) return;
        const bytes = (disk.geometry.maxTransferBlocks + 1) * disk.geometry.blockBytes;
        const segments = [segmentOf(scene, bytes)];
        await refuses(scene, disk.device, 'that is too large', { lba: 0, segments });
      },
    },
    {
      id: 'beyond',
      cite: contract('read, kIOReturnBadArgument'),
      text: 'A transfer that leaves the unit, wholly or by a block, is refused untouched.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-02', 'BC-26', 'BC-27'],
      async check(scene) {
        const [disk] = await everyUnit(scene);
        if (disk === undefined) return;
        const { blocks, blockBytes } = disk.geometry;
        const segments = [segmentOf(scene, 2 * blockBytes)];
        const places = [blocks - 1, blocks, blocks + 1, 2 ** 32, 2 ** 32 + blocks, 2 ** 53, -1];
        for (const lba of [...places, 0.5, Number.NaN, Infinity]) {
          await refuses(scene, disk.device, `at ${lba}`, { lba, segments });
        }
      },
    },
    {
      id: 'no-whole-blocks',
      cite: contract('read, kIOReturnBadArgument'),
      text: 'A transfer of nothing, or of no whole blocks, is refused untouched.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-25', 'BC-27'],
      async check(scene) {
        const [disk] = await everyUnit(scene);
        if (disk === undefined) return;
        const { blockBytes } = disk.geometry;
        const { buffer } = segmentOf(scene, 2 * blockBytes);
        const wrong: Readonly<Record<string, readonly BlockSegment[]>> = {
          'of no segments': [],
          'of an empty segment': [{ buffer, offset: 0, length: 0 }],
          'of half a block': [{ buffer, offset: 0, length: blockBytes / 2 }],
          'of a block and four bytes': [{ buffer, offset: 0, length: blockBytes + 4 }],
          'of pieces that make no blocks': [
            { buffer, offset: 0, length: blockBytes },
            { buffer, offset: blockBytes, length: blockBytes - 4 },
          ],
        };
        for (const [what, segments] of Object.entries(wrong)) {
          await refuses(scene, disk.device, what, { lba: 0, segments });
        }
      },
    },
    {
      id: 'bad-segments',
      cite: contract('BlockSegment'),
      text: 'Segments outside of their buffers, or at no multiple of four, are refused untouched.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-01', 'BC-17', 'BC-27'],
      async check(scene) {
        const [disk] = await everyUnit(scene);
        if (disk === undefined) return;
        const { blockBytes: length } = disk.geometry;
        const { buffer } = segmentOf(scene, 2 * length);
        const released = segmentOf(scene, length);
        released.buffer.release();
        const wrong: Readonly<Record<string, BlockSegment>> = {
          'behind its buffer': { buffer, offset: 2 * length, length },
          'over the end of its buffer': { buffer, offset: length + 4, length },
          'before its buffer': { buffer, offset: -4, length },
          'at an odd byte': { buffer, offset: 1, length },
          'at two': { buffer, offset: 2, length },
          'of negative length': { buffer, offset: length, length: -length },
          'of memory that was released': released,
        };
        for (const [what, segment] of Object.entries(wrong)) {
          await refuses(scene, disk.device, what, { lba: 0, segments: [segment] });
        }
      },
    },
    property({
      id: 'scattered',
      cite: contract('BlockSegment'),
      text: 'Pieces at any multiple of four are filled and taken in their order, and only they.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-01', 'BC-17', 'BC-25'],
      given: fc.tuple(
        fc.integer({ min: 1, max: 40 }),
        fc.record({ out: someLayout, back: someLayout }),
      ),
      show: ([blocks, { out, back }]) => [
        `write ${blocks} blocks: ${JSON.stringify(out)}`,
        `read them: ${JSON.stringify(back)}`,
      ],
      async check(scene, [wanted, { out, back }]) {
        for (const disk of await everyUnit(scene)) {
          const blocks = Math.min(wanted, most(disk));
          await disk.survey({ lba: 8, blocks });
          await disk.write(8, blocks, { layout: out });
          await disk.read(8, blocks, back);
          disk.history.verify();
        }
      },
    }),
    {
      id: 'every-count',
      cite: contract('read, write'),
      text: 'Transfers of every count of blocks around pages are carried out whole.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-02', 'BC-25'],
      async check(scene) {
        for (const disk of await everyUnit(scene)) {
          const perPage = Math.max(1, 4096 / disk.geometry.blockBytes);
          const pages = [1, 2, 3, 4];
          const counts = pages.flatMap((page) => [page * perPage - 1, page * perPage + 1]);
          const all = [...new Set([1, ...pages.map((page) => page * perPage), ...counts])];
          const blocks = Math.max(...all);
          await disk.survey({ lba: 16, blocks });
          for (const count of all.filter((one) => one >= 1 && one <= most(disk))) {
            await disk.write(16, count);
            await disk.read(16, count, { ...WHOLE, offset: 2044 });
          }
          disk.history.verify();
        }
      },
    },
  ],
});
