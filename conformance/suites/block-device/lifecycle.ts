/** Stop, sleep, removal, reset and crash, while much is in flight: each call ends exactly once. */
import {
  BLOCK_DEVICE_METHODS,
  type BlockDevice,
} from '../../../drivers-under-test/host/classes/block-device.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { watchAccesses } from '../accesses.ts';
import { HLK, bugClass, places } from '../driver/attempt.ts';
import { ENDED, GONE, begin, expectEnds } from './attempts.ts';
import type { Disk } from './disk.ts';
import { AREA, MICROSECOND, SECOND, contract, opened } from './facts.ts';
import { verified } from './workload.ts';

const RESTARTS = { virtual: 1000, real: 10 };
/** Moments within a running workload, and the time between two of them. */
const MOMENTS = 60;
const MOMENT_US = 4;
/** Longer than any recovery. */
const QUIET_NS = 100 * SECOND;

/** Every call, with harmless arguments, on a disk that was opened before. */
function callsOn(disk: Disk): Readonly<Record<string, () => unknown>> {
  const { device } = disk;
  return {
    read: () => disk.read(AREA.lba, 1),
    write: () => disk.write(AREA.lba, 1),
    flush: () => disk.flush(),
    trim: () => device.trim(0, [AREA]),
    writeZeroes: () => device.writeZeroes(0, AREA),
    format: () => device.format(0, disk.geometry.blockBytes),
    updateFirmware: () => device.updateFirmware(new Uint8Array(4096)),
  };
}

/** Those that only tell what the driver knows may answer at any time. */
const ANSWERED = ['units', 'geometry', 'identity', 'nextEvent', 'statistics'];

async function refusesAll(scene: Scene, disk: Disk, when: string): Promise<void> {
  const calls = callsOn(disk);
  const untested = BLOCK_DEVICE_METHODS.filter((name) => !(name in calls));
  expect.equal(untested, ANSWERED, 'calls that only tell');
  const accesses = watchAccesses(scene);
  for (const [name, call] of Object.entries(calls)) {
    await expect.fails(call, [...GONE, 'kIOReturnUnsupported'], `${name} ${when}`);
  }
  expect.equal(accesses.count, 0, `accesses ${when}`);
}

async function started(scene: Scene): Promise<Disk> {
  return opened(scene, AREA, { repeats: true });
}

async function again(scene: Scene, before: Disk): Promise<void> {
  const disk = await before.reopened();
  await disk.verifyContinuation(before, AREA);
  await disk.write(AREA.lba, 2);
  await verified(disk, AREA);
  if (scene.started) await scene.stop();
}

