/** What an edu driver does with interrupts that it did not ask for, and with work it gives up. */
import type { EduDevice } from '../../../drivers-under-test/host/classes/edu-device.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { watchAccesses } from '../accesses.ts';
import { bugClass, failure } from '../driver/attempt.ts';
import { BUFFER_BYTES, FACTORIALS, Register, edu } from './device-facts.ts';

/** Status bits that no work of the device raises. */
const FOREIGN = 0x22;
/** Into a transfer, and beyond its end. */
const DURING_NS = 10_000_000;
const AFTER_NS = 500_000_000;
const COMMAND = 0x04;
const BUS_MASTER = 0x4;
const BYTES = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

export const interrupts = suite({
  id: 'edu/interrupts',
  for: { class: 'EduDevice', device: 'edu' },
  clauses: [
    {
      id: 'acknowledge-seen',
      cite: edu('MMIO area spec, 0x64'),
      text: 'Acknowledged is what was read before as raised, and nothing else.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      async check(scene) {
        const driver = await scene.start<EduDevice>();
        const accesses = watchAccesses(scene);
        await driver.factorial(6);
        await driver.copyIn(0, BYTES);
        let seen = 0;
        for (const { kind, offset, value } of accesses.list) {
          if (kind === 'read' && offset === Register.InterruptStatus) seen = value;
          if (kind !== 'write' || offset !== Register.InterruptAcknowledge) continue;
          expect.equal((value & ~seen) >>> 0, 0, 'bits acknowledged unseen');
        }
      },
    },
    {
      id: 'foreign-bits',
      cite: edu('IRQ controller'),
      text: 'Status bits of something else do not end the transfer that is waited for.',
      level: 'shall',
      subject: 'driver',
      ics: ['dma', 'interrupts'],
      bugClasses: ['BC-09', 'BC-13'],
      async check(scene) {
        const driver = await scene.start<EduDevice>();
        // Not the last byte: that one has a clause of its own.
        const before = await driver.copyOut(0, BUFFER_BYTES - 1);
        await driver.copyIn(0, BYTES);
        const copying = driver.copyOut(0, BYTES.length);
        await scene.pass(DURING_NS);
        scene.function.write(0, Register.InterruptRaise, 4, FOREIGN);
        expect.equal(await copying, BYTES, 'what was copied out meanwhile');
        expect.equal(before.length, BUFFER_BYTES - 1, 'the length of the first copy');
        expect.equal((await driver.statistics()).timeouts, 0, 'interrupts that were missed');
      },
    },
    {
      id: 'unasked',
      cite: edu('IRQ controller'),
      text: 'An interrupt that nobody waits for is acknowledged once, and that is all.',
      level: 'shall',
      subject: 'driver',
      ics: ['interrupts'],
      bugClasses: ['BC-08', 'BC-10'],
      async check(scene) {
        const driver = await scene.start<EduDevice>();
        const accesses = watchAccesses(scene);
        scene.function.write(0, Register.InterruptRaise, 4, FOREIGN);
        await scene.pass(DURING_NS);
        const written = accesses.list.filter(({ kind }) => kind === 'write');
        expect.equal(
          written.map(({ offset, value }) => ({ offset, value })),
          [{ offset: Register.InterruptAcknowledge, value: FOREIGN }],
          'what the driver writes',
        );
        expect.equal(await driver.factorial(5), FACTORIALS[5], 'factorial(5) afterwards');
      },
    },
    {
      id: 'transfer-given-up',
      cite: bugClass('BC-14'),
      text: 'A transfer that is given up for a sleep reaches no memory any more.',
      level: 'shall',
      subject: 'driver',
      ics: ['dma'],
      bugClasses: ['BC-14', 'BC-20'],
      async check(scene) {
        const driver = await scene.start<EduDevice>();
        const copying = failure(() => driver.copyOut(0, BYTES.length));
        await scene.pass(DURING_NS);
        await scene.power(kIOServicePowerCapabilityOff);
        expect.that((await copying) !== undefined, 'the copy', 'a failure', 'success');
        const command = scene.function.configRead(COMMAND, 2);
        expect.equal(command & BUS_MASTER, 0, 'bus mastering during the sleep');
        await scene.pass(AFTER_NS);
        await scene.power(kIOServicePowerCapabilityOn);
        await driver.copyIn(0, BYTES);
        expect.equal(await driver.copyOut(0, BYTES.length), BYTES, 'what was copied in');
      },
    },
    {
      id: 'after-sleep',
      cite: bugClass('BC-20'),
      text: 'After a sleep work ends by its interrupt again, not by a timeout.',
      level: 'shall',
      subject: 'driver',
      ics: ['interrupts'],
      bugClasses: ['BC-10', 'BC-20'],
      async check(scene) {
        const driver = await scene.start<EduDevice>();
        await scene.power(kIOServicePowerCapabilityOff);
        await scene.power(kIOServicePowerCapabilityOn);
        expect.equal(await driver.factorial(7), FACTORIALS[7], 'factorial(7)');
        expect.equal((await driver.statistics()).timeouts, 0, 'interrupts that were missed');
      },
    },
    {
      id: 'changed-under-hand',
      cite: bugClass('BC-04'),
      text: 'What the device wrote is taken from memory once.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults'],
      ics: ['dma'],
      bugClasses: ['BC-04'],
      async check(scene) {
        // Whatever is read of that memory a second time differs.
        scene.inject({ kind: 'changed-buffer', at: 1, bits: 0xff });
        const driver = await scene.start<EduDevice>();
        await driver.copyIn(0, BYTES);
        expect.equal(await driver.copyOut(0, BYTES.length), BYTES, 'what was copied in');
      },
    },
  ],
});
