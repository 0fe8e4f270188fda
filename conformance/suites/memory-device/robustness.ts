/** Write protection, the time of a write cycle, failures of the bus, and the power. */
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import type { I2cFault } from '../../../sim/faults/i2c-plan.ts';
import type { MemoryDevice } from '../../../drivers-under-test/host/classes/memory-device.ts';
import { bugClass, failure, places } from '../driver/attempt.ts';
import {
  CONTRACT,
  CYCLE_NS,
  DATA_SHEET,
  holds,
  pattern,
  PATIENCE_NS,
  started,
  UM10204,
} from './facts.ts';

/** Bytes on the bus of a start, a short write and a read. */
const FEW_BYTES = 60;
/** Bytes on the bus that the workload takes, retries included, are fewer. */
const BYTES_MAX = 400;
const CUTS = 40;
const CUT_EVERY_NS = 700_000;

function writeProtect(scene: Scene, isHigh: boolean): void {
  const line = scene.i2c.lines.get('WP');
  line?.drive(scene, isHigh ? 'high' : 'low');
}

/** Writes across two pages and reads them back; tells whether the write succeeded. */
async function workload(driver: MemoryDevice, pageBytes: number): Promise<boolean> {
  const bytes = pattern(0, pageBytes + 4, 9);
  const code = await failure(() => driver.write(pageBytes - 2, bytes));
  await failure(() => driver.read(pageBytes - 2, bytes.length));
  return code === undefined;
}

/** A bus fault at one byte: calls end in time, what was said to be written is, and life goes on. */
async function survives(scene: Scene, fault: I2cFault): Promise<typeof END | void> {
  scene.inject(fault);
  if ((await failure(() => scene.start())) !== undefined) {
    if (!scene.struck) return END;
    await scene.start();
  }
  const driver = scene.client<MemoryDevice>();
  const { pageBytes } = await driver.facts();
  const from = scene.world.now;
  const isWritten = await workload(driver, pageBytes);
  expect.that(scene.world.now - from < PATIENCE_NS, 'the calls end', 'in time', 'too late');
  if (!scene.struck) return END;
  if (isWritten) {
    await holds(driver, pageBytes - 2, pattern(0, pageBytes + 4, 9), 'what was written');
  }
  await scene.simpleIO();
}

