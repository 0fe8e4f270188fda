/** What a driver makes of its clients' requests: the commands that it sends. */
import fc from 'fast-check';
import type { BlockRange } from '../../../drivers-under-test/host/classes/block-device.ts';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { Client, readBlocks, running, writeBlocks } from './clients.ts';
import { Io } from './commands.ts';
import { ALL_NAMESPACES, NAMESPACES, nvme, pattern } from './facts.ts';
import type { Sent } from './traffic.ts';

const FUA = 0x4000;
const DEALLOCATE = 4;

const span = fc.record({
  unit: fc.constantFrom(0, 1),
  lba: fc.nat({ max: 2000 }),
  blocks: fc.integer({ min: 1, max: 300 }),
});

/** First block and number of blocks of a command with a range. */
function rangeOf({ dword10, dword11, dword12 }: Sent): BlockRange {
  return { lba: dword10 + dword11 * 2 ** 32, blocks: (dword12 % 0x1_0000) + 1 };
}

/** The ranges of the commands are the wanted one, each block once. */
function expectCovers(sent: readonly Sent[], wanted: BlockRange, what: string): void {
  const ranges = sent.map(rangeOf).toSorted((a, b) => a.lba - b.lba);
  let at = wanted.lba;
  for (const { lba, blocks } of ranges) {
    expect.equal(lba, at, `the next block of the ${what}`);
    at += blocks;
  }
  expect.equal(at, wanted.lba + wanted.blocks, `the end of the ${what}`);
}

const nsidOf = (unit: number): number => NAMESPACES[unit]?.nsid ?? 0;

/** AWUPF + 1 of every controller here, at the most. */
const ATOMIC_BLOCKS = 8;

