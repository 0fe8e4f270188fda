/**
 * What lasts. The power is cut at any instant: what was flushed or written with FUA is there
 * afterwards; of everything else each block holds what it held or what was written to it since,
 * whole, in any order.
 */
import fc from 'fast-check';
import type { BlockRange } from '../../../drivers-under-test/host/classes/block-device.ts';
import { kIOServicePowerCapabilityOff } from '../../../drivers-under-test/host/io-service.ts';
import { END, enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { places } from '../driver/attempt.ts';
import { WHOLE } from './client-buffers.ts';
import type { Disk } from './disk.ts';
import { AREA, MICROSECOND, contract, everyUnit, nvme, opened } from './facts.ts';
import { type Step, play, showSteps, someSteps, verified } from './workload.ts';

/** Nothing of a workload is pending after that. */
const OVER_US = 100_000;
/** Instants of the enumeration, and the time between two of them. */
const INSTANTS = 800;
const INSTANT_US = 5;

/** After the power came back: the driver starts, and finds what may have survived. */
async function survivors(scene: Scene, before: Disk, area: BlockRange): Promise<Disk> {
  before.history.close();
  scene.cutPower();
  await scene.start();
  const disk = await before.reopened();
  await disk.verifySurvival(before, area);
  return disk;
}

/** What it wrote lasts, and it works on what it found. */
async function stillWorks(scene: Scene, disk: Disk, area: BlockRange): Promise<void> {
  await disk.write(area.lba, 2, { fua: true });
  await disk.read(area.lba, 3);
  await survivors(scene, disk, area);
}

/** Plays steps, and the power is cut so long after the first of them. True when all had ended. */
async function cutDuring(
  scene: Scene,
  disk: Disk,
  { steps, us }: { readonly steps: readonly Step[]; readonly us: number },
): Promise<boolean> {
  let over = false;
  const playing = play(scene, disk, steps, { area: AREA }).then(() => (over = true));
  // After the cut nobody waits for it.
  playing.catch(() => {});
  await Promise.race([playing, scene.pass(us * MICROSECOND)]);
  return over;
}

const write = (at: number, blocks: number, fua = false): Step => {
  return { do: 'write', at, blocks, fua, layout: WHOLE };
};

/** Writes over each other, flushes and FUA, with and without waiting: a bit of everything. */
const WORKLOAD: readonly Step[] = [
  write(0, 6),
  write(4, 6),
  { do: 'wait' },
  write(2, 2, true),
  { do: 'flush' },
  write(0, 4),
  { do: 'wait' },
  { do: 'flush' },
  write(0, 6),
  write(6, 6, true),
  { do: 'wait' },
  write(5, 3),
  { do: 'read', at: 0, blocks: 6, layout: WHOLE },
  { do: 'wait' },
  { do: 'flush' },
  { do: 'wait' },
];

/** Mostly early, where much is pending; now and then late. */
const someInstant = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 400 }) },
  { weight: 2, arbitrary: fc.nat({ max: 4000 }) },
  { weight: 1, arbitrary: fc.constant(OVER_US) },
);

