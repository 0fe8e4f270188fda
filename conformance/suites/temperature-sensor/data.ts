/** Temperatures, limits and settings: what is asked for is what is there. */
import fc from 'fast-check';
import {
  type SensorLimits,
  type SensorSettings,
  TEMPERATURE_SENSOR_METHODS,
  type TemperatureSensor,
} from '../../../drivers-under-test/host/classes/temperature-sensor.ts';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { expectOfflineAsleep } from '../driver/offline.ts';
import {
  ALL_SETTINGS,
  COMPARATOR,
  CONTRACT,
  DATA_SHEET,
  FAST,
  LIMITS,
  RESOLUTIONS,
  SETTLED_NS,
  started,
  STEP,
  warm,
} from './facts.ts';

/** Around zero, at the ends of the range, and where rounding down and rounding to zero differ. */
const TEMPERATURES = [-55_000, -25_250, -10, 0, 10, 62.5, 25_000, 99_990, 127_937.5];
const STEPS = { min: -880, max: 2000 };
/** Beside the conversion: transfers, and again where a conversion ends in between. */
const TRANSFERS_NS = 5_000_000;
const CLIENTS = 4;

const CALLS: Readonly<Record<string, (driver: TemperatureSensor) => unknown>> = {
  temperature: (driver) => driver.temperature(),
  setLimits: (driver) => driver.setLimits(LIMITS),
  limits: (driver) => driver.limits(),
  configure: (driver) => driver.configure(FAST),
  settings: (driver) => driver.settings(),
  setShutdown: (driver) => driver.setShutdown(true),
  nextAlert: (driver) => driver.nextAlert(1000),
};

