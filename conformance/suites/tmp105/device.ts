/** What a TMP105 owes its bus, whatever driver it has. Values are restated. */
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { DATA_SHEET, RESOLUTIONS, SETTLED_NS, warm, word } from '../temperature-sensor/facts.ts';
import { Bare, CONFIGURATION, SOON_NS } from './bare.ts';

const TEMPERATURE = 0;
const T_LOW = 2;
const T_HIGH = 3;
const ALERT_RESPONSE = 0x0c;
const GENERAL_CALL = 0x00;
/** Bits of the configuration register. */
const SD = 0x01;
const TM = 0x02;
const POL = 0x04;
const OS = 0x80;
const ALL_BITS_OF_RESOLUTION = 0x60;
const LIMITS_RESET = { low: 0x4b00, high: 0x5000 };
const COLD = 20_000;
const HOT = 90_000;
const MILD = 77_000;

/** Table 5, and the rows that it leaves out at the ends. */
const FORMATS = [
  { millidegrees: 128_000, register: 0x7ff0 },
  { millidegrees: 127_937.5, register: 0x7ff0 },
  { millidegrees: 100_000, register: 0x6400 },
  { millidegrees: 25_000, register: 0x1900 },
  { millidegrees: 250, register: 0x0040 },
  { millidegrees: 0, register: 0x0000 },
  { millidegrees: -250, register: 0xffc0 },
  { millidegrees: -25_000, register: 0xe700 },
  { millidegrees: -55_000, register: 0xc900 },
] as const;

const ALERTS = ['ambient', 'board-lines', 'virtual-time'] as const;