export const lifecycle = suite({
  id: 'block-device/lifecycle',
  for: { class: 'BlockDevice' },
  clauses: [
    {
      id: 'stopped',
      cite: contract('introduction'),
      text: 'After Stop every call fails, and the device is left alone.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-12', 'BC-19'],
      async check(scene) {
        const disk = await started(scene);
        await scene.stop();
        await refusesAll(scene, disk, 'after Stop');
      },
    },
    {
      id: 'asleep',
      cite: contract('introduction'),
      text: 'While asleep every call fails, and the device is left alone; afterwards all is there.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-20'],
      async check(scene) {
        const disk = await started(scene);
        await disk.write(AREA.lba, 4);
        await scene.power(kIOServicePowerCapabilityOff);
        await refusesAll(scene, disk, 'while asleep');
        await scene.power(kIOServicePowerCapabilityOn);
        await verified(disk, AREA);
      },
    },
    {
      id: 'restart',
      cite: HLK,
      text: `A driver starts, works and stops ${RESTARTS.virtual} times with no resource left.`,
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-15', 'BC-19', 'BC-21', 'BC-26'],
      async check(scene) {
        const virtual = scene.target.offers.has('virtual-time');
        const rounds = virtual ? RESTARTS.virtual : RESTARTS.real;
        for (let round = 0; round < rounds; round++) {
          await scene.start();
          await scene.simpleIO();
          await scene.stop();
          expect.equal(scene.host.outstanding(), [], `resources after Stop ${round + 1}`);
          const mapped = scene.function.memory.live().length;
          expect.equal(mapped, 0, `live mappings after Stop ${round + 1}`);
        }
      },
    },
    enumerated({
      id: 'stop-in-flight',
      cite: contract('introduction'),
      text: 'Stop at any moment of a workload ends each call once, and what had ended is there.',
      level: 'shall',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-13', 'BC-14', 'BC-19', 'BC-23'],
      every: places(MOMENTS),
      async check(scene, moment) {
        const disk = await started(scene);
        const begun = begin(disk);
        await scene.pass((moment - 1) * MOMENT_US * MICROSECOND);
        const over = !begun.ends.includes(undefined);
        await scene.stop();
        await scene.pass(QUIET_NS);
        expectEnds(begun, [...GONE, 'kIOReturnAborted']);
        await scene.start();
        await again(scene, disk);
        if (over) return END;
      },
    }),
    enumerated({
      id: 'sleep-in-flight',
      cite: HLK,
      text: 'Sleep at any moment of a workload ends each call once, and waking brings all back.',
      level: 'shall',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-13', 'BC-20', 'BC-23'],
      every: places(MOMENTS),
      async check(scene, moment) {
        const disk = await started(scene);
        const begun = begin(disk);
        await scene.pass((moment - 1) * MOMENT_US * MICROSECOND);
        const over = !begun.ends.includes(undefined);
        await scene.power(kIOServicePowerCapabilityOff);
        await scene.pass(SECOND);
        await scene.power(kIOServicePowerCapabilityOn);
        await scene.pass(QUIET_NS);
        expectEnds(begun, [...GONE, 'kIOReturnAborted']);
        await disk.write(AREA.lba, 2);
        await verified(disk, AREA);
        if (over) return END;
      },
    }),
    {
      id: 'sleep-loses-state',
      cite: bugClass('BC-20'),
      text: 'I/O before, during and after a sleep in which the device lost its state is right.',
      level: 'shall',
      subject: 'driver',
      needs: ['device-reset'],
      bugClasses: ['BC-20', 'BC-28'],
      async check(scene) {
        const disk = await started(scene);
        await disk.write(AREA.lba, 6);
        const begun = begin(disk);
        await scene.power(kIOServicePowerCapabilityOff);
        scene.function.reset('hot');
        await scene.power(kIOServicePowerCapabilityOn);
        await disk.write(AREA.lba + 3, 2);
        await scene.pass(SECOND);
        expectEnds(begun, [...GONE, 'kIOReturnAborted']);
        await verified(disk, AREA);
      },
    },
    enumerated({
      id: 'crash-in-flight',
      cite: bugClass('BC-28'),
      text: 'After a crash of the driver at any moment the next one works, and no data are lost.',
      level: 'shall',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-10', 'BC-14', 'BC-28'],
      every: places(MOMENTS),
      async check(scene, moment) {
        const disk = await started(scene);
        const begun = begin(disk);
        await scene.pass((moment - 1) * MOMENT_US * MICROSECOND);
        disk.history.close();
        scene.crash();
        await scene.start();
        await again(scene, disk);
        if (!begun.ends.includes(undefined)) return END;
      },
    }),
    enumerated({
      id: 'removal-at-moment',
      cite: contract('introduction'),
      text: 'Pulled out at any moment of a workload, each call ends once, and so does the driver.',
      level: 'shall',
      subject: 'driver',
      needs: ['removal', 'virtual-time'],
      bugClasses: ['BC-05', 'BC-12', 'BC-13', 'BC-23'],
      every: places(MOMENTS),
      async check(scene, moment) {
        const disk = await started(scene);
        const begun = begin(disk);
        await scene.pass((moment - 1) * MOMENT_US * MICROSECOND);
        const over = !begun.ends.includes(undefined);
        scene.hardware.remove?.();
        await scene.pass(QUIET_NS);
        expectEnds(begun, ENDED);
        const read = () => disk.read(AREA.lba, 1);
        await expect.fails(read, ENDED, 'a read of a device that is gone');
        const before = scene.accesses;
        await expect.fails(read, GONE, 'a read when the driver knows');
        expect.equal(scene.accesses - before, 0, 'accesses to a device that is known to be gone');
        await scene.stop();
        if (over) return END;
      },
    }),
    {
      id: 'methods',
      cite: contract('BLOCK_DEVICE_METHODS'),
      text: 'A driver of the class offers every call of its contract.',
      level: 'shall',
      subject: 'driver',
      async check(scene) {
        const device = await scene.start<BlockDevice>();
        const missing = BLOCK_DEVICE_METHODS.filter((name) => typeof device[name] !== 'function');
        expect.equal(missing, [], 'calls that are missing');
      },
    },
  ],
});
