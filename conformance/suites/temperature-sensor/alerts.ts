/** Alerts: when they come, when they go, and who hears of them. */
import type {
  SensorSettings,
  TemperatureSensor,
} from '../../../drivers-under-test/host/classes/temperature-sensor.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { failure } from '../driver/attempt.ts';
import { CONTRACT, DATA_SHEET, FAST, LIMITS, RESOLUTIONS, started, warm } from './facts.ts';

const COLD = 20_000;
/** Between the limits. */
const MILD = 35_000;
const HOT = 45_000;
const SECOND_NS = 1e9;
const NEEDS = ['ambient', 'board-lines', 'virtual-time'] as const;
const ICS = ['alert-line'];
const [NINE_BITS] = RESOLUTIONS;

async function watching(
  scene: Scene,
  settings: Partial<SensorSettings> = {},
): Promise<TemperatureSensor> {
  const driver = await started(scene, COLD);
  await driver.setLimits(LIMITS);
  await driver.configure({ ...FAST, ...settings });
  return driver;
}

/** What a client hears that waits while it gets so warm: `true`, `false` or nothing. */
async function heard(scene: Scene, driver: TemperatureSensor, millidegrees: number) {
  const next = driver.nextAlert(SECOND_NS);
  warm(scene, millidegrees);
  return (await next)?.active;
}

const BOTH_POLARITIES = ['active-low', 'active-high'] as const;

