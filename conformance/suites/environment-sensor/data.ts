/** Measurements: of what is around the device, of one moment, and of what was asked for. */
import fc from 'fast-check';
import {
  ENVIRONMENT_SENSOR_METHODS,
  type EnvironmentSensor,
  type EnvironmentSettings,
  type Samples,
} from '../../../drivers-under-test/host/classes/environment-sensor.ts';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { expectOfflineAsleep } from '../driver/offline.ts';
import {
  CONTRACT,
  DATA_SHEET,
  expectNear,
  isNear,
  MILD,
  ON_DEMAND,
  SETTLED_NS,
  show,
  SINGLE,
  started,
  STORMY,
  surround,
  type Weather,
} from './facts.ts';

const NEEDS = ['ambient', 'air', 'virtual-time'] as const;
const CELSIUS = [-40, -10.125, -0.01, 0, 0.01, 24.995, 60, 85];
const PASCALS = [30_000, 65_432, 101_325, 110_000];
const PERCENT = [0, 0.5, 50, 99.5, 100];
const CLIENTS = 4;
/** Of the calls of a driver that sees the weather change under it. */
const PHASES = 24;
const PHASE_NS = 400_000;
const ALL_SAMPLES: readonly Samples[] = [1, 2, 4, 8, 16];

const weathers: fc.Arbitrary<Weather> = fc.record({
  celsius: fc.integer({ min: -4000, max: 8500 }).map((all) => all / 100),
  pascals: fc.integer({ min: 30_000, max: 110_000 }),
  percent: fc.integer({ min: 1, max: 99 }),
});

const CALLS: Readonly<Record<string, (driver: EnvironmentSensor) => unknown>> = {
  measure: (driver) => driver.measure(),
  configure: (driver) => driver.configure(SINGLE),
};

const weatherOf = (part: Partial<Weather>): Weather => ({ ...MILD, ...part });

