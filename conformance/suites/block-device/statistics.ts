/** What a driver counts and tells: requests, errors once, events. */
import type { BlockDevice } from '../../../drivers-under-test/host/classes/block-device.ts';
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { failure, places } from '../driver/attempt.ts';
import { begin } from './attempts.ts';
import { Disk } from './disk.ts';
import { AREA, MILLISECOND, SECOND, contract, nvme, opened } from './facts.ts';

const EVENTS_MAX = 100;
/** Commands of the first I/O queue, any of which may end with an error. */
const ERRORS = 12;

export const statistics = suite({
  id: 'block-device/statistics',
  for: { class: 'BlockDevice' },
  clauses: [
    {
      id: 'counts',
      cite: contract('BlockStatistics'),
      text: 'Reads, writes and flushes are counted once each; refused ones are not.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-26'],
      async check(scene) {
        const disk = await opened(scene, AREA);
        const before = await disk.device.statistics();
        await Promise.all(places(7).map((at) => disk.write(AREA.lba + at, 1)));
        await Promise.all(places(5).map((at) => disk.read(AREA.lba + at, 1)));
        await Promise.all(places(3).map(() => disk.flush()));
        await failure(() => disk.device.read(0, 0, []));
        const after = await disk.device.statistics();
        const counted = {
          reads: after.reads - before.reads,
          writes: after.writes - before.writes,
          flushes: after.flushes - before.flushes,
          timeouts: after.timeouts - before.timeouts,
          resets: after.resets - before.resets,
          strays: after.strays - before.strays,
        };
        const right = { reads: 5, writes: 7, flushes: 3, timeouts: 0, resets: 0, strays: 0 };
        expect.equal(counted, right, 'the counts');
      },
    },
    {
      id: 'interrupts',
      cite: contract('BlockStatistics'),
      text: 'A driver that works with interrupts counts them, and no spurious one.',
      level: 'shall',
      subject: 'driver',
      ics: ['interrupts'],
      bugClasses: ['BC-09', 'BC-10'],
      async check(scene) {
        const disk = await opened(scene, AREA);
        for (const at of places(4)) await disk.write(AREA.lba + at, 1);
        const { interrupts, spurious } = await disk.device.statistics();
        expect.that(interrupts > 0, 'interrupts', '1 or more', String(interrupts));
        expect.equal(spurious, 0, 'spurious interrupts');
      },
    },
    {
      id: 'copy',
      cite: contract('statistics'),
      text: 'Statistics that were handed out do not change any more.',
      level: 'should',
      subject: 'driver',
      bugClasses: ['BC-27'],
      async check(scene) {
        const disk = await opened(scene, AREA);
        const taken = await disk.device.statistics();
        const { reads } = taken;
        await disk.read(AREA.lba, 1);
        expect.equal(taken.reads, reads, 'reads in what was handed out');
      },
    },
    {
      id: 'no-event',
      cite: contract('nextEvent'),
      text: 'Where nothing happens there is no event, and the wait for it ends with its timeout.',
      level: 'shall',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-06', 'BC-24'],
      async check(scene) {
        const disk = await opened(scene, AREA);
        const before = scene.world.now;
        expect.equal(await disk.device.nextEvent(20 * MILLISECOND), undefined, 'an event');
        const took = scene.world.now - before;
        const inTime = took >= 20 * MILLISECOND && took < 21 * MILLISECOND;
        expect.that(inTime, 'the wait', '20 ms', `${took / MILLISECOND} ms`);
        expect.equal(await disk.device.nextEvent(0), undefined, 'an event at once');
      },
    },
    {
      id: 'event-wait-stop',
      cite: contract('introduction'),
      text: 'Stop ends a wait for an event, which does not keep reads and writes waiting either.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-13', 'BC-24'],
      async check(scene) {
        const disk = await opened(scene, AREA);
        let ended = 0;
        const waiting = failure(() => disk.device.nextEvent(1000 * SECOND)).then(() => ended++);
        await disk.write(AREA.lba, 1);
        await disk.read(AREA.lba, 1);
        expect.equal(ended, 0, 'ends of the wait before Stop');
        const before = scene.world.now;
        await scene.stop();
        await waiting;
        const took = scene.world.now - before;
        expect.that(took < 30 * SECOND, 'the time it took', 'under 30 s', `${took / SECOND} s`);
      },
    },
    enumerated({
      id: 'error-once',
      cite: nvme(),
      text: 'An error that the device reports for one command fails one call, and is counted once.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-07', 'BC-13'],
      every: places(ERRORS),
      async check(scene, at) {
        const status = { type: 2, code: 0x81, doNotRetry: true };
        // A driver may spread its commands over queues: the admin queue is none of them.
        scene.misbehave({ kind: 'error-status', at, queue: 1, ...status });
        const device = await scene.start<BlockDevice>();
        const disk = await Disk.open(scene);
        const surveyed = await failure(() => disk.survey(AREA));
        const begun = begin(disk);
        await begun.all;
        if (!scene.struck) return END;
        const ends = [surveyed ?? 'success', ...begun.ends];
        expect.equal(ends.filter((end) => end !== 'success').length, 1, 'calls that failed');
        expect.equal((await device.statistics()).errors, 1, 'errors that were counted');
      },
    }),
    {
      id: 'recovered',
      cite: contract('BlockEvent, recovered'),
      text: 'A driver that reset its device says so, and counts the timeout and the reset.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-05', 'BC-22'],
      async check(scene) {
        scene.misbehave({ kind: 'hang', at: 1, queue: 1 });
        const device = await scene.start<BlockDevice>();
        await failure(() => scene.simpleIO());
        await scene.simpleIO();
        const { timeouts, resets } = await device.statistics();
        expect.that(timeouts >= 1, 'timeouts', '1 or more', String(timeouts));
        expect.that(resets >= 1, 'resets', '1 or more', String(resets));
        const kinds: (string | undefined)[] = [];
        for (let count = 0; count < EVENTS_MAX; count++) {
          const event = await device.nextEvent(0);
          if (event === undefined) break;
          kinds.push(event.kind);
        }
        expect.that(kinds.includes('recovered'), 'the events', 'recovered', kinds.join(', '));
      },
    },
  ],
});
