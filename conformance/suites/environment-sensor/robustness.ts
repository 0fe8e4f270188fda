/** Failures of the bus, a device that is another or gone, and the power. */
import type { I2cFault } from '../../../sim/faults/i2c-plan.ts';
import { I2cPort } from '../../../sim/buses/i2c/port.ts';
import type { EnvironmentSensor } from '../../../drivers-under-test/host/classes/environment-sensor.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { bugClass, failure, places } from '../driver/attempt.ts';
import {
  CONTRACT,
  DATA_SHEET,
  expectNear,
  MILD,
  ON_DEMAND,
  SETTLED_NS,
  started,
  surround,
} from './facts.ts';

/** Bytes on the bus that start, two measurements and a change of settings take are fewer. */
const BYTES_MAX = 500;
/** No workload lasts longer, whatever happens. */
const PATIENCE_NS = 20e9;
const CUTS = 12;
const CUT_EVERY_NS = 4_000_000;
const NEEDS = ['ambient', 'air', 'virtual-time'] as const;

const UM10204 = {
  document: 'NXP UM10204, I2C-bus specification',
  revision: '7.0',
  section: '3.1',
  basis: 'secondary' as const,
};

async function workload(driver: EnvironmentSensor): Promise<void> {
  const measured = async () => expectNear(await driver.measure(), MILD, 'a measurement');
  await failure(measured);
  if ((await failure(() => driver.configure(ON_DEMAND))) === undefined) await failure(measured);
}

/** A bus fault at one byte: calls end in time, nothing wrong is told, life goes on. */
async function survives(scene: Scene, fault: I2cFault): Promise<typeof END | void> {
  scene.inject(fault);
  surround(scene, MILD);
  if ((await failure(() => scene.start())) !== undefined) {
    if (!scene.struck) return END;
    await scene.start();
  }
  const from = scene.world.now;
  await workload(scene.client<EnvironmentSensor>());
  expect.that(scene.world.now - from < PATIENCE_NS, 'the calls end', 'in time', 'too late');
  if (!scene.struck) return END;
  await scene.simpleIO();
}