export const transfers = suite({
  id: 'nvme/transfers',
  for: { class: 'BlockDevice', device: 'nvme' },
  clauses: [
    property({
      id: 'read',
      cite: nvme('Read command'),
      text: 'A read becomes Read commands that cover each of its blocks once, in its namespace.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-17', 'BC-25'],
      given: span,
      async check(scene, { unit, lba, blocks }) {
        const { driver, traffic } = await running(scene);
        const { blockBytes, maxTransferBlocks } = await driver.geometry(unit);
        const count = Math.min(blocks, maxTransferBlocks);
        traffic.clear();
        await readBlocks(scene, driver, lba, count * blockBytes, unit);
        const sent = traffic.io(Io.Read);
        expectCovers(sent, { lba, blocks: count }, 'read');
        for (const { nsid, fuse } of sent)
          expect.equal([nsid, fuse], [nsidOf(unit), 0], 'NSID, FUSE');
        const others = traffic.commands.filter(
          ({ queue, opcode }) => queue > 0 && opcode !== Io.Read,
        );
        expect.equal(others.length, 0, 'other commands to I/O queues');
      },
    }),
    property({
      id: 'write',
      cite: nvme('Write command, Force Unit Access'),
      text: 'A write becomes Write commands that cover it; each has FUA if and only if it was asked for.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-17', 'BC-25'],
      given: fc.record({ place: span, fua: fc.boolean() }),
      async check(scene, { place: { unit, lba, blocks }, fua }) {
        const { driver, traffic } = await running(scene);
        const { blockBytes, maxTransferBlocks } = await driver.geometry(unit);
        const count = Math.min(blocks, maxTransferBlocks);
        traffic.clear();
        await writeBlocks(scene, driver, lba, pattern(count * blockBytes), { unit, fua });
        const sent = traffic.io(Io.Write);
        expectCovers(sent, { lba, blocks: count }, 'write');
        for (const { nsid, dword12 } of sent) {
          const control = Math.floor(dword12 / 0x1_0000);
          expect.equal([nsid, control], [nsidOf(unit), fua ? FUA : 0], 'NSID, control');
        }
      },
    }),
    enumerated({
      id: 'flush',
      cite: nvme('Flush command'),
      text: 'A flush becomes a Flush command for its namespace, after the writes before it ended.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-16'],
      every: [0, 1],
      async check(scene, unit) {
        const { driver, traffic } = await running(scene);
        const { blockBytes, volatileCache } = await driver.geometry(unit);
        await writeBlocks(scene, driver, 0, pattern(blockBytes), { unit });
        traffic.clear();
        await driver.flush(unit);
        const sent = traffic.io(Io.Flush);
        if (!volatileCache && sent.length === 0) return;
        expect.that(sent.length > 0, 'Flush commands', '1 or more', '0');
        for (const { nsid } of sent) {
          const fine = nsid === nsidOf(unit) || nsid === ALL_NAMESPACES;
          expect.that(fine, 'NSID', String(nsidOf(unit)), String(nsid));
        }
      },
    }),
    property({
      id: 'write-zeroes',
      cite: nvme('Write Zeroes command'),
      text: 'Write Zeroes commands cover their range, each block once, and no data are sent.',
      level: 'shall',
      subject: 'driver',
      ics: ['writeZeroes'],
      bugClasses: ['BC-25'],
      given: fc.record({ lba: fc.nat({ max: 60_000 }), blocks: fc.integer({ min: 1, max: 5000 }) }),
      async check(scene, { lba, blocks }) {
        const { driver, traffic } = await running(scene);
        const { blocks: all } = await driver.geometry(0);
        const range = { lba, blocks: Math.min(blocks, all - lba) };
        traffic.clear();
        await driver.writeZeroes(0, range);
        expectCovers(traffic.io(Io.WriteZeroes), range, 'range');
        expect.equal(traffic.io(Io.Write).length, 0, 'Write commands');
      },
    }),
    property({
      id: 'trim',
      cite: nvme('Dataset Management command'),
      text: 'A trim becomes Dataset Management with AD set, of 256 ranges or fewer, in its namespace.',
      level: 'shall',
      subject: 'driver',
      ics: ['trim'],
      bugClasses: ['BC-25'],
      given: fc.array(
        fc.record({ lba: fc.nat({ max: 60_000 }), blocks: fc.integer({ min: 1, max: 64 }) }),
        { minLength: 1, maxLength: 300 },
      ),
      async check(scene, ranges) {
        const { driver, traffic } = await running(scene);
        traffic.clear();
        await driver.trim(0, ranges);
        const sent = traffic.io(Io.DatasetManagement);
        const total = sent.reduce((sum, { dword10 }) => sum + (dword10 % 256) + 1, 0);
        expect.that(
          total >= 1 && total <= ranges.length,
          'ranges',
          `1 to ${ranges.length}`,
          `${total}`,
        );
        for (const { nsid, dword10, dword11 } of sent) {
          expect.equal([nsid, dword11], [nsidOf(0), DEALLOCATE], 'NSID, attributes');
          expect.that(dword10 <= 255, 'NR is a number of ranges less one');
        }
      },
    }),
    {
      id: 'no-wasted-commands',
      cite: nvme('Submission Queue & Completion Queue Definition'),
      text: 'A request of one page is one command, and its completion is taken before it ends.',
      level: 'should',
      subject: 'driver',
      bugClasses: ['BC-13'],
      async check(scene) {
        const { driver, traffic } = await running(scene);
        const { blockBytes } = await driver.geometry(0);
        traffic.clear();
        for (let n = 0; n < 5; n++) await readBlocks(scene, driver, n, blockBytes);
        const sent = traffic.commands.filter(({ queue }) => queue > 0);
        expect.equal(sent.length, 5, 'commands for five reads of a block');
        const taken = traffic.completions.filter(({ queue }) => queue > 0);
        expect.equal(taken.length, 5, 'completions that were taken');
      },
    },
    {
      id: 'many-at-once',
      cite: nvme('Submission Queue & Completion Queue Definition'),
      text: 'More requests at once than any queue holds all end, each with its own data.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-02', 'BC-24'],
      async check(scene) {
        const { driver } = await running(scene);
        const { blockBytes } = await driver.geometry(0);
        const COUNT = 1500;
        const area = pattern(64 * blockBytes, 3);
        await writeBlocks(scene, driver, 0, area);
        const clients = Array.from({ length: COUNT }, () => new Client(scene, blockBytes));
        await Promise.all(clients.map((client, n) => driver.read(0, n % 64, client.segments)));
        clients.forEach((client, n) => {
          const at = (n % 64) * blockBytes;
          expect.equal(client.get(), area.subarray(at, at + blockBytes), `read ${n}`);
          client.release();
        });
      },
    },
    {
      id: 'atomicity',
      cite: nvme('Identify command, Identify Controller data structure, AWUPF'),
      text: 'No more blocks are promised to be written whole than AWUPF says.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut'],
      bugClasses: ['BC-16'],
      async check(scene) {
        const { driver } = await running(scene);
        for (const unit of NAMESPACES.keys()) {
          const { atomicBlocks } = await driver.geometry(unit);
          const fits = atomicBlocks <= ATOMIC_BLOCKS;
          expect.that(fits, 'atomic blocks', `${ATOMIC_BLOCKS} or fewer`, `${atomicBlocks}`);
        }
      },
    },
    {
      id: 'geometry',
      cite: nvme('Identify command, Identify Namespace data structure'),
      text: 'Units have the sizes of their namespaces, and a volatile cache where VWC says so.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-17'],
      async check(scene) {
        const { driver } = await running(scene);
        expect.equal(await driver.units(), NAMESPACES.length, 'units');
        for (const [unit, { blockBytes }] of NAMESPACES.entries()) {
          const seen = await driver.geometry(unit);
          expect.equal(seen.blockBytes, blockBytes, 'bytes of a block');
          expect.equal(seen.blocks * blockBytes, 32 * 2 ** 20, 'bytes of the unit');
          expect.equal([seen.volatileCache, seen.readOnly], [true, false], 'cache, read only');
        }
      },
    },
  ],
});