export const durability = suite({
  id: 'block-device/durability',
  for: { class: 'BlockDevice' },
  clauses: [
    {
      id: 'flush',
      cite: contract('flush'),
      text: 'What had been written when a flush was asked for survives a power cut after its end.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut'],
      bugClasses: ['BC-16', 'BC-25'],
      async check(scene) {
        for (const { unit } of await everyUnit(scene)) {
          if (scene.started) await scene.stop();
          const disk = await opened(scene, AREA, { unit });
          await disk.write(AREA.lba, AREA.blocks);
          await disk.flush();
          await survivors(scene, disk, AREA);
        }
      },
    },
    {
      id: 'fua',
      cite: contract('write, fua'),
      text: 'What was written with FUA survives a power cut; a flush is not needed.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut'],
      bugClasses: ['BC-16', 'BC-25'],
      async check(scene) {
        const disk = await opened(scene, AREA);
        await disk.write(AREA.lba, AREA.blocks);
        await disk.write(AREA.lba + 1, 5, { fua: true });
        await disk.write(AREA.lba + 8, 1, { fua: true });
        await survivors(scene, disk, AREA);
      },
    },
    {
      id: 'zeroes',
      cite: contract('writeZeroes, flush'),
      text: 'Zeroes that were flushed survive a power cut.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut'],
      ics: ['writeZeroes'],
      bugClasses: ['BC-16', 'BC-25'],
      async check(scene) {
        const disk = await opened(scene, AREA);
        await disk.write(AREA.lba, AREA.blocks);
        await disk.flush();
        await disk.writeZeroes({ lba: AREA.lba + 2, blocks: 4 });
        await disk.flush();
        await survivors(scene, disk, AREA);
      },
    },
    {
      id: 'stop',
      cite: nvme('Shutdown'),
      text: 'A driver that was stopped in order has left nothing that a power cut could take.',
      level: 'should',
      subject: 'driver',
      needs: ['power-cut'],
      bugClasses: ['BC-19', 'BC-20'],
      async check(scene) {
        const disk = await opened(scene, AREA);
        await disk.write(AREA.lba, AREA.blocks);
        const written = disk.history.operations.at(-1)?.id;
        await scene.stop();
        const after = await survivors(scene, disk, AREA);
        const values = [...(await after.look(AREA)).values()];
        const kept = values.every((value) => value === written);
        expect.that(kept, 'what was written before Stop', 'all of it', 'less');
      },
    },
    {
      id: 'sleep',
      cite: nvme('Shutdown'),
      text: 'A driver that sleeps has left nothing that a power cut could take.',
      level: 'should',
      subject: 'driver',
      needs: ['power-cut'],
      bugClasses: ['BC-20'],
      async check(scene) {
        const disk = await opened(scene, AREA);
        await disk.write(AREA.lba, AREA.blocks);
        const written = disk.history.operations.at(-1)?.id;
        await scene.power(kIOServicePowerCapabilityOff);
        const after = await survivors(scene, disk, AREA);
        const values = [...(await after.look(AREA)).values()];
        const kept = values.every((value) => value === written);
        expect.that(kept, 'what was written before the sleep', 'all of it', 'less');
      },
    },
    enumerated({
      id: 'every-instant',
      cite: nvme('Atomic Operations, AWUPF and NAWUPF'),
      text: `Cut at any instant of a workload, each ${INSTANT_US} us, the unit holds a legal state.`,
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut', 'virtual-time'],
      bugClasses: ['BC-13', 'BC-16', 'BC-28'],
      every: places(INSTANTS),
      async check(scene, instant) {
        const disk = await opened(scene, AREA);
        const us = (instant - 1) * INSTANT_US;
        const over = await cutDuring(scene, disk, { steps: WORKLOAD, us });
        await survivors(scene, disk, AREA);
        if (over) return END;
      },
    }),
    property({
      id: 'torture',
      cite: nvme('Atomic Operations, AWUPF and NAWUPF'),
      text: 'Cut at any instant of any workload, again and again, the unit holds a legal state.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut', 'virtual-time'],
      bugClasses: ['BC-13', 'BC-16', 'BC-28'],
      given: fc.array(fc.record({ steps: someSteps(25), us: someInstant }), {
        minLength: 1,
        maxLength: 3,
      }),
      show: (rounds) =>
        rounds.flatMap(({ steps, us }) => [...showSteps(steps), `power cut after ${us} us`]),
      async check(scene, rounds) {
        let disk = await opened(scene, AREA);
        for (const round of rounds) {
          await cutDuring(scene, disk, round);
          disk = await survivors(scene, disk, AREA);
        }
        await stillWorks(scene, disk, AREA);
      },
    }),
    {
      id: 'no-cut',
      cite: contract('flush'),
      text: 'Flushes, one after the other and many at once, all end and change nothing.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-13', 'BC-24'],
      async check(scene) {
        for (const disk of await everyUnit(scene)) {
          await disk.survey(AREA);
          await disk.flush();
          await disk.write(AREA.lba, 3);
          await Promise.all(places(5).map(() => disk.flush()));
          await verified(disk, AREA);
        }
      },
    },
  ],
});