export const robustness = suite({
  id: 'memory-device/robustness',
  for: { class: 'MemoryDevice', bus: 'i2c' },
  clauses: [
    {
      id: 'write-protected',
      cite: DATA_SHEET('6.1'),
      text: 'A write to a protected memory fails with kIOReturnNotWritable and changes nothing.',
      level: 'shall',
      subject: 'driver',
      ics: ['write-protect-pin'],
      needs: ['board-lines'],
      bugClasses: ['BC-12', 'BC-17'],
      async check(scene) {
        const { driver } = await started(scene);
        await driver.write(0, pattern(0, 8));
        writeProtect(scene, true);
        const code = await failure(() => driver.write(0, pattern(0, 8, 3)));
        expect.equal(code, 'kIOReturnNotWritable', 'a write with WP high');
        await holds(driver, 0, pattern(0, 8), 'what was there, read with WP high');
        writeProtect(scene, false);
        await driver.write(0, pattern(0, 8, 3));
        await holds(driver, 0, pattern(0, 8, 3), 'what is written with WP low');
      },
    },
    {
      id: 'protected-midway',
      cite: DATA_SHEET('6.1'),
      text: 'When protection comes in the middle of a write, the write does not claim success.',
      level: 'shall',
      subject: 'driver',
      ics: ['write-protect-pin'],
      needs: ['board-lines', 'virtual-time'],
      bugClasses: ['BC-12', 'BC-17'],
      async check(scene) {
        const { driver, pageBytes } = await started(scene);
        const writing = failure(() => driver.write(0, pattern(0, 4 * pageBytes)));
        await scene.pass(CYCLE_NS + CYCLE_NS / 2);
        writeProtect(scene, true);
        const code = await writing;
        expect.that(code !== undefined, 'a write that WP cuts short', 'an error', 'success');
      },
    },
    {
      id: 'cycle-time',
      cite: DATA_SHEET('7.0'),
      text: 'A page is written within twice its cycle: the driver polls, and does not oversleep.',
      level: 'should',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-03'],
      async check(scene) {
        const { driver, pageBytes } = await started(scene);
        const from = scene.world.now;
        await driver.write(0, pattern(0, pageBytes));
        const took = scene.world.now - from;
        // The transfers of 64 bytes and back take some 3 ms at 400 kHz.
        expect.that(took < 3 * CYCLE_NS, 'one page', 'within 15 ms', `${took} ns`);
      },
    },
    {
      id: 'polls',
      cite: DATA_SHEET('7.0'),
      text: 'While a write cycle runs the driver leaves the bus free for at least half of the time.',
      level: 'should',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-05'],
      async check(scene) {
        const { driver, pageBytes } = await started(scene);
        const before = scene.accesses;
        await driver.write(0, pattern(0, pageBytes));
        // An address takes 22.5 us: half of the time is 111 of them in a cycle.
        const polls = scene.accesses - before;
        expect.that(polls < 111, 'transfers for one page', 'fewer than 111', `${polls}`);
      },
    },
    {
      id: 'silent',
      cite: bugClass('BC-05'),
      text: 'A device that acknowledges nothing any more ends every call with an error in time.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-05', 'BC-12'],
      async check(scene) {
        scene.inject({ kind: 'unplugged', at: 100 });
        const { driver, pageBytes } = await started(scene);
        const from = scene.world.now;
        let code = undefined;
        while (code === undefined) {
          code = await failure(() => driver.write(0, pattern(0, 2 * pageBytes)));
        }
        const codes = ['kIOReturnNotResponding', 'kIOReturnTimeout', 'kIOReturnIOError'];
        expect.that(codes.includes(code), 'the error', codes.join(' or '), code);
        const again = await failure(() => driver.read(0, 1));
        expect.equal(again, 'kIOReturnNotResponding', 'the next read');
        expect.that(scene.world.now - from < PATIENCE_NS, 'both end', 'in time', 'too late');
      },
    },
    ...(
      [
        ['no-acknowledge', { bytes: 1 }, 'Whichever byte is not acknowledged', ['BC-05', 'BC-12']],
        ['lost-arbitration', {}, 'Wherever arbitration is lost', ['BC-12', 'BC-22']],
        ['stretched-clock', { ns: 1e6 }, 'Wherever the clock is stretched', ['BC-03']],
        ['stuck-data', {}, 'Wherever SDA sticks until nine clocks free it', ['BC-22']],
        ['flipped-bits', { bits: 0x10 }, 'Whichever byte is spoilt on the way', ['BC-12', 'BC-17']],
      ] as const
    ).map(([kind, parameters, beginning, bugClasses]) =>
      enumerated({
        id: kind,
        cite: kind === 'flipped-bits' ? CONTRACT : UM10204('3.1'),
        text: `${beginning}, calls end, what was said to be written is there, and work goes on.`,
        level: 'shall',
        subject: 'driver',
        needs: ['faults'],
        bugClasses,
        every: places(BYTES_MAX),
        check: (scene, at) => survives(scene, { kind, at, ...parameters } as I2cFault),
      }),
    ),
    enumerated({
      id: 'gets-over',
      cite: UM10204('3.1.8'),
      text: 'A failure of the bus that strikes one byte once costs no call.',
      level: 'should',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-07', 'BC-22'],
      every: (['no-acknowledge', 'lost-arbitration', 'stuck-data', 'stretched-clock'] as const)
        .map((kind) => places(FEW_BYTES).map((at) => ({ kind, at, bytes: 1, ns: 1e6 })))
        .flat(),
      async check(scene, fault) {
        scene.inject(fault);
        const { driver, pageBytes } = await started(scene);
        const bytes = pattern(0, 4, 6);
        await driver.write(pageBytes - 2, bytes);
        await holds(driver, pageBytes - 2, bytes, 'what was written');
      },
    }),
    {
      id: 'durable',
      cite: CONTRACT,
      text: 'What was written lasts when the call ends: a power cut in that moment takes none of it.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut'],
      bugClasses: ['BC-13', 'BC-25'],
      async check(scene) {
        const { driver, pageBytes } = await started(scene);
        const bytes = pattern(0, 2 * pageBytes + 3, 5);
        await driver.write(1, bytes);
        scene.cutPower();
        await holds((await started(scene)).driver, 1, bytes, 'what was written before the cut');
      },
    },
    enumerated({
      id: 'power-cut',
      cite: DATA_SHEET('6.2'),
      text: 'A power cut during a write costs bytes of that write only; afterwards all works.',
      level: 'shall',
      subject: 'pair',
      needs: ['power-cut', 'virtual-time'],
      bugClasses: ['BC-25', 'BC-28'],
      every: places(CUTS),
      async check(scene, step) {
        const { driver, pageBytes } = await started(scene);
        const length = 2 * pageBytes;
        const offset = pageBytes + 3;
        const old = pattern(0, 5 * pageBytes, 1);
        await driver.write(0, old);
        const fresh = pattern(offset, length, 2);
        const writing = driver.write(offset, fresh);
        writing.catch(() => {});
        await scene.pass(step * CUT_EVERY_NS);
        scene.cutPower();
        const seen = await (await started(scene)).driver.read(0, old.length);
        seen.forEach((byte, at) => {
          const index = at - offset;
          const isInside = index >= 0 && index < length;
          const legal = isInside ? [old[at], fresh[index], 0xff] : [old[at]];
          expect.that(legal.includes(byte), `the byte at ${at}`, legal.join(' or '), `${byte}`);
        });
        await scene.simpleIO();
      },
    }),
  ],
});
