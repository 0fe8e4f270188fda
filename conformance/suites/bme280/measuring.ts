/** When a BME280 measures, how long, how finely, and what its filter makes of it. */
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import {
  DATA_SHEET,
  expectNear,
  isNear,
  MILD,
  show,
  STORMY,
  surround,
} from '../environment-sensor/facts.ts';
import {
  Bare,
  control,
  FORCED,
  MEASURING,
  NORMAL,
  Register,
  SINGLE_NS,
  TRANSFER_NS,
} from './bare.ts';
import { long } from './compensation.ts';

const AIR = ['ambient', 'air', 'virtual-time'] as const;
/** By code: samples; typical and longest times of so many of each (section 9.1). */
const SAMPLES = [
  { code: 1, samples: 1 },
  { code: 2, samples: 2 },
  { code: 3, samples: 4 },
  { code: 4, samples: 8 },
  { code: 5, samples: 16 },
  { code: 7, samples: 16 },
].map((each) => ({
  ...each,
  typicalNs: 1e6 + each.samples * 6e6 + 1e6,
  maxNs: 1.25e6 + each.samples * 6.9e6 + 1.15e6,
}));
/** By code (Table 27). */
const STANDBY_MS = [0.5, 62.5, 125, 250, 500, 1000, 10, 20];

/** Looks at a burst in every phase of normal mode: some measurement ends in it. */
const PERIOD_NS = SINGLE_NS.typical + 0.5e6;
const PHASE_NS = 120_000;
const PHASES = Math.ceil(PERIOD_NS / PHASE_NS);
const LOOK_EVERY = 3;

async function isMeasuring(bare: Bare): Promise<boolean> {
  return (await bare.byte(Register.status)) >= MEASURING;
}

/** What the converter gave for temperature and pressure. */
async function converted(bare: Bare): Promise<{ temperature: number; pressure: number }> {
  const data = await bare.read(Register.data, 8);
  return { temperature: Number(long(data, 3)), pressure: Number(long(data, 0)) };
}

/** Measured once in each of the weathers, the filter being on. */
async function steps(scene: Scene, filter: number) {
  const bare = await Bare.of(scene);
  await bare.write(Register.config, filter * 4);
  await bare.measure();
  const first = await converted(bare);
  surround(scene, STORMY);
  await bare.measure();
  return { bare, first, second: await converted(bare) };
}

