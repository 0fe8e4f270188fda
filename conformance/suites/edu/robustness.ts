/** An edu driver against bad arguments, and against an edu device that does not do its part. */
import fc from 'fast-check';
import type { EduDevice } from '../../../drivers-under-test/host/classes/edu-device.ts';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { bugClass, failure } from '../driver/attempt.ts';
import { BUFFER_BYTES, FACTORIALS, IRFACT, Register, edu } from './device-facts.ts';

const BYTES = Uint8Array.of(1, 2, 3, 4);

const badCalls: readonly { name: string; call: (driver: EduDevice) => unknown }[] = [
  { name: 'factorial(-1)', call: (driver) => driver.factorial(-1) },
  { name: 'factorial(13)', call: (driver) => driver.factorial(13) },
  { name: 'factorial(2.5)', call: (driver) => driver.factorial(2.5) },
  { name: 'factorial(NaN)', call: (driver) => driver.factorial(Number.NaN) },
  { name: 'factorial(2^32)', call: (driver) => driver.factorial(2 ** 32) },
  { name: 'copyIn(-1)', call: (driver) => driver.copyIn(-1, BYTES) },
  { name: 'copyIn past the end', call: (driver) => driver.copyIn(BUFFER_BYTES - 3, BYTES) },
  { name: 'copyIn at the end', call: (driver) => driver.copyIn(BUFFER_BYTES, BYTES) },
  { name: 'copyIn of nothing', call: (driver) => driver.copyIn(0, new Uint8Array(0)) },
  { name: 'copyOut(0, 0)', call: (driver) => driver.copyOut(0, 0) },
  { name: 'copyOut one too many', call: (driver) => driver.copyOut(0, BUFFER_BYTES + 1) },
  { name: 'copyOut of 2^53', call: (driver) => driver.copyOut(0, 2 ** 53) },
  { name: 'copyOut(NaN)', call: (driver) => driver.copyOut(Number.NaN, 1) },
  { name: 'interruptSelfTest(0)', call: (driver) => driver.interruptSelfTest(0) },
];

