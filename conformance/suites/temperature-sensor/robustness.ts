/** Failures of the bus, a device that lies or is gone, and the power. */
import type { I2cFault } from '../../../sim/faults/i2c-plan.ts';
import type { TemperatureSensor } from '../../../drivers-under-test/host/classes/temperature-sensor.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { I2cPort } from '../../../sim/buses/i2c/port.ts';
import { bugClass, failure, places } from '../driver/attempt.ts';
import { CONTRACT, DATA_SHEET, FAST, LIMITS, started, STEP, warm, word } from './facts.ts';

/** Bytes on the bus that the workload takes, retries included, are fewer. */
const BYTES_MAX = 500;
/** No workload lasts longer, whatever happens. */
const PATIENCE_NS = 20e9;
/** Where Start is over, or nearly so; more than one transfer tries; calls until the bus is well. */
const FROM_BYTE = 36;
const SILENT_BYTES = 4;
const CALLS = 4;
/** Bytes on the bus of a start and a few calls. */
const FEW_BYTES = 120;
const WARM = 31_500;
const CUTS = 20;
const CUT_EVERY_NS = 40_000_000;
/** Bytes between two that are spoilt: as far as two looks at a register are from each other. */
const APART_MAX = 30;
const SETTINGS = { ...FAST, faultQueue: 4, mode: 'interrupt' } as const;

const UM10204 = (section: string) => ({
  document: 'NXP UM10204, I2C-bus specification',
  revision: '7.0',
  section,
  basis: 'secondary' as const,
});

/** Sets everything up and measures; a temperature that is told must be the right one. */
async function workload(driver: TemperatureSensor): Promise<void> {
  await failure(async () => expect.equal(await driver.temperature(), WARM, 'the first one'));
  const limits = await failure(() => driver.setLimits(LIMITS));
  if (limits === undefined) {
    await failure(async () => expect.equal(await driver.limits(), LIMITS, 'the limits'));
  }
  await failure(() => driver.configure(FAST));
  await failure(async () => expect.equal(await driver.temperature(), WARM, 'a temperature'));
  await failure(() => driver.setShutdown(true));
  await failure(async () => expect.equal(await driver.temperature(), WARM, 'one in shutdown'));
  await failure(() => driver.setShutdown(false));
}

/** A bus fault at one byte: calls end in time, no wrong temperature is told, life goes on. */
async function survives(scene: Scene, fault: I2cFault): Promise<typeof END | void> {
  scene.inject(fault);
  warm(scene, WARM);
  if ((await failure(() => scene.start())) !== undefined) {
    if (!scene.struck) return END;
    await scene.start();
  }
  const from = scene.world.now;
  await workload(scene.client<TemperatureSensor>());
  expect.that(scene.world.now - from < PATIENCE_NS, 'the calls end', 'in time', 'too late');
  if (!scene.struck) return END;
  await scene.simpleIO();
}

/** What the device itself holds, read past the driver. */
async function held(scene: Scene): Promise<Record<string, number>> {
  const { i2c, address } = scene.i2c;
  const port = new I2cPort(scene.world, i2c);
  const values: number[] = [];
  for (const pointer of [1, 2, 3]) {
    const read = pointer === 1 ? 1 : 2;
    const outcome = await port.transfer([
      { address, write: Uint8Array.of(pointer) },
      { address, read },
    ]);
    values.push(read === 1 ? (outcome.read[0]?.[0] ?? -1) : word(outcome.read[0]));
  }
  const [configuration = -1, low = -1, high = -1] = values;
  return { configuration, low, high };
}
/** SETTINGS and LIMITS as the device has them: F is 10, TM is 1, 30 and 40 degrees. */
const HELD = { configuration: 0x12, low: 0x1e00, high: 0x2800 };

