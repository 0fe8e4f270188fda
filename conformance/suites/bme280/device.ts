/** What a BME280 owes its bus, whatever driver it has: registers, and what it measures. */
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import {
  DATA_SHEET,
  expectNear,
  MILD,
  STORMY,
  surround,
  type Weather,
} from '../environment-sensor/facts.ts';
import {
  Bare,
  control,
  DATA_RESET,
  FORCED,
  NORMAL,
  Register,
  RESET_WORD,
  SINGLE_NS,
  STARTED_NS,
  UPDATING,
} from './bare.ts';

const AIR = ['ambient', 'air', 'virtual-time'] as const;
const WEATHERS: readonly Weather[] = [
  MILD,
  STORMY,
  { celsius: -40, pascals: 30_000, percent: 20 },
  { celsius: 85, pascals: 110_000, percent: 80 },
  { celsius: 0, pascals: 101_325, percent: 0 },
  { celsius: 30, pascals: 70_000, percent: 100 },
];

/** What only the device writes. */
const READ_ONLY = [0x88, 0xa1, 0xd0, 0xe1, 0xe7, 0xf3, 0xf7, 0xfa, 0xfe];

export const device = suite({
  id: 'bme280/device',
  for: { device: 'bme280' },
  clauses: [
    {
      id: 'identification',
      cite: DATA_SHEET('5.4.1'),
      text: 'The identification is 60h.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = await Bare.of(scene);
        expect.equal(await bare.byte(Register.id), 0x60, 'the identification');
      },
    },
    {
      id: 'power-on',
      cite: DATA_SHEET('5.3, Table 18'),
      text: 'After power-on the control registers are zero and the data are in the middle.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = await Bare.of(scene);
        const controls = [...(await bare.read(Register.humidity, 4))];
        expect.equal(controls, [0, 0, 0, 0], 'ctrl_hum to config');
        expect.equal(await bare.data(), DATA_RESET, 'the data');
      },
    },
    {
      id: 'sleep',
      cite: DATA_SHEET('3.3.2'),
      text: 'In sleep mode nothing is measured.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      async check(scene) {
        const bare = await Bare.of(scene);
        await bare.measure(control(0));
        expect.equal(await bare.data(), DATA_RESET, 'the data');
      },
    },
    enumerated({
      id: 'soft-reset',
      cite: DATA_SHEET('5.4.2'),
      text: 'The word B6h resets every register; another word does nothing; it reads as zero.',
      level: 'shall',
      subject: 'device',
      needs: ['virtual-time'],
      every: [
        { word: RESET_WORD, isReset: true },
        { word: 0xb7, isReset: false },
        { word: 0, isReset: false },
      ],
      async check(scene, { word, isReset }) {
        const bare = await Bare.of(scene);
        await bare.write(Register.config, 0xf4);
        await bare.measure();
        const before = await bare.data();
        await bare.write(Register.reset, word);
        await scene.pass(STARTED_NS);
        expect.equal(await bare.byte(Register.reset), 0, 'the reset register');
        expect.equal(await bare.byte(Register.humidity), isReset ? 0 : 1, 'ctrl_hum');
        expect.equal(await bare.byte(Register.config), isReset ? 0 : 0xf4, 'config');
        expect.equal(await bare.data(), isReset ? DATA_RESET : before, 'the data');
      },
    }),
    {
      id: 'image-update',
      cite: DATA_SHEET('5.4.4; 1.1'),
      text: 'After a reset im_update is set, and cleared within the start-up time.',
      level: 'shall',
      subject: 'device',
      needs: ['virtual-time'],
      async check(scene) {
        const bare = await Bare.of(scene);
        expect.equal((await bare.byte(Register.status)) % 2, 0, 'im_update before it');
        await bare.write(Register.reset, RESET_WORD);
        expect.equal((await bare.byte(Register.status)) % 2, UPDATING, 'im_update at once');
        await scene.pass(STARTED_NS);
        expect.equal((await bare.byte(Register.status)) % 2, 0, 'im_update later');
      },
    },
    {
      id: 'reset-ends-all',
      cite: DATA_SHEET('5.4.2'),
      text: 'A reset in normal mode ends the measurements.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      async check(scene) {
        const bare = await Bare.of(scene);
        await bare.measure(control(NORMAL));
        await bare.write(Register.reset, RESET_WORD);
        await scene.pass(4 * SINGLE_NS.max);
        expect.equal(await bare.data(), DATA_RESET, 'the data');
        expect.equal(await bare.byte(Register.control), 0, 'ctrl_meas');
      },
    },
    enumerated({
      id: 'read-only',
      cite: DATA_SHEET('5.3, Table 18'),
      text: 'Trimming words, identification, status and data cannot be written.',
      level: 'shall',
      subject: 'device',
      every: READ_ONLY,
      async check(scene, register) {
        const bare = await Bare.of(scene);
        const before = await bare.byte(register);
        expect.equal(
          await bare.write(register, before === 0x5a ? 0xa5 : 0x5a),
          'done',
          'the write',
        );
        expect.equal(await bare.byte(register), before, `register ${register.toString(16)}h`);
      },
    }),
    enumerated({
      id: 'control-bits',
      cite: DATA_SHEET('5.4.3; 5.4.5; 5.4.6'),
      text: 'What is written to the control registers is read back, in their own bits.',
      level: 'shall',
      subject: 'device',
      every: [
        { register: Register.humidity, byte: 0xfd, read: 0x05 },
        { register: Register.humidity, byte: 0x02, read: 0x02 },
        { register: Register.control, byte: 0xa8, read: 0xa8 },
        { register: Register.control, byte: 0x54, read: 0x54 },
        { register: Register.config, byte: 0xb4, read: 0xb4 },
        { register: Register.config, byte: 0x49, read: 0x49 },
      ],
      async check(scene, { register, byte, read }) {
        const bare = await Bare.of(scene);
        await bare.write(register, byte);
        expect.equal(await bare.byte(register), read, `register ${register.toString(16)}h`);
      },
    }),
    {
      id: 'pairs',
      cite: DATA_SHEET('6.2.1'),
      text: 'A write takes pairs of a register and its byte, as many as there are.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = await Bare.of(scene);
        await bare.write(Register.config, 0x54, Register.humidity, 3, Register.control, 0x24);
        expect.equal(await bare.byte(Register.config), 0x54, 'config');
        expect.equal(await bare.byte(Register.humidity), 3, 'ctrl_hum');
        expect.equal(await bare.byte(Register.control), 0x24, 'ctrl_meas');
      },
    },
    {
      id: 'counts-up',
      cite: DATA_SHEET('6.2.2'),
      text: 'A read counts the register up: a burst is what single reads are.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      async check(scene) {
        const bare = await Bare.of(scene);
        await bare.measure();
        for (const [from, length] of [
          [Register.trimLow, 26],
          [Register.trimHigh, 7],
          [Register.data, 8],
        ] as const) {
          const burst = [...(await bare.read(from, length))];
          const single: number[] = [];
          for (let at = from as number; at < from + length; at++) single.push(await bare.byte(at));
          expect.equal(burst, single, `the burst from ${from.toString(16)}h`);
        }
      },
    },
    enumerated({
      id: 'compensation',
      cite: DATA_SHEET('4.2.3'),
      text: 'Data and trimming words, put into the formulas, give what is around the device.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      every: WEATHERS,
      async check(scene, weather) {
        const bare = await Bare.of(scene, weather);
        await bare.measure();
        expectNear(await bare.compensated(), weather, 'by the formulas');
      },
    }),
    enumerated({
      id: 'skipped',
      cite: DATA_SHEET('5.4.3, Table 20; 5.4.5, Tables 23 and 24'),
      text: 'What is skipped has its middle value; what is not is measured.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      every: ['temperature', 'pressure', 'humidity'] as const,
      async check(scene, part) {
        const bare = await Bare.of(scene);
        await bare.write(Register.humidity, part === 'humidity' ? 0 : 1);
        const temperature = part === 'temperature' ? 0 : 32;
        await bare.write(Register.control, temperature + (part === 'pressure' ? 0 : 4) + FORCED);
        await scene.pass(SINGLE_NS.max);
        const data = await bare.data();
        for (const [name, from, until] of [
          ['pressure', 0, 3],
          ['temperature', 3, 6],
          ['humidity', 6, 8],
        ] as const) {
          const isMiddle = data.slice(from, until).join() === DATA_RESET.slice(from, until).join();
          expect.equal(isMiddle, name === part, `${name} is in the middle`);
        }
      },
    }),
    {
      id: 'humidity-waits',
      cite: DATA_SHEET('5.4.3'),
      text: 'A change of ctrl_hum counts only from the next write to ctrl_meas on.',
      level: 'shall',
      subject: 'device',
      needs: AIR,
      async check(scene) {
        const bare = await Bare.of(scene);
        await bare.write(Register.control, control(NORMAL));
        await bare.write(Register.humidity, 1);
        await scene.pass(4 * SINGLE_NS.max);
        expect.equal((await bare.data()).slice(6), [0x80, 0], 'humidity before');
        await bare.write(Register.control, control(NORMAL));
        await scene.pass(4 * SINGLE_NS.max);
        expectNear(await bare.compensated(), MILD, 'the data after it');
      },
    },
    {
      id: 'power-cut',
      cite: DATA_SHEET('5.4.2'),
      text: 'A power cut brings every register back to what it holds after power-on.',
      level: 'shall',
      subject: 'device',
      needs: ['power-cut', ...AIR],
      async check(scene) {
        const bare = await Bare.of(scene);
        await bare.write(Register.config, 0xb4);
        await bare.measure(control(NORMAL));
        surround(scene, STORMY);
        scene.cutPower();
        await scene.pass(4 * SINGLE_NS.max);
        expect.equal([...(await bare.read(Register.humidity, 4))], [0, 0, 0, 0], 'the controls');
        expect.equal(await bare.data(), DATA_RESET, 'the data');
      },
    },
  ],
});