export const measuring = suite({
  id: 'bme280/measuring',
  for: { device: 'bme280' },
  clauses: [
    enumerated({
      id: 'forced',
      cite: DATA_SHEET('3.3.3; 5.4.5, Table 25'),
      text: 'Forced mode makes one measurement and goes back to sleep.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      every: [1, 2],
      async check(scene, mode) {
        const bare = await Bare.of(scene);
        await bare.measure(control(mode));
        expect.equal(await bare.byte(Register.control), control(0), 'ctrl_meas');
        surround(scene, STORMY);
        await scene.pass(4 * SINGLE_NS.max);
        expectNear(await bare.compensated(), MILD, 'the data');
      },
    }),
    enumerated({
      id: 'time',
      cite: DATA_SHEET('9.1; 5.4.4'),
      text: 'A measurement takes the time of its samples; measuring is set as long.',
      level: 'shall',
      subject: 'device',
      needs: ['virtual-time'],
      every: SAMPLES,
      async check(scene, { code, typicalNs, maxNs }) {
        const bare = await Bare.of(scene);
        expect.equal(await isMeasuring(bare), false, 'measuring before');
        await bare.write(Register.humidity, code);
        await bare.write(Register.control, control(FORCED, code));
        await scene.pass(typicalNs - TRANSFER_NS);
        expect.equal(await isMeasuring(bare), true, 'measuring until its typical time');
        await scene.pass(maxNs - typicalNs + TRANSFER_NS);
        expect.equal(await isMeasuring(bare), false, 'measuring after its longest time');
      },
    }),
    enumerated({
      id: 'skipping-saves-time',
      cite: DATA_SHEET('9.1'),
      text: 'What is skipped takes no time.',
      level: 'shall',
      subject: 'device',
      needs: ['virtual-time'],
      every: [
        { humidity: 0, settings: 0x25, maxNs: 1.25e6 + 2 * 2.3e6 + 0.575e6 },
        { humidity: 1, settings: 0x21, maxNs: 1.25e6 + 2 * 2.3e6 + 0.575e6 },
        { humidity: 0, settings: 0x21, maxNs: 1.25e6 + 2.3e6 },
      ],
      async check(scene, { humidity, settings, maxNs }) {
        const bare = await Bare.of(scene);
        await bare.write(Register.humidity, humidity);
        await bare.write(Register.control, settings);
        await scene.pass(maxNs);
        expect.equal(await isMeasuring(bare), false, 'measuring after its longest time');
      },
    }),
    enumerated({
      id: 'standby',
      cite: DATA_SHEET('3.3.4; 5.4.6, Table 27'),
      text: 'In normal mode it measures again after its time and the standby time.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      every: STANDBY_MS.map((ms, code) => ({ ms, code })),
      async check(scene, { ms, code }) {
        const bare = await Bare.of(scene);
        await bare.write(Register.config, code * 32);
        await bare.write(Register.humidity, 1);
        const from = scene.world.now;
        await bare.write(Register.control, control(NORMAL));
        await scene.pass(from + SINGLE_NS.max - scene.world.now);
        surround(scene, STORMY);
        const second = 2 * SINGLE_NS.typical + ms * 1e6;
        await scene.pass(Math.max(0, from + second - TRANSFER_NS - scene.world.now));
        if (scene.world.now < from + second) {
          expectNear(await bare.compensated(), MILD, 'the data before the second measurement');
        }
        await scene.pass(2 * (SINGLE_NS.max - SINGLE_NS.typical) + 2 * TRANSFER_NS);
        expectNear(await bare.compensated(), STORMY, 'the data after it');
        expect.equal(await bare.byte(Register.control), control(NORMAL), 'ctrl_meas');
      },
    }),
    {
      id: 'standby-is-quiet',
      cite: DATA_SHEET('5.4.4'),
      text: 'Measuring is not set in standby.',
      level: 'shall',
      subject: 'device',
      needs: ['virtual-time'],
      async check(scene) {
        const bare = await Bare.of(scene);
        await bare.write(Register.config, 5 * 32);
        await bare.measure(control(NORMAL));
        expect.equal(await isMeasuring(bare), false, 'measuring');
        await scene.pass(1000e6 - 2 * TRANSFER_NS);
        expect.equal(await isMeasuring(bare), true, 'measuring a second later');
      },
    },
    {
      id: 'mode-waits',
      cite: DATA_SHEET('3.3.1'),
      text: 'A change of mode waits for the end of the measurement; the next ones are ignored.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      async check(scene) {
        const bare = await Bare.of(scene);
        await bare.write(Register.humidity, 1);
        await bare.write(Register.control, control(NORMAL));
        await bare.write(Register.control, control(0));
        await bare.write(Register.control, control(NORMAL, 2));
        expect.equal(await isMeasuring(bare), true, 'measuring at once');
        await scene.pass(SINGLE_NS.max);
        expect.equal(await bare.byte(Register.control), control(0), 'ctrl_meas');
        expectNear(await bare.compensated(), MILD, 'the data of the measurement');
        surround(scene, STORMY);
        await scene.pass(4 * SINGLE_NS.max);
        expectNear(await bare.compensated(), MILD, 'the data later');
      },
    },
    {
      id: 'shadow',
      cite: DATA_SHEET('4.1'),
      text: 'Data do not change while they are read in one burst.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      async check(scene) {
        const bare = await Bare.of(scene);
        await bare.measure(control(NORMAL));
        const from = scene.world.now;
        for (let phase = 0; phase < PHASES; phase++) {
          const held = phase % 2 === 0 ? STORMY : MILD;
          surround(scene, held);
          const look = from + (phase + 1) * LOOK_EVERY * PERIOD_NS + phase * PHASE_NS;
          await scene.pass(look - scene.world.now);
          surround(scene, held === MILD ? STORMY : MILD);
          const seen = await bare.compensated();
          const isOne = isNear(seen, MILD) || isNear(seen, STORMY);
          expect.that(isOne, 'the data', `${show(MILD)} or ${show(STORMY)}`, show(seen));
        }
      },
    },
    enumerated({
      id: 'resolution',
      cite: DATA_SHEET('5.4.7; 5.4.8; 3.4.4'),
      text: 'Without the filter each doubling of the samples is a bit; with it there are twenty.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      every: [
        { code: 1, filter: 0, step: 16 },
        { code: 2, filter: 0, step: 8 },
        { code: 3, filter: 0, step: 4 },
        { code: 4, filter: 0, step: 2 },
        { code: 5, filter: 0, step: 1 },
        { code: 1, filter: 1, step: 1 },
      ],
      async check(scene, { code, filter, step }) {
        const bare = await Bare.of(scene);
        await bare.write(Register.config, filter * 4);
        let finest = 16;
        for (let count = 0; count < 24; count++) {
          surround(scene, { ...MILD, celsius: 20 + count / 7, pascals: 100_000 + count * 17 });
          await bare.write(Register.control, control(FORCED, code));
          await scene.pass(130e6);
          const { temperature, pressure } = await converted(bare);
          for (const value of [temperature, pressure]) {
            while (value % finest !== 0) finest /= 2;
          }
        }
        expect.equal(finest, step, 'the finest step that is seen');
      },
    }),
    enumerated({
      id: 'filter',
      cite: DATA_SHEET('3.4.4'),
      text: 'The filter takes so much of a new measurement as its coefficient says, of humidity all.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      every: [
        { code: 0, part: 1 },
        { code: 1, part: 2 },
        { code: 2, part: 4 },
        { code: 3, part: 8 },
        { code: 4, part: 16 },
        { code: 7, part: 16 },
      ],
      async check(scene, { code, part }) {
        const { bare, first, second } = await steps(scene, code);
        await bare.write(Register.config, 0);
        await bare.measure();
        const last = await converted(bare);
        for (const name of ['temperature', 'pressure'] as const) {
          const expected = first[name] + (last[name] - first[name]) / part;
          const isRight = Math.abs(second[name] - expected) <= 32;
          expect.that(isRight, name, `${expected} to a step`, `${second[name]}`);
        }
      },
    }),
    {
      id: 'filter-begins',
      cite: DATA_SHEET('3.4.4'),
      text: 'The first measurement after the filter’s reset is told as it is.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      async check(scene) {
        const bare = await Bare.of(scene);
        await bare.write(Register.config, 4 * 4);
        await bare.measure();
        expectNear(await bare.compensated(), MILD, 'the first measurement');
      },
    },
  ],
});
