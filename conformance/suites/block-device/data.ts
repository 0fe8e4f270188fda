/** What is written is read: whoever else is at it, in whatever order, however much at once. */
import fc from 'fast-check';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { places } from '../driver/attempt.ts';
import { AREA, contract, everyUnit, nvme, opened } from './facts.ts';
import { play, showSteps, someSteps, verified } from './workload.ts';

/** More than the queues of a device take at once; fewer where time is real. */
const MANY = { virtual: 1500, real: 150 };
const UNITS = 2;

export const data = suite({
  id: 'block-device/data',
  for: { class: 'BlockDevice' },
  clauses: [
    {
      id: 'read-back',
      cite: contract('read, write'),
      text: 'A read that begins after a write has ended sees it.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-16', 'BC-25'],
      async check(scene) {
        for (const disk of await everyUnit(scene)) {
          await disk.survey(AREA);
          for (const at of [0, 3, 1, 2]) {
            await disk.write(AREA.lba + at, 2);
            await disk.read(AREA.lba + at, 2);
          }
          await verified(disk, AREA);
        }
      },
    },
    property({
      id: 'concurrent',
      cite: nvme('Atomic Operations, AWUN and NAWUN'),
      text: 'Overlapping operations in flight at once leave and see each block as some order of them does.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-13', 'BC-16', 'BC-23'],
      given: fc.tuple(fc.nat({ max: UNITS - 1 }), someSteps(30)),
      show: ([unit, steps]) => [`on unit ${unit}`, ...showSteps(steps)],
      async check(scene, [wanted, steps]) {
        const disks = await everyUnit(scene);
        const disk = disks[wanted % disks.length];
        if (disk === undefined) return;
        await disk.survey(AREA);
        await play(scene, disk, steps, { area: AREA });
        await verified(disk, AREA);
      },
    }),
    property({
      id: 'at-the-end',
      cite: contract('read, write'),
      text: 'The same holds in the last blocks of a unit, which nobody reads or writes beyond.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-02', 'BC-23'],
      given: someSteps(12),
      show: showSteps,
      async check(scene, steps) {
        for (const disk of await everyUnit(scene)) {
          const area = { lba: disk.geometry.blocks - AREA.blocks, blocks: AREA.blocks };
          await disk.survey(area);
          await play(scene, disk, steps, { area });
          await verified(disk, area);
        }
      },
    }),
    {
      id: 'units-apart',
      cite: contract('introduction'),
      text: 'What is written to one unit is on that unit alone.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-02', 'BC-23'],
      async check(scene) {
        const disks = await everyUnit(scene);
        for (const disk of disks) await disk.survey(AREA);
        await Promise.all(
          disks.map(async (disk) => {
            await disk.write(AREA.lba, 4);
            await disk.flush();
          }),
        );
        for (const disk of disks) await verified(disk, AREA);
      },
    },
    {
      id: 'many',
      cite: contract('introduction'),
      text: 'Hundreds of writes to places of their own, and then of reads, at once, get them right.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-02', 'BC-13', 'BC-24', 'BC-26'],
      async check(scene) {
        const wanted = scene.target.offers.has('virtual-time') ? MANY.virtual : MANY.real;
        const [disk] = await everyUnit(scene);
        if (disk === undefined) return;
        const blocks = Math.min(wanted, disk.geometry.blocks);
        await disk.survey({ lba: 0, blocks });
        const lbas = places(blocks).map((place) => place - 1);
        await Promise.all(lbas.map((lba) => disk.write(lba, 1)));
        await Promise.all(lbas.map((lba) => disk.read(lba, 1)));
        disk.history.verify();
      },
    },
    {
      id: 'zeroes',
      cite: contract('writeZeroes'),
      text: 'After write zeroes the range reads as zeros, and its neighbours as before.',
      level: 'shall',
      subject: 'driver',
      ics: ['writeZeroes'],
      bugClasses: ['BC-02', 'BC-25'],
      async check(scene) {
        for (const disk of await everyUnit(scene)) {
          await disk.survey(AREA);
          await disk.write(AREA.lba, AREA.blocks);
          await disk.writeZeroes({ lba: AREA.lba + 2, blocks: 5 });
          await verified(disk, AREA);
          await disk.write(AREA.lba + 3, 2);
          await verified(disk, AREA);
        }
      },
    },
    {
      id: 'trim',
      cite: contract('trim'),
      text: 'A trimmed block reads as before, as zeros or as ones, and stays so; others as before.',
      level: 'shall',
      subject: 'driver',
      ics: ['trim'],
      bugClasses: ['BC-02', 'BC-25'],
      async check(scene) {
        for (const disk of await everyUnit(scene)) {
          await disk.survey(AREA);
          await disk.write(AREA.lba, AREA.blocks);
          await disk.trim([
            { lba: AREA.lba + 1, blocks: 1 },
            { lba: AREA.lba + 4, blocks: 3 },
            { lba: AREA.lba + 9, blocks: 2 },
          ]);
          for (let round = 0; round < 3; round++) await verified(disk, AREA);
          await disk.write(AREA.lba + 4, 3);
          await verified(disk, AREA);
        }
      },
    },
    {
      id: 'trim-many',
      cite: contract('trim'),
      text: 'Hundreds of ranges are trimmed by one call, and no block outside of them.',
      level: 'shall',
      subject: 'driver',
      ics: ['trim'],
      bugClasses: ['BC-02', 'BC-25', 'BC-26'],
      async check(scene) {
        const ranges = places(300).map((place) => ({ lba: place * 3, blocks: 1 }));
        const area = { lba: 0, blocks: 910 };
        const disk = await opened(scene, area);
        for (let lba = 0; lba < area.blocks; lba += 10) await disk.write(lba, 10);
        await disk.trim(ranges);
        await verified(disk, area);
      },
    },
    {
      id: 'range-refused',
      cite: contract('trim, writeZeroes'),
      text: 'A trim or write zeroes beyond the unit, or of nothing, is refused and changes nothing.',
      level: 'shall',
      subject: 'driver',
      ics: ['trim', 'writeZeroes'],
      bugClasses: ['BC-02', 'BC-27'],
      async check(scene) {
        const [disk] = await everyUnit(scene);
        if (disk === undefined) return;
        const { device, geometry } = disk;
        const before = scene.accesses;
        const good = { lba: 0, blocks: 1 };
        const wrong = [
          { lba: geometry.blocks, blocks: 1 },
          { lba: geometry.blocks - 1, blocks: 2 },
          { lba: -1, blocks: 1 },
          { lba: 0, blocks: 0 },
          { lba: 0, blocks: -1 },
          { lba: 0.5, blocks: 1 },
          { lba: 0, blocks: 2 ** 53 },
        ];
        for (const range of wrong) {
          const what = JSON.stringify(range);
          await expect.fails(() => device.trim(0, [good, range]), ['kIOReturnBadArgument'], what);
          await expect.fails(() => device.writeZeroes(0, range), ['kIOReturnBadArgument'], what);
        }
        expect.equal(scene.accesses - before, 0, 'accesses for ranges that are refused');
      },
    },
    {
      id: 'zeroes-large',
      cite: contract('writeZeroes'),
      text: 'Write zeroes takes a range that is larger than any transfer.',
      level: 'shall',
      subject: 'driver',
      ics: ['writeZeroes'],
      bugClasses: ['BC-25', 'BC-26'],
      async check(scene) {
        const [disk] = await everyUnit(scene);
        if (disk === undefined) return;
        const { blocks, maxTransferBlocks } = disk.geometry;
        const count = Math.min(blocks - 2, Math.max(maxTransferBlocks + 1, 65_536 + 1));
        const ends = [0, 1, count - 1, count, count + 1].map((lba) => ({ lba, blocks: 1 }));
        for (const end of ends) await disk.survey(end);
        for (const { lba } of ends) await disk.write(lba, 1);
        await disk.writeZeroes({ lba: 1, blocks: count });
        for (const { lba } of ends) await disk.read(lba, 1);
        disk.history.verify();
      },
    },
  ],
});