export const data = suite({
  id: 'environment-sensor/data',
  for: { class: 'EnvironmentSensor', bus: 'i2c' },
  clauses: [
    ...(
      [
        ['temperature', CELSIUS.map((celsius) => weatherOf({ celsius })), '3.4.3'],
        ['pressure', PASCALS.map((pascals) => weatherOf({ pascals })), '3.4.2'],
        ['humidity', PERCENT.map((percent) => weatherOf({ percent })), '3.4.1'],
      ] as const
    ).map(([id, every, section]) =>
      enumerated({
        id,
        cite: DATA_SHEET(`${section}; 4.2.3`),
        text: `The ${id} is told as it is, to the ends of the range.`,
        level: 'shall',
        subject: 'driver',
        needs: NEEDS,
        bugClasses: ['BC-11'],
        every,
        async check(scene, weather) {
          const driver = await started(scene, weather);
          expectNear(await driver.measure(), weather, 'the measurement');
        },
      }),
    ),
    property({
      id: 'weather',
      cite: DATA_SHEET('4.2.3'),
      text: 'Of whatever weather, by whatever part, all three are told as they are.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      bugClasses: ['BC-11'],
      given: weathers,
      show: (weather) => [show(weather)],
      async check(scene, weather) {
        const driver = await started(scene, weather);
        expectNear(await driver.measure(), weather, 'the measurement');
      },
    }),
    {
      id: 'follows',
      cite: DATA_SHEET('3.3.4'),
      text: 'Measuring continuously, the device’s latest measurement is told.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      async check(scene) {
        const driver = await started(scene);
        for (const weather of [STORMY, MILD, STORMY]) {
          surround(scene, weather);
          await scene.pass(SETTLED_NS);
          expectNear(await driver.measure(), weather, 'the measurement');
        }
      },
    },
    {
      id: 'on-demand',
      cite: DATA_SHEET('3.3.3'),
      text: 'On demand each measurement is a new one.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      bugClasses: ['BC-09'],
      async check(scene) {
        const driver = await started(scene);
        await driver.configure(ON_DEMAND);
        for (const weather of [STORMY, MILD, STORMY]) {
          surround(scene, weather);
          expectNear(await driver.measure(), weather, 'the measurement');
          await scene.pass(SETTLED_NS);
        }
      },
    },
    enumerated({
      id: 'samples',
      cite: DATA_SHEET('9.1'),
      text: 'With more samples a measurement is waited for as long as it takes.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      bugClasses: ['BC-03', 'BC-09'],
      every: (['continuous', 'on-demand'] as const).flatMap((mode) =>
        ALL_SAMPLES.map((all): EnvironmentSettings => {
          return { mode, temperature: all, pressure: all, humidity: all };
        }),
      ),
      async check(scene, settings) {
        const driver = await started(scene);
        await driver.configure(settings);
        expectNear(await driver.measure(), MILD, 'the first measurement');
        if (settings.mode === 'continuous') return;
        surround(scene, STORMY);
        expectNear(await driver.measure(), STORMY, 'the second one');
      },
    }),
    enumerated({
      id: 'not-measured',
      cite: DATA_SHEET('5.4.3; 5.4.5'),
      text: 'What is not measured is told as such; what is measured is right all the same.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      every: ['pressure', 'humidity'] as const,
      async check(scene, part) {
        const driver = await started(scene);
        await driver.configure({ ...SINGLE, [part]: 0 });
        const seen = await driver.measure();
        const { pascals, percent } = seen;
        const left = part === 'pressure' ? pascals : percent;
        expect.equal(left, undefined, `the ${part}`);
        const other = part === 'pressure' ? { pascals: MILD.pascals } : { percent: MILD.percent };
        expectNear({ ...seen, ...other }, MILD, 'the rest');
      },
    }),
    enumerated({
      id: 'of-one-moment',
      cite: DATA_SHEET('4.1'),
      text: 'A measurement is one, however the weather changes while it is read.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      bugClasses: ['BC-08'],
      every: Array.from({ length: PHASES }, (_, index) => index * PHASE_NS),
      async check(scene, phaseNs) {
        const driver = await started(scene);
        await scene.pass(phaseNs);
        const measured = driver.measure();
        surround(scene, STORMY);
        const seen = await measured;
        const isOne = isNear(seen, MILD) || isNear(seen, STORMY);
        expect.that(isOne, 'the measurement', `${show(MILD)} or ${show(STORMY)}`, show(seen));
      },
    }),
    enumerated({
      id: 'clients',
      cite: CONTRACT,
      text: 'Clients that measure at once all get what is there.',
      level: 'shall',
      subject: 'driver',
      needs: NEEDS,
      bugClasses: ['BC-23', 'BC-24'],
      every: [SINGLE, ON_DEMAND],
      async check(scene, settings) {
        const driver = await started(scene);
        await driver.configure(settings);
        const all = Array.from({ length: CLIENTS }, () => driver.measure());
        for (const seen of await Promise.all(all)) expectNear(seen, MILD, 'a measurement');
      },
    }),
    {
      id: 'refused',
      cite: CONTRACT,
      text: 'Settings that there are not are refused without touching the device.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-27'],
      async check(scene) {
        const driver = await scene.start<EnvironmentSensor>();
        const before = scene.accesses;
        for (const part of [{ temperature: 3 }, { pressure: -1 }, { humidity: 32 }, { mode: '' }]) {
          const settings = { ...SINGLE, ...part } as EnvironmentSettings;
          const what = `configure(${JSON.stringify(part)})`;
          await expect.fails(() => driver.configure(settings), ['kIOReturnBadArgument'], what);
        }
        expect.equal(scene.accesses - before, 0, 'accesses to the device');
      },
    },
    {
      id: 'offline',
      cite: CONTRACT,
      text: 'Asleep, every call fails with kIOReturnOffline and leaves the device alone.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-20'],
      async check(scene) {
        const driver = await scene.start<EnvironmentSensor>();
        await expectOfflineAsleep(scene, driver, {
          methods: ENVIRONMENT_SENSOR_METHODS,
          calls: CALLS,
          without: [],
        });
      },
    },
  ],
});