export const robustness = suite({
  id: 'temperature-sensor/robustness',
  for: { class: 'TemperatureSensor', bus: 'i2c' },
  clauses: [
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
        text: `${beginning}, calls end, no wrong temperature is told, and work goes on.`,
        level: 'shall',
        subject: 'driver',
        needs: ['faults', 'ambient'],
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
      needs: ['faults', 'ambient'],
      bugClasses: ['BC-07', 'BC-22'],
      every: (['no-acknowledge', 'lost-arbitration', 'stuck-data', 'stretched-clock'] as const)
        .map((kind) => places(FEW_BYTES).map((at) => ({ kind, at, bytes: 1, ns: 1e6 })))
        .flat(),
      async check(scene, fault) {
        scene.inject(fault);
        const driver = await started(scene, WARM);
        await driver.setLimits(LIMITS);
        expect.equal(await driver.limits(), LIMITS, 'the limits');
        expect.equal(await driver.temperature(), WARM, 'the temperature');
      },
    }),
    enumerated({
      id: 'stuck-for-ever',
      cite: UM10204('3.1.16'),
      text: 'Where nine clocks do not free SDA, calls end with an error in time.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'ambient'],
      bugClasses: ['BC-05', 'BC-22'],
      every: places(FEW_BYTES),
      async check(scene, at) {
        scene.inject({ kind: 'stuck-data', at, recoveries: 1_000_000 });
        warm(scene, WARM);
        if ((await failure(() => scene.start())) !== undefined) return;
        const driver = scene.client<TemperatureSensor>();
        const from = scene.world.now;
        const code = await failure(() => driver.setLimits(LIMITS));
        const again = await failure(() => driver.temperature());
        expect.that(scene.world.now - from < PATIENCE_NS, 'both end', 'in time', 'too late');
        if (!scene.struck) return END;
        expect.equal(again, 'kIOReturnOffline', 'the temperature');
        if (code !== undefined) expect.equal(code, 'kIOReturnOffline', 'the limits');
      },
    }),
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
        const driver = await scene.start<TemperatureSensor>();
        const from = scene.world.now;
        let code = undefined;
        while (code === undefined) code = await failure(() => driver.setLimits(LIMITS));
        const again = await failure(() => driver.temperature());
        expect.equal(again, 'kIOReturnNotResponding', 'the next temperature');
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
      id: 'impossible-values',
      cite: DATA_SHEET('Temperature Register, Table 4', 'read'),
      text: 'A temperature with bits that are always zero is not believed, even if it comes twice.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'ambient'],
      bugClasses: ['BC-02', 'BC-17'],
      every: places(FEW_BYTES).flatMap((at) => places(APART_MAX).map((apart) => ({ at, apart }))),
      async check(scene, { at, apart }) {
        for (const each of [at, at + apart]) {
          scene.inject({ kind: 'flipped-bits', at: each, bits: 0x0f });
        }
        warm(scene, WARM);
        if ((await failure(() => scene.start())) !== undefined) return;
        const seen = await scene
          .client<TemperatureSensor>()
          .temperature()
          .catch(() => 0);
        expect.that(Number.isInteger(seen / STEP), 'a temperature', 'one of the steps', `${seen}`);
      },
    }),
    {
      id: 'sleeps-quietly',
      cite: DATA_SHEET('Shutdown Mode (SD)'),
      text: 'While the driver sleeps the device is shut down.',
      level: 'should',
      subject: 'driver',
      bugClasses: ['BC-20'],
      async check(scene) {
        const driver = await scene.start<TemperatureSensor>();
        await driver.configure(SETTINGS);
        await scene.power(kIOServicePowerCapabilityOff);
        const { configuration = 0 } = await held(scene);
        expect.equal(configuration % 2, 1, 'SD');
        await scene.power(kIOServicePowerCapabilityOn);
      },
    },
    {
      id: 'power-lost-asleep',
      cite: CONTRACT,
      text: 'Settings and limits are there after a sleep in which the device lost its power.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut', 'ambient'],
      bugClasses: ['BC-20', 'BC-28'],
      async check(scene) {
        const driver = await started(scene, WARM);
        await driver.setLimits(LIMITS);
        await driver.configure(SETTINGS);
        await scene.power(kIOServicePowerCapabilityOff);
        scene.i2c.cutPower?.();
        await scene.power(kIOServicePowerCapabilityOn);
        expect.equal(await driver.temperature(), WARM, 'the temperature');
        expect.equal(await held(scene), HELD, 'what the device holds');
      },
    },
    {
      id: 'power-lost',
      cite: CONTRACT,
      text: 'When the device lost its power, the next temperature is right and the settings are back.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut', 'ambient'],
      bugClasses: ['BC-28'],
      async check(scene) {
        const driver = await started(scene, WARM);
        await driver.setLimits(LIMITS);
        await driver.configure(SETTINGS);
        scene.i2c.cutPower?.();
        expect.equal(await driver.temperature(), WARM, 'the temperature');
        expect.equal(await held(scene), HELD, 'what the device holds');
      },
    },
    enumerated({
      id: 'power-lost-on-a-bad-bus',
      cite: CONTRACT,
      text: 'Wherever the bus fails after a loss of power, no temperature of before its end is told.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut', 'faults', 'ambient'],
      bugClasses: ['BC-21', 'BC-28'],
      every: places(BYTES_MAX).filter((at) => at > FROM_BYTE),
      async check(scene, at) {
        scene.inject({ kind: 'no-acknowledge', at, bytes: SILENT_BYTES });
        const driver = await started(scene, WARM);
        scene.i2c.cutPower?.();
        for (let call = 0; call < CALLS; call++) {
          const seen = await driver.temperature().catch(() => WARM);
          expect.equal(seen, WARM, 'a temperature');
        }
        if (!scene.struck) return END;
      },
    }),
    enumerated({
      id: 'power-cut',
      cite: CONTRACT,
      text: 'Whenever the power of all fails, afterwards the driver starts and works.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut', 'virtual-time'],
      bugClasses: ['BC-25', 'BC-28'],
      every: places(CUTS),
      async check(scene, step) {
        const driver = await scene.start<TemperatureSensor>();
        workload(driver).catch(() => {});
        await scene.pass(step * CUT_EVERY_NS);
        scene.cutPower();
        await scene.start();
        await scene.simpleIO();
      },
    }),
  ],
});