export const robustness = suite({
  id: 'edu/robustness',
  for: { class: 'EduDevice' },
  clauses: [
    enumerated({
      id: 'bad-arguments',
      cite: bugClass('BC-27'),
      text: 'Arguments out of range are refused with kIOReturnBadArgument and without an access.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-27'],
      every: badCalls.map(({ name }) => name),
      async check(scene, name) {
        const driver = await scene.start<EduDevice>();
        const before = scene.accesses;
        const bad = badCalls.find((each) => each.name === name);
        await expect.fails(() => bad?.call(driver), ['kIOReturnBadArgument'], name);
        expect.equal(scene.accesses - before, 0, `accesses of ${name}`);
      },
    }),
    property({
      id: 'dead-device',
      cite: edu('MMIO area spec, 0x04'),
      text: 'A device whose liveness register does not answer right fails the liveness check.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-17'],
      given: fc.tuple(fc.nat(), fc.nat({ max: 31 })),
      async check(scene, [pattern, bit]) {
        const wrong = (~pattern ^ (2 ** bit)) >>> 0;
        const place = { bar: 0, offset: Register.Liveness, at: 1 };
        scene.inject({ kind: 'false-read', ...place, value: wrong, reads: 1 });
        const driver = await scene.start<EduDevice>();
        expect.equal(await driver.checkLiveness(pattern), false, 'the liveness check');
      },
    }),
    {
      id: 'foreign-device',
      cite: edu('MMIO area spec, 0x00'),
      text: 'A driver refuses a device that does not identify itself as edu.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-03', 'BC-21'],
      async check(scene) {
        const place = { bar: 0, offset: Register.Identification, at: 1 };
        scene.inject({ kind: 'false-read', ...place, value: 0x010000ee, reads: 100 });
        const code = await failure(() => scene.start());
        expect.that(code !== undefined, 'Start on a foreign device', 'a failure', 'success');
      },
    },
    enumerated({
      id: 'never-finished',
      cite: bugClass('BC-05'),
      text: 'Work that the device never finishes ends with a timeout in bounded time.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      bugClasses: ['BC-05', 'BC-06', 'BC-10'],
      every: ['factorial', 'transfer'],
      async check(scene, what) {
        // No interrupt arrives and no status bit ever shows the end.
        const place = { bar: 0, offset: Register.InterruptStatus, at: 1 };
        scene.inject({ kind: 'lost-interrupt', at: 1 });
        scene.inject({ kind: 'stuck-bits', ...place, mask: 0xffffffff, value: 0 });
        const driver = await scene.start<EduDevice>();
        const began = scene.world.now;
        const call = () => (what === 'factorial' ? driver.factorial(5) : driver.copyIn(0, BYTES));
        await expect.fails(call, ['kIOReturnTimeout', 'kIOReturnNotResponding'], what);
        const took = scene.world.now - began;
        expect.that(took <= 10e9, `${what} gives up`, 'within 10 s', `after ${took / 1e9} s`);
      },
    }),
    {
      id: 'slow-transfer',
      cite: edu('DMA controller'),
      text: 'A transfer that takes the time it takes is waited for.',
      level: 'shall',
      subject: 'driver',
      ics: ['dma'],
      bugClasses: ['BC-06'],
      async check(scene) {
        const driver = await scene.start<EduDevice>();
        await driver.copyIn(0, BYTES);
        expect.equal(await driver.copyOut(0, BYTES.length), BYTES, 'what was copied in');
      },
    },
    property({
      id: 'self-test',
      cite: edu('IRQ controller'),
      text: 'An interrupt with any status bits is handled, acknowledged, and told from others.',
      level: 'shall',
      subject: 'driver',
      ics: ['interrupts'],
      bugClasses: ['BC-08', 'BC-11'],
      given: fc.array(fc.oneof(fc.constantFrom(1, 0x100, 0x80000000, 0xffffffff), fc.nat()), {
        minLength: 1,
        maxLength: 5,
      }),
      async check(scene, rounds) {
        const driver = await scene.start<EduDevice>();
        const bits = rounds.map((value) => Math.max(1, value));
        for (const value of bits) await driver.interruptSelfTest(value);
        const statistics = await driver.statistics();
        expect.equal(statistics.timeouts, 0, 'interrupts that were missed');
        expect.that(
          statistics.interrupts >= bits.length,
          'interrupts that were counted',
          `${bits.length} or more`,
          String(statistics.interrupts),
        );
        expect.equal(await driver.factorial(6), FACTORIALS[6], 'factorial(6) afterwards');
      },
    }),
    {
      id: 'acknowledged',
      cite: edu('MMIO area spec, 0x64'),
      text: 'After its work the driver has left no interrupt status bit behind.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      async check(scene) {
        const driver = await scene.start<EduDevice>();
        await driver.factorial(5);
        await driver.copyIn(0, BYTES);
        await driver.interruptSelfTest(0x40);
        const status = scene.function.read(0, Register.InterruptStatus, 4);
        expect.equal(status, 0, 'the interrupt status register');
        expect.equal(scene.function.read(0, Register.Status, 4) & IRFACT, 0, 'IRFACT when idle');
      },
    },
    {
      id: 'spurious-counted',
      cite: bugClass('BC-09'),
      text: 'An interrupt without a status bit is counted as spurious and starts nothing.',
      level: 'should',
      subject: 'driver',
      needs: ['faults'],
      ics: ['interrupts'],
      bugClasses: ['BC-09'],
      async check(scene) {
        scene.inject({ kind: 'spurious-interrupt', at: 12, vector: 0, ns: 10_000 });
        const driver = await scene.start<EduDevice>();
        await driver.factorial(3);
        await driver.checkLiveness(7);
        await scene.pass(1_000_000);
        expect.equal(await driver.factorial(4), FACTORIALS[4], 'factorial(4)');
        const { spurious } = await driver.statistics();
        expect.that(spurious > 0, 'spurious interrupts', '1 or more', String(spurious));
      },
    },
  ],
});