export const robustness = suite({
  id: 'environment-sensor/robustness',
  for: { class: 'EnvironmentSensor', bus: 'i2c' },
  clauses: [
    ...(
      [
        ['no-acknowledge', { bytes: 1 }, 'Whichever byte is not acknowledged', 'shall', 'BC-12'],
        ['lost-arbitration', {}, 'Wherever arbitration is lost', 'shall', 'BC-12'],
        ['stretched-clock', { ns: 1e6 }, 'Wherever the clock is stretched', 'shall', 'BC-03'],
        ['stuck-data', {}, 'Wherever SDA sticks until nine clocks free it', 'shall', 'BC-22'],
        // The device has no checksum: reading twice is all that a driver could do.
        ['flipped-bits', { bits: 0x10 }, 'Whichever byte is spoilt on the way', 'should', 'BC-17'],
      ] as const
    ).map(([kind, parameters, beginning, level, bug]) =>
      enumerated({
        id: kind,
        cite: kind === 'flipped-bits' ? CONTRACT : UM10204,
        text: `${beginning}, calls end, nothing wrong is told, and work goes on.`,
        level,
        subject: 'driver',
        needs: ['faults', ...NEEDS],
        bugClasses: [bug],
        every: places(BYTES_MAX),
        check: (scene, at) => survives(scene, { kind, at, ...parameters } as I2cFault),
      }),
    ),
    {
      id: 'silent',
      cite: bugClass('BC-05'),
      text: 'A device that acknowledges nothing any more ends every call with an error in time.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-05', 'BC-12'],
      async check(scene) {
        scene.inject({ kind: 'unplugged', at: 200 });
        const driver = await scene.start<EnvironmentSensor>();
        const from = scene.world.now;
        let code = undefined;
        while (code === undefined) code = await failure(() => driver.measure());
        const again = await failure(() => driver.measure());
        expect.equal(again, 'kIOReturnNotResponding', 'the next measurement');
        expect.that(scene.world.now - from < PATIENCE_NS, 'both end', 'in time', 'too late');
      },
    },
    {
      id: 'absent',
      cite: bugClass('BC-05'),
      text: 'Where no device answers, Start fails with kIOReturnNotResponding.',
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
    enumerated({
      id: 'another-chip',
      cite: DATA_SHEET('5.4.1; 5.2'),
      text: 'A chip with another identification is not driven: Start fails with kIOReturnNoDevice.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-02', 'BC-15'],
      // The bits that make 58h, that of the BMP280, or all ones, or all zeros of it.
      every: [0x38, 0x9f, 0x60],
      async check(scene, bits) {
        // A read of the identification is an address, the register, the address again, the byte.
        const reads = places(8).map((read) => read * 4);
        scene.inject(...reads.map((at): I2cFault => ({ kind: 'flipped-bits', at, bits })));
        expect.equal(await failure(() => scene.start()), 'kIOReturnNoDevice', 'Start');
        expect.equal(scene.host.outstanding(), [], 'resources after it');
      },
    }),
    {
      id: 'sleeps-quietly',
      cite: DATA_SHEET('3.3.2'),
      text: 'While the driver sleeps the device is in sleep mode.',
      level: 'should',
      subject: 'driver',
      bugClasses: ['BC-20'],
      async check(scene) {
        await scene.start<EnvironmentSensor>();
        await scene.power(kIOServicePowerCapabilityOff);
        expect.equal(await modeOf(scene), 0, 'the mode');
        await scene.power(kIOServicePowerCapabilityOn);
      },
    },
    {
      id: 'left-quietly',
      cite: DATA_SHEET('3.3.2'),
      text: 'When the driver has stopped the device is in sleep mode.',
      level: 'should',
      subject: 'driver',
      bugClasses: ['BC-13'],
      async check(scene) {
        await scene.start<EnvironmentSensor>();
        await scene.stop();
        expect.equal(await modeOf(scene), 0, 'the mode');
      },
    },
    {
      id: 'power-lost',
      cite: CONTRACT,
      text: 'When the device lost its power, what nobody measured is not told as a measurement.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut', ...NEEDS],
      bugClasses: ['BC-28'],
      async check(scene) {
        const driver = await started(scene);
        scene.i2c.cutPower?.();
        await scene.pass(SETTLED_NS);
        await failure(async () => expectNear(await driver.measure(), MILD, 'a measurement'));
      },
    },
    {
      id: 'power-lost-asleep',
      cite: CONTRACT,
      text: 'After a sleep in which the device lost its power measurements are right.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut', ...NEEDS],
      bugClasses: ['BC-20', 'BC-28'],
      async check(scene) {
        const driver = await started(scene);
        await driver.configure(ON_DEMAND);
        await scene.power(kIOServicePowerCapabilityOff);
        scene.i2c.cutPower?.();
        await scene.pass(SETTLED_NS);
        await scene.power(kIOServicePowerCapabilityOn);
        expectNear(await driver.measure(), MILD, 'the measurement');
      },
    },
    enumerated({
      id: 'power-cut',
      cite: CONTRACT,
      text: 'Whenever the power of all fails, afterwards the driver starts and works.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut', ...NEEDS],
      bugClasses: ['BC-25', 'BC-28'],
      every: places(CUTS),
      async check(scene, step) {
        const driver = await started(scene);
        workload(driver).catch(() => {});
        await scene.pass(step * CUT_EVERY_NS);
        scene.cutPower();
        await scene.start();
        await scene.simpleIO();
      },
    }),
  ],
});

/** What the device itself holds, read past the driver. */
async function modeOf(scene: Scene): Promise<number> {
  const { i2c, address } = scene.i2c;
  const port = new I2cPort(scene.world, i2c);
  const outcome = await port.transfer([
    { address, write: Uint8Array.of(0xf4) },
    { address, read: 1 },
  ]);
  return (outcome.read[0]?.[0] ?? -1) % 4;
}