export const device = suite({
  id: 'tmp105/device',
  for: { device: 'tmp105' },
  clauses: [
    {
      id: 'power-on',
      cite: DATA_SHEET('Configuration Register; High and Low Limit Registers'),
      text: 'After power-on the configuration is zero and the limits are 75 and 80 degrees.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        expect.equal(await bare.configuration(), 0, 'the configuration');
        expect.equal(await bare.word(T_LOW), LIMITS_RESET.low, 'T_LOW');
        expect.equal(await bare.word(T_HIGH), LIMITS_RESET.high, 'T_HIGH');
      },
    },
    {
      id: 'first-conversion',
      cite: DATA_SHEET('Temperature Register', 'read'),
      text: 'The temperature reads zero until the first conversion is complete.',
      level: 'shall',
      subject: 'device',
      needs: ['ambient', 'virtual-time'],
      async check(scene) {
        const bare = new Bare(scene);
        warm(scene, HOT);
        expect.equal(await bare.word(TEMPERATURE), 0, 'the temperature at once');
        await scene.pass(SOON_NS);
        expect.equal(await bare.word(TEMPERATURE), 0x5a00, 'the temperature later');
      },
    },
    enumerated({
      id: 'format',
      cite: DATA_SHEET('Temperature Register, Table 5', 'read'),
      text: 'Temperatures are in two’s complement, in sixteenths of a degree, left-justified.',
      level: 'shall',
      subject: 'device',
      needs: ['ambient'],
      every: FORMATS,
      async check(scene, { millidegrees, register }) {
        const bare = new Bare(scene);
        await bare.write(CONFIGURATION, ALL_BITS_OF_RESOLUTION);
        warm(scene, millidegrees);
        await scene.pass(SETTLED_NS);
        expect.equal(await bare.word(TEMPERATURE), register, `${millidegrees} millidegrees`);
      },
    }),
    enumerated({
      id: 'conversion-time',
      cite: DATA_SHEET('Converter Resolution (R1/R0)'),
      text: 'A conversion takes its typical time, in steps of its resolution.',
      level: 'shall',
      subject: 'device',
      needs: ['ambient', 'virtual-time'],
      every: RESOLUTIONS.map((resolution, r) => ({ ...resolution, r })),
      async check(scene, { r, step, typicalNs, maxNs }) {
        const bare = new Bare(scene);
        await bare.write(CONFIGURATION, SD);
        await scene.pass(SETTLED_NS);
        const old = await bare.word(TEMPERATURE);
        warm(scene, 50_437.5);
        await bare.write(CONFIGURATION, SD + OS + r * 32);
        await scene.pass(typicalNs * 0.9);
        expect.equal(await bare.word(TEMPERATURE), old, 'the temperature before its end');
        await scene.pass(maxNs - typicalNs * 0.9);
        const expected = ((Math.floor(50_437.5 / step) * step) / 62.5) * 16;
        expect.equal(await bare.word(TEMPERATURE), expected, 'the temperature after it');
      },
    }),
    {
      id: 'shutdown',
      cite: DATA_SHEET('Shutdown Mode (SD)'),
      text: 'In shutdown the temperature stays, until SD is zero again.',
      level: 'shall',
      subject: 'device',
      needs: ['ambient', 'virtual-time'],
      async check(scene) {
        const bare = new Bare(scene);
        await bare.warm(COLD);
        await bare.write(CONFIGURATION, SD);
        await scene.pass(SOON_NS);
        await bare.warm(HOT);
        expect.equal(await bare.word(TEMPERATURE), 0x1400, 'the temperature in shutdown');
        await bare.write(CONFIGURATION, 0);
        await scene.pass(SOON_NS);
        expect.equal(await bare.word(TEMPERATURE), 0x5a00, 'the temperature after it');
      },
    },
    {
      id: 'one-shot',
      cite: DATA_SHEET('One-Shot (OS)'),
      text: 'OS makes one conversion in shutdown, not two, and reads as zero.',
      level: 'shall',
      subject: 'device',
      needs: ['ambient', 'virtual-time'],
      async check(scene) {
        const bare = new Bare(scene);
        await bare.write(CONFIGURATION, SD);
        await bare.warm(COLD);
        await bare.write(CONFIGURATION, SD + OS);
        expect.equal(await bare.configuration(), SD, 'the configuration');
        await scene.pass(SOON_NS);
        await bare.warm(HOT);
        expect.equal(await bare.word(TEMPERATURE), 0x1400, 'the temperature');
      },
    },
    {
      id: 'pointer',
      cite: DATA_SHEET('Writing/Reading'),
      text: 'The pointer stays: a read without one is of the same register again.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        await bare.write(T_HIGH, 0x12, 0x30);
        expect.equal(word(await bare.readOn(2)), 0x1230, 'the first read');
        expect.equal(word(await bare.readOn(2)), 0x1230, 'the second read');
        expect.equal(await bare.word(T_LOW), LIMITS_RESET.low, 'the other limit');
      },
    },
    {
      id: 'read-only',
      cite: DATA_SHEET('Pointer Register, Table 2', 'read'),
      text: 'The temperature register cannot be written.',
      level: 'shall',
      subject: 'device',
      needs: ['ambient'],
      async check(scene) {
        const bare = new Bare(scene);
        await bare.warm(COLD);
        await bare.write(TEMPERATURE, 0x55, 0x50);
        expect.equal(word(await bare.readOn(2)), 0x1400, 'the temperature');
      },
    },
    {
      id: 'unused-bits',
      cite: DATA_SHEET('High and Low Limit Registers'),
      text: 'The four lowest bits of the limits are always zero.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        for (const limit of [T_LOW, T_HIGH]) {
          await bare.write(limit, 0xff, 0xff);
          expect.equal(word(await bare.readOn(2)), 0xfff0, limit === T_LOW ? 'T_LOW' : 'T_HIGH');
        }
      },
    },
    enumerated({
      id: 'comparator',
      cite: DATA_SHEET('High and Low Limit Registers; Polarity (POL)'),
      text: 'In comparator mode ALERT follows the limits, whatever is read.',
      level: 'shall',
      subject: 'device',
      needs: ALERTS,
      every: [0, POL],
      async check(scene, polarity) {
        const bare = new Bare(scene);
        await bare.write(CONFIGURATION, polarity);
        for (const [millidegrees, active] of [
          [MILD, false],
          [80_000, true],
          [MILD, true],
          [75_000, true],
          [74_900, false],
          [MILD, false],
        ] as const) {
          await bare.warm(millidegrees);
          await bare.word(TEMPERATURE);
          const expected = active === (polarity === POL);
          expect.equal(bare.alertIsHigh, expected, `ALERT at ${millidegrees}`);
        }
      },
    }),
    enumerated({
      id: 'interrupt',
      cite: DATA_SHEET('High and Low Limit Registers'),
      text: 'In interrupt mode a read of any register ends the alert; the other limit is next.',
      level: 'shall',
      subject: 'device',
      needs: ALERTS,
      every: [TEMPERATURE, CONFIGURATION, T_LOW, T_HIGH],
      async check(scene, pointer) {
        const bare = new Bare(scene);
        await bare.write(CONFIGURATION, TM);
        for (const [millidegrees, active] of [
          [HOT, true],
          [HOT + 5000, false],
          [MILD, false],
          [COLD, true],
          [COLD - 5000, false],
          [HOT, true],
        ] as const) {
          await bare.warm(millidegrees);
          expect.equal(bare.alertIsHigh, !active, `ALERT at ${millidegrees}`);
          await bare.word(pointer);
          expect.equal(bare.alertIsHigh, true, 'ALERT after a read');
        }
      },
    }),
    {
      id: 'alert-stays',
      cite: DATA_SHEET('High and Low Limit Registers'),
      text: 'In interrupt mode an alert stays until it is read, or the device is shut down.',
      level: 'shall',
      subject: 'device',
      needs: ALERTS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.write(CONFIGURATION, TM);
        await bare.warm(HOT);
        await bare.warm(COLD);
        expect.equal(bare.alertIsHigh, false, 'ALERT that nobody read');
        await bare.write(CONFIGURATION, TM + SD);
        expect.equal(bare.alertIsHigh, true, 'ALERT in shutdown');
      },
    },
    {
      id: 'other-limit-next',
      cite: DATA_SHEET('High and Low Limit Registers'),
      text: 'When an alert over T_HIGH is read at last, the next one is that below T_LOW.',
      level: 'shall',
      subject: 'device',
      needs: ALERTS,
      async check(scene) {
        const bare = new Bare(scene);
        await bare.write(CONFIGURATION, TM);
        await bare.warm(HOT);
        await bare.warm(COLD);
        await bare.word(TEMPERATURE);
        expect.equal(bare.alertIsHigh, true, 'ALERT that was read');
        await bare.warm(COLD);
        expect.equal(bare.alertIsHigh, false, 'ALERT of the lower limit');
      },
    },
    enumerated({
      id: 'fault-queue',
      cite: DATA_SHEET('Fault Queue (F1/F0)'),
      text: 'So many conversions in a row as F says make an alert, and fewer do not.',
      level: 'shall',
      subject: 'device',
      needs: ALERTS,
      every: [
        { field: 0, faults: 1 },
        { field: 1, faults: 2 },
        { field: 2, faults: 4 },
        { field: 3, faults: 6 },
      ],
      async check(scene, { field, faults }) {
        const bare = new Bare(scene);
        const shot = SD + OS + field * 8;
        await bare.write(CONFIGURATION, SD);
        await scene.pass(SOON_NS);
        await bare.warm(HOT);
        for (let count = 1; count <= faults; count++) {
          expect.equal(bare.alertIsHigh, true, `ALERT before conversion ${count}`);
          await bare.write(CONFIGURATION, shot);
          await scene.pass(SOON_NS);
        }
        expect.equal(bare.alertIsHigh, false, `ALERT after ${faults} conversions`);
      },
    }),
    {
      id: 'faults-in-a-row',
      cite: DATA_SHEET('Fault Queue (F1/F0)'),
      text: 'A conversion inside the limits begins the count of the fault queue anew.',
      level: 'shall',
      subject: 'device',
      needs: ALERTS,
      async check(scene) {
        const bare = new Bare(scene);
        const shot = SD + OS + 8;
        await bare.write(CONFIGURATION, SD);
        await scene.pass(SOON_NS);
        for (const millidegrees of [HOT, COLD, HOT]) {
          await bare.warm(millidegrees);
          await bare.write(CONFIGURATION, shot);
          await scene.pass(SOON_NS);
        }
        expect.equal(bare.alertIsHigh, true, 'ALERT after two of three, not in a row');
        await bare.write(CONFIGURATION, shot);
        await scene.pass(SOON_NS);
        expect.equal(bare.alertIsHigh, false, 'ALERT after two in a row');
      },
    },
    {
      id: 'alert-response',
      cite: DATA_SHEET('SMBus Alert Function'),
      text: 'A device that alerts answers the alert response address with its own, and is done.',
      level: 'shall',
      subject: 'device',
      needs: ALERTS,
      async check(scene) {
        const bare = new Bare(scene);
        const own = scene.i2c.address * 2;
        const ask = () => bare.from(ALERT_RESPONSE, 1);
        await bare.write(CONFIGURATION, TM);
        expect.equal((await ask()).end, 'no-address', 'an answer without an alert');
        await bare.warm(HOT);
        expect.equal((await ask()).read[0]?.[0], own + 1, 'the answer over T_HIGH');
        expect.equal(bare.alertIsHigh, true, 'ALERT after it');
        expect.equal((await ask()).end, 'no-address', 'a second answer');
        await bare.warm(COLD);
        expect.equal((await ask()).read[0]?.[0], own, 'the answer below T_LOW');
      },
    },
    enumerated({
      id: 'general-call',
      cite: DATA_SHEET('General Call'),
      text: 'A general call with 06h resets the registers, one with 04h does not.',
      level: 'shall',
      subject: 'device',
      every: [
        { byte: 0x06, low: LIMITS_RESET.low, configuration: 0 },
        { byte: 0x04, low: 0x1230, configuration: TM },
      ],
      async check(scene, { byte, low, configuration }) {
        const bare = new Bare(scene);
        await bare.write(CONFIGURATION, TM);
        await bare.write(T_LOW, 0x12, 0x30);
        expect.equal((await bare.to(GENERAL_CALL, byte)).end, 'done', 'the general call');
        expect.equal(await bare.word(T_LOW), low, 'T_LOW');
        expect.equal(await bare.configuration(), configuration, 'the configuration');
      },
    }),
    {
      id: 'general-call-refused',
      cite: DATA_SHEET('General Call'),
      text: 'A general call with another byte is not acknowledged, and nobody reads at its address.',
      level: 'shall',
      subject: 'device',
      async check(scene) {
        const bare = new Bare(scene);
        expect.equal((await bare.to(GENERAL_CALL, 0x05)).end, 'no-data', 'an unknown command');
        expect.equal((await bare.from(GENERAL_CALL, 1)).end, 'no-address', 'a read');
      },
    },
    {
      id: 'power-cut',
      cite: DATA_SHEET('Configuration Register'),
      text: 'A power cut brings every register back to what it holds after power-on.',
      level: 'shall',
      subject: 'device',
      needs: ['power-cut', ...ALERTS],
      async check(scene) {
        const bare = new Bare(scene);
        await bare.warm(HOT);
        await bare.write(CONFIGURATION, POL + SD);
        await bare.write(T_LOW, 0, 0);
        scene.cutPower();
        expect.equal(bare.alertIsHigh, true, 'ALERT');
        expect.equal(await bare.word(TEMPERATURE), 0, 'the temperature');
        expect.equal(await bare.configuration(), 0, 'the configuration');
        expect.equal(await bare.word(T_LOW), LIMITS_RESET.low, 'T_LOW');
      },
    },
  ],
});
