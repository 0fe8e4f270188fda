/** What clients of an edu driver may rely on. */
import fc from 'fast-check';
import type { EduDevice } from '../../../drivers-under-test/host/classes/edu-device.ts';
import { property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { BUFFER_BYTES, FACTORIALS, VERSION, edu } from './device-facts.ts';

const LIMITS = [0, 1, 5, 12];

export const operations = suite({
  id: 'edu/operations',
  for: { class: 'EduDevice' },
  clauses: [
    {
      id: 'identify',
      cite: edu('MMIO area spec, 0x00'),
      text: 'The driver reports the version that the identification register holds.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-17'],
      async check(scene) {
        const driver = await scene.start<EduDevice>();
        expect.equal(await driver.identify(), VERSION, 'the version of the device');
      },
    },
    property({
      id: 'liveness',
      cite: edu('MMIO area spec, 0x04'),
      text: 'A live device passes the liveness check for every pattern.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-17'],
      given: fc.oneof(fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff), fc.nat()),
      async check(scene, pattern) {
        const driver = await scene.start<EduDevice>();
        expect.equal(await driver.checkLiveness(pattern), true, 'the liveness check');
      },
    }),
    property({
      id: 'factorial',
      cite: edu('MMIO area spec, 0x08 and 0x20'),
      text: 'A factorial that fits 32 bits is right, whatever was computed before.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      given: fc.array(fc.oneof(fc.constantFrom(...LIMITS), fc.nat({ max: 12 })), {
        minLength: 1,
        maxLength: 12,
        size: 'max',
      }),
      show: (numbers) => numbers.map((n) => `factorial(${n})`),
      async check(scene, numbers) {
        const driver = await scene.start<EduDevice>();
        for (const n of numbers) {
          expect.equal(await driver.factorial(n), FACTORIALS[n], `factorial(${n})`);
        }
      },
    }),
    property({
      id: 'copy-round-trip',
      cite: edu('DMA controller'),
      text: 'What was copied into the device buffer comes back, and its neighbours stay.',
      level: 'shall',
      subject: 'driver',
      ics: ['dma'],
      bugClasses: ['BC-01', 'BC-14', 'BC-16'],
      given: fc.tuple(
        fc.nat({ max: BUFFER_BYTES - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
      ),
      async check(scene, [at, bytes]) {
        // The last byte has a clause of its own: not every device stands it.
        const whole = BUFFER_BYTES - 1;
        const offset = Math.min(at, whole - bytes.length);
        const driver = await scene.start<EduDevice>();
        const before = await driver.copyOut(0, whole);
        await driver.copyIn(offset, bytes);
        const expected = before.slice();
        expected.set(bytes, offset);
        expect.equal(await driver.copyOut(0, whole), expected, 'the device buffer');
      },
    }),
    {
      id: 'copy-whole-buffer',
      cite: edu('DMA controller'),
      text: 'A copy may take the whole device buffer, to its last byte.',
      level: 'shall',
      subject: 'driver',
      ics: ['dma'],
      bugClasses: ['BC-16'],
      async check(scene) {
        const bytes = Uint8Array.from(
          { length: BUFFER_BYTES },
          (_, index) => (index * 7 + 3) % 251,
        );
        const driver = await scene.start<EduDevice>();
        await driver.copyIn(0, bytes);
        expect.equal(await driver.copyOut(0, BUFFER_BYTES), bytes, 'the device buffer');
      },
    },
  ],
});