export const data = suite({
  id: 'temperature-sensor/data',
  for: { class: 'TemperatureSensor', bus: 'i2c' },
  clauses: [
    {
      id: 'offline',
      cite: CONTRACT,
      text: 'Asleep, every call fails with kIOReturnOffline and leaves the device alone.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-20'],
      async check(scene) {
        const driver = await scene.start<TemperatureSensor>();
        await expectOfflineAsleep(scene, driver, {
          methods: TEMPERATURE_SENSOR_METHODS,
          calls: CALLS,
          without: [],
        });
      },
    },
    enumerated({
      id: 'temperature',
      cite: DATA_SHEET('Temperature Register, Table 5', 'read'),
      text: 'A temperature, warm or cold, is told to the step of the finest resolution.',
      level: 'shall',
      subject: 'pair',
      needs: ['ambient'],
      bugClasses: ['BC-11'],
      every: TEMPERATURES,
      async check(scene, ambient) {
        const driver = await started(scene, ambient);
        const seen = await driver.temperature();
        const isNear = Math.abs(seen - ambient) <= STEP && Number.isInteger(seen / STEP);
        expect.that(isNear, 'the temperature', `${ambient} to a step of 62.5`, `${seen}`);
      },
    }),
    {
      id: 'first-value',
      cite: DATA_SHEET('Temperature Register', 'read'),
      text: 'Right after Start the temperature is a measured one, not the zero after power-on.',
      level: 'shall',
      subject: 'driver',
      needs: ['ambient', 'virtual-time'],
      bugClasses: ['BC-09'],
      async check(scene) {
        const driver = await started(scene, 41_000);
        expect.equal(await driver.temperature(), 41_000, 'the first temperature');
      },
    },
    enumerated({
      id: 'resolution',
      cite: DATA_SHEET('Converter Resolution (R1/R0)'),
      text: 'At each resolution the temperature is told in its steps, and follows in its time.',
      level: 'shall',
      subject: 'pair',
      needs: ['ambient', 'virtual-time'],
      every: RESOLUTIONS,
      async check(scene, { bits, step, maxNs }) {
        const driver = await started(scene);
        await driver.configure({ ...COMPARATOR, resolution: bits });
        warm(scene, 50_437.5);
        await scene.pass(maxNs);
        const expected = Math.floor(50_437.5 / step) * step;
        expect.equal(await driver.temperature(), expected, `the temperature at ${bits} bits`);
      },
    }),
    enumerated({
      id: 'new-resolution',
      cite: CONTRACT,
      text: 'After a change of the resolution the next temperature has it already.',
      level: 'shall',
      subject: 'driver',
      needs: ['ambient', 'virtual-time'],
      bugClasses: ['BC-09'],
      every: RESOLUTIONS,
      async check(scene, { bits, step }) {
        const driver = await started(scene, 50_437.5);
        await driver.configure({ ...COMPARATOR, resolution: bits === 9 ? 12 : 9 });
        await driver.configure({ ...COMPARATOR, resolution: bits });
        const expected = Math.floor(50_437.5 / step) * step;
        expect.equal(await driver.temperature(), expected, `the temperature at ${bits} bits`);
      },
    }),
    enumerated({
      id: 'one-shot',
      cite: DATA_SHEET('One-Shot (OS)'),
      text: 'In shutdown each temperature is a new one, waited for as long as it takes, no longer.',
      level: 'shall',
      subject: 'driver',
      needs: ['ambient', 'virtual-time'],
      bugClasses: ['BC-03', 'BC-09'],
      every: RESOLUTIONS,
      async check(scene, { bits, maxNs }) {
        const driver = await started(scene, 10_000);
        await driver.configure({ ...COMPARATOR, resolution: bits });
        await driver.setShutdown(true);
        for (const ambient of [20_000, 35_500]) {
          await scene.pass(SETTLED_NS);
          warm(scene, ambient);
          const from = scene.world.now;
          expect.equal(await driver.temperature(), ambient, 'the temperature in shutdown');
          const took = scene.world.now - from;
          const isPrompt = took < maxNs + TRANSFERS_NS;
          expect.that(isPrompt, 'the time of it', 'that of one conversion', `${took} ns`);
        }
      },
    }),
    {
      id: 'asked-in-shutdown',
      cite: CONTRACT,
      text: 'In shutdown limits and settings can be asked, whatever the last conversion was.',
      level: 'shall',
      subject: 'driver',
      needs: ['ambient', 'virtual-time'],
      bugClasses: ['BC-07'],
      async check(scene) {
        const driver = await started(scene, STEP);
        await driver.setShutdown(true);
        await driver.configure(FAST);
        await driver.setLimits(LIMITS);
        expect.equal(await driver.limits(), LIMITS, 'the limits');
        expect.equal(await driver.settings(), FAST, 'the settings');
      },
    },
    {
      id: 'wakes',
      cite: DATA_SHEET('Shutdown Mode (SD)'),
      text: 'After shutdown the device converts by itself again.',
      level: 'shall',
      subject: 'driver',
      needs: ['ambient', 'virtual-time'],
      async check(scene) {
        const driver = await started(scene, 10_000);
        await driver.setShutdown(true);
        warm(scene, 20_000);
        await driver.setShutdown(false);
        const from = scene.world.now;
        expect.equal(await driver.temperature(), 20_000, 'the temperature after it');
        const took = scene.world.now - from;
        expect.that(took < TRANSFERS_NS, 'the time of it', 'no conversion', `${took} ns`);
        warm(scene, 30_000);
        await scene.pass(SETTLED_NS);
        expect.equal(await driver.temperature(), 30_000, 'the temperature later');
      },
    },
    property({
      id: 'limits',
      cite: DATA_SHEET('High and Low Limit Registers'),
      text: 'Limits that the device can hold come back as they were set.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      given: fc.tuple(fc.integer(STEPS), fc.integer(STEPS)),
      show: (steps) => [`limits of ${steps.map((each) => each * STEP).join(' and ')}`],
      async check(scene, [one, other]) {
        const driver = await scene.start<TemperatureSensor>();
        const limits = { high: Math.max(one, other) * STEP, low: Math.min(one, other) * STEP };
        await driver.setLimits(limits);
        expect.equal(await driver.limits(), limits, 'the limits');
      },
    }),
    enumerated({
      id: 'limits-rounded',
      cite: CONTRACT,
      text: 'Limits between two steps are rounded down, below zero too.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-17'],
      every: [-20_000.5, -62.4, -0.5, 0.5, 62.4, 20_000.5],
      async check(scene, low) {
        const driver = await scene.start<TemperatureSensor>();
        await driver.setLimits({ high: low + 1000, low });
        const expected = {
          high: Math.floor((low + 1000) / STEP) * STEP,
          low: Math.floor(low / STEP) * STEP,
        };
        expect.equal(await driver.limits(), expected, 'the limits');
      },
    }),
    {
      id: 'limits-refused',
      cite: CONTRACT,
      text: 'Limits that no device holds, or in the wrong order, are refused without touching it.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11', 'BC-27'],
      async check(scene) {
        const driver = await scene.start<TemperatureSensor>();
        await driver.setLimits(LIMITS);
        const before = scene.accesses;
        const wrong: readonly SensorLimits[] = [
          { high: 20_000, low: 30_000 },
          { high: 128_000, low: 0 },
          { high: 0, low: -128_062.5 },
          { high: NaN, low: 0 },
          { high: 0, low: -Infinity },
        ];
        for (const limits of wrong) {
          const what = `limits ${limits.low} and ${limits.high}`;
          await expect.fails(() => driver.setLimits(limits), ['kIOReturnBadArgument'], what);
        }
        expect.equal(scene.accesses - before, 0, 'accesses to the device');
        expect.equal(await driver.limits(), LIMITS, 'the limits from before');
      },
    },
    enumerated({
      id: 'settings',
      cite: DATA_SHEET('Configuration Register'),
      text: 'Each of the settings comes back as it was set, and temperatures come all the same.',
      level: 'shall',
      subject: 'driver',
      needs: ['ambient'],
      every: ALL_SETTINGS,
      async check(scene, settings) {
        const driver = await started(scene, 33_000);
        await driver.configure(settings);
        expect.equal(await driver.settings(), settings, 'the settings');
        expect.equal(await driver.temperature(), 33_000, 'the temperature');
      },
    }),
    {
      id: 'settings-refused',
      cite: CONTRACT,
      text: 'Settings that there are not are refused without touching the device.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-27'],
      async check(scene) {
        const driver = await scene.start<TemperatureSensor>();
        const before = scene.accesses;
        const wrong = [{ resolution: 13 }, { faultQueue: 3 }, { mode: 'off' }, { polarity: '' }];
        for (const part of wrong) {
          const settings = { ...COMPARATOR, ...part } as SensorSettings;
          const what = `configure(${JSON.stringify(part)})`;
          await expect.fails(() => driver.configure(settings), ['kIOReturnBadArgument'], what);
        }
        expect.equal(scene.accesses - before, 0, 'accesses to the device');
        expect.equal(await driver.settings(), COMPARATOR, 'the settings from before');
      },
    },
    {
      id: 'clients',
      cite: CONTRACT,
      text: 'Clients that measure, set limits and configure at once all get what they ask for.',
      level: 'shall',
      subject: 'driver',
      needs: ['ambient'],
      bugClasses: ['BC-23', 'BC-24'],
      async check(scene) {
        const driver = await started(scene, 33_000);
        const all = Array.from({ length: CLIENTS }, async (_, index) => {
          await driver.setLimits({ ...LIMITS, low: index * 1000 });
          return driver.temperature();
        });
        const configured = driver.configure({ ...FAST, faultQueue: 4 });
        const seen = await Promise.all(all);
        await configured;
        expect.equal(
          seen,
          all.map(() => 33_000),
          'what they read',
        );
        expect.equal((await driver.settings()).faultQueue, 4, 'the fault queue');
        const { low } = await driver.limits();
        expect.that(low % 1000 === 0 && low < 4000, 'the lower limit', 'one of theirs', `${low}`);
      },
    },
  ],
});