export const alerts = suite({
  id: 'temperature-sensor/alerts',
  for: { class: 'TemperatureSensor', bus: 'i2c' },
  clauses: [
    enumerated({
      id: 'comparator',
      cite: DATA_SHEET('High and Low Limit Registers'),
      text: 'The alert comes at the upper limit and goes below the lower one, not in between.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      ics: ICS,
      every: BOTH_POLARITIES,
      async check(scene, polarity) {
        const driver = await watching(scene, { polarity });
        expect.equal(await heard(scene, driver, MILD), undefined, 'between the limits, rising');
        expect.equal(await heard(scene, driver, HOT), true, 'over the upper limit');
        expect.equal(await heard(scene, driver, MILD), undefined, 'between them, falling');
        expect.equal(await heard(scene, driver, COLD), false, 'below the lower limit');
        expect.equal(await heard(scene, driver, LIMITS.high), true, 'at the upper limit');
      },
    }),
    enumerated({
      id: 'interrupt',
      cite: DATA_SHEET('High and Low Limit Registers'),
      text: 'In interrupt mode each passing of a limit is told once, and the line is let go.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      ics: ICS,
      bugClasses: ['BC-06'],
      every: BOTH_POLARITIES,
      async check(scene, polarity) {
        const driver = await watching(scene, { mode: 'interrupt', polarity });
        const line = scene.i2c.lines.get('ALERT');
        for (const [millidegrees, expected] of [
          [HOT, true],
          [MILD, undefined],
          [COLD, false],
          [HOT, true],
          [HOT, undefined],
        ] as const) {
          const seen = await heard(scene, driver, millidegrees);
          expect.equal(seen, expected, `what is told at ${millidegrees}`);
          expect.equal(line?.level, polarity === 'active-low', 'the line afterwards');
        }
      },
    }),
    enumerated({
      id: 'fault-queue',
      cite: DATA_SHEET('Fault Queue (F1/F0)'),
      text: 'An alert takes as many conversions over the limit as the fault queue says.',
      level: 'shall',
      subject: 'pair',
      needs: [...NEEDS, 'conversions'],
      ics: ICS,
      every: [1, 2, 4, 6] as const,
      async check(scene, faultQueue) {
        const driver = await watching(scene, { faultQueue });
        const from = scene.world.now;
        expect.equal(await heard(scene, driver, HOT), true, 'the alert');
        const took = scene.world.now - from;
        const least = (faultQueue - 1) * NINE_BITS.typicalNs;
        const most = (faultQueue + 1) * NINE_BITS.maxNs;
        const isRight = took >= least && took <= most;
        expect.that(isRight, 'the time of it', `${least} to ${most} ns`, `${took} ns`);
      },
    }),
    {
      id: 'a-short-peak',
      cite: DATA_SHEET('Fault Queue (F1/F0)'),
      text: 'A peak that is shorter than the fault queue makes no alert.',
      level: 'shall',
      subject: 'pair',
      needs: [...NEEDS, 'conversions'],
      ics: ICS,
      async check(scene) {
        const driver = await watching(scene, { faultQueue: 6 });
        const next = driver.nextAlert(SECOND_NS);
        warm(scene, HOT);
        await scene.pass(3 * NINE_BITS.typicalNs);
        warm(scene, COLD);
        expect.equal(await next, undefined, 'what is told');
      },
    },
    {
      id: 'timeout',
      cite: CONTRACT,
      text: 'Without an alert a client hears nothing, when the time is over and not before.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      ics: ICS,
      async check(scene) {
        const driver = await watching(scene);
        const from = scene.world.now;
        expect.equal(await driver.nextAlert(5_000_000), undefined, 'what is told');
        expect.equal(scene.world.now - from, 5_000_000, 'the time that it took');
        for (const timeout of [-1, NaN, Infinity]) {
          const what = `nextAlert(${timeout})`;
          await expect.fails(() => driver.nextAlert(timeout), ['kIOReturnBadArgument'], what);
        }
      },
    },
    {
      id: 'everybody-hears',
      cite: CONTRACT,
      text: 'Every client that waits hears of an alert, and calls of others go on meanwhile.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      ics: ICS,
      bugClasses: ['BC-23', 'BC-24'],
      async check(scene) {
        const driver = await watching(scene);
        const all = [1, 2, 3].map(() => driver.nextAlert(SECOND_NS));
        expect.equal(await driver.temperature(), COLD, 'a temperature while others wait');
        warm(scene, HOT);
        const active = (await Promise.all(all)).map((each) => each?.active);
        expect.equal(active, [true, true, true], 'what they hear');
      },
    },
    enumerated({
      id: 'no-false-alert',
      cite: CONTRACT,
      text: 'That the driver sets the device up, or reads it, is no alert, and hides none.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      ics: ICS,
      bugClasses: ['BC-06'],
      every: ['comparator', 'interrupt'] as const,
      async check(scene, mode) {
        const driver = await watching(scene, { mode });
        const next = driver.nextAlert(SECOND_NS);
        await driver.configure({ ...FAST, mode, polarity: 'active-high' });
        await driver.temperature();
        expect.equal(await next, undefined, 'what is told of a change of polarity');
        expect.equal(await heard(scene, driver, HOT), true, 'the alert after it');
      },
    }),
    enumerated({
      id: 'aborted',
      cite: CONTRACT,
      text: 'When the driver stops or sleeps, clients that wait get kIOReturnAborted at once.',
      level: 'shall',
      subject: 'driver',
      needs: ['virtual-time'],
      ics: ICS,
      bugClasses: ['BC-13', 'BC-24'],
      every: ['stops', 'sleeps'] as const,
      async check(scene, ending) {
        const driver = await scene.start<TemperatureSensor>();
        const waiting = failure(() => driver.nextAlert(100 * SECOND_NS));
        const from = scene.world.now;
        if (ending === 'stops') await scene.stop();
        else await scene.power(kIOServicePowerCapabilityOff);
        expect.equal(await waiting, 'kIOReturnAborted', 'how the call ends');
        const took = scene.world.now - from;
        expect.that(took < SECOND_NS, 'the time of it', 'less than a second', `${took} ns`);
      },
    }),
    {
      id: 'after-sleep',
      cite: CONTRACT,
      text: 'After sleep alerts come as before it.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      ics: ICS,
      bugClasses: ['BC-20'],
      async check(scene) {
        const driver = await watching(scene, { mode: 'interrupt' });
        await scene.power(kIOServicePowerCapabilityOff);
        await scene.pass(SECOND_NS);
        await scene.power(kIOServicePowerCapabilityOn);
        expect.equal(await heard(scene, driver, HOT), true, 'over the upper limit');
        expect.equal(await heard(scene, driver, COLD), false, 'below the lower limit');
      },
    },
  ],
});
