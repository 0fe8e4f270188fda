/** Write cycles and their ends: none is left running, and none is waited for without an end. */
import { I2cPort } from '../../../sim/buses/i2c/port.ts';
import type { MemoryDevice } from '../../../drivers-under-test/host/classes/memory-device.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
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

const BYTES_MAX = 120;
/** More than any call sends. */
const FOR_EVER = 1_000_000;
const STEPS = 10;
/** A word address of two bytes, and a byte of data. */
const DATA_FROM = 3;

/** What ended the silence of a device: which transfer it was that nobody acknowledged first. */
function watchSilence(scene: Scene): { readonly isPollOfCycle: boolean } {
  const seen = { isPollOfCycle: false };
  const lengths = [0, 0];
  const { journal } = scene.world;
  journal.observe(EventKind.Command, (at) => {
    lengths.shift();
    lengths.push(journal.valueAt(at));
  });
  journal.observe(EventKind.Fault, () => {
    const [before = 0, last = 0] = lengths;
    seen.isPollOfCycle = last === 0 && before >= DATA_FROM;
  });
  return seen;
}

export const cycles = suite({
  id: 'memory-device/cycles',
  for: { class: 'MemoryDevice', bus: 'i2c' },
  clauses: [
    {
      id: 'absent',
      cite: bugClass('BC-05'),
      text: 'Where no device answers, Start fails with kIOReturnNotResponding and keeps nothing.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-05', 'BC-15'],
      async check(scene) {
        scene.inject({ kind: 'unplugged', at: 1 });
        const code = await failure(() => scene.start());
        expect.equal(code, 'kIOReturnNotResponding', 'Start');
        expect.equal(scene.host.outstanding(), [], 'resources after it');
      },
    },
    {
      id: 'over-when-done',
      cite: DATA_SHEET('7.0'),
      text: 'When a write ends its write cycle is over: the device acknowledges its address.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-06', 'BC-25'],
      async check(scene) {
        const { driver, pageBytes } = await started(scene);
        const { i2c, address } = scene.i2c;
        const port = new I2cPort(scene.world, i2c);
        for (const length of [1, pageBytes, 2 * pageBytes]) {
          await driver.write(0, pattern(0, length, length));
          const { end } = await port.transfer([{ address, write: new Uint8Array(0) }]);
          expect.equal(end, 'done', `a poll after a write of ${length} bytes`);
        }
      },
    },
    {
      id: 'quiet-asleep',
      cite: CONTRACT,
      text: 'When the driver is asleep the write that was under way has ended: the bus is quiet.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-14', 'BC-20'],
      async check(scene) {
        const { driver, pageBytes } = await started(scene);
        const writing = failure(() => driver.write(0, pattern(0, 8 * pageBytes)));
        await scene.pass(CYCLE_NS);
        await scene.power(kIOServicePowerCapabilityOff);
        const before = scene.accesses;
        await scene.pass(PATIENCE_NS);
        await writing;
        expect.equal(scene.accesses - before, 0, 'accesses asleep');
        await scene.power(kIOServicePowerCapabilityOn);
      },
    },
    enumerated({
      id: 'left-running',
      cite: bugClass('BC-28'),
      text: 'A driver that starts while a write cycle runs waits for its end.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-06', 'BC-28'],
      every: places(STEPS),
      async check(scene, step) {
        const { driver, pageBytes } = await started(scene);
        const bytes = pattern(0, pageBytes, 4);
        await driver.write(pageBytes, bytes);
        driver.write(0, pattern(0, pageBytes)).catch(() => {});
        await scene.pass((step * CYCLE_NS) / STEPS);
        scene.crash();
        await holds((await started(scene)).driver, pageBytes, bytes, 'another page');
      },
    }),
    enumerated({
      id: 'never-ends',
      cite: CONTRACT,
      text: 'A write whose cycle does not end fails with kIOReturnTimeout, in time.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-05', 'BC-12'],
      every: places(BYTES_MAX),
      async check(scene, at) {
        scene.inject({ kind: 'no-acknowledge', at, bytes: FOR_EVER });
        const seen = watchSilence(scene);
        if ((await failure(() => scene.start())) !== undefined) return;
        const driver = scene.client<MemoryDevice>();
        const from = scene.world.now;
        const write = () => failure(() => driver.write(1, Uint8Array.of(1, 2, 3)));
        let code = await write();
        if (!scene.struck) return END;
        // The device may have fallen silent behind the last byte that it had to acknowledge.
        code ??= await write();
        expect.that(code !== undefined, 'the write', 'an error', 'success');
        if (seen.isPollOfCycle) expect.equal(code, 'kIOReturnTimeout', 'the write');
        expect.that(scene.world.now - from < PATIENCE_NS, 'it ends', 'in time', 'too late');
      },
    }),
    enumerated({
      id: 'stuck-for-ever',
      cite: UM10204('3.1.16'),
      text: 'Where nine clocks do not free SDA, calls end with an error in time, and claim nothing.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-05', 'BC-22'],
      every: places(BYTES_MAX),
      async check(scene, at) {
        scene.inject({ kind: 'stuck-data', at, recoveries: FOR_EVER });
        if ((await failure(() => scene.start())) !== undefined) return;
        const driver = scene.client<MemoryDevice>();
        const from = scene.world.now;
        const write = await failure(() => driver.write(1, Uint8Array.of(1, 2, 3)));
        const read = await failure(() => driver.read(0, 1));
        expect.that(scene.world.now - from < PATIENCE_NS, 'both end', 'in time', 'too late');
        if (!scene.struck) return END;
        if (write === undefined) expect.equal(read, 'kIOReturnOffline', 'the read');
        else expect.equal(write, 'kIOReturnOffline', 'the write');
      },
    }),
  ],
});
