/** What is written is what is read, wherever it lies. */
import fc from 'fast-check';
import {
  type MemoryDevice,
  MEMORY_DEVICE_METHODS,
} from '../../../drivers-under-test/host/classes/memory-device.ts';
import { enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { failure } from '../driver/attempt.ts';
import { expectOfflineAsleep } from '../driver/offline.ts';
import { CONTRACT, DATA_SHEET, holds, pattern, place, placed, started } from './facts.ts';

const OPERATIONS_MAX = 12;
const CLIENTS = 4;
/** Lengths around a page, as pages and bytes more. */
const AROUND_A_PAGE = [-1, 0, 1].flatMap((shift) =>
  [
    { pages: 0, more: 1 },
    { pages: 1, more: -1 },
    { pages: 1, more: 0 },
    { pages: 1, more: 1 },
    { pages: 2, more: 1 },
  ].map((length) => ({ shift, ...length })),
);

const operation = fc.record({ write: fc.boolean(), where: placed, salt: fc.nat({ max: 255 }) });

/** Calls that need the device. */
const CALLS: Readonly<Record<string, (driver: MemoryDevice) => unknown>> = {
  read: (driver) => driver.read(0, 1),
  write: (driver) => driver.write(0, Uint8Array.of(1)),
};

export const data = suite({
  id: 'memory-device/data',
  for: { class: 'MemoryDevice' },
  clauses: [
    {
      id: 'offline',
      cite: CONTRACT,
      text: 'Asleep, a call that needs the device fails with kIOReturnOffline and leaves it alone.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-20'],
      async check(scene) {
        const { driver } = await started(scene);
        await expectOfflineAsleep(scene, driver, {
          methods: MEMORY_DEVICE_METHODS,
          calls: CALLS,
          without: ['facts', 'statistics'],
        });
      },
    },
    property({
      id: 'integrity',
      cite: CONTRACT,
      text: 'Whatever is written and read in whatever order, each byte is the last one written.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11', 'BC-17'],
      given: fc.array(operation, { minLength: 1, maxLength: OPERATIONS_MAX, size: 'max' }),
      show: (operations) =>
        operations.map(
          ({ write, where }) => `${write ? 'write' : 'read'} ${JSON.stringify(where)}`,
        ),
      async check(scene, operations) {
        const { driver, bytes, pageBytes } = await started(scene);
        const reference = new Map<number, number>();
        for (const { write, where, salt } of operations) {
          const { offset, length } = place(where, bytes, pageBytes);
          if (write) {
            const written = pattern(offset, length, salt);
            await driver.write(offset, written);
            written.forEach((byte, index) => reference.set(offset + index, byte));
            continue;
          }
          const seen = await driver.read(offset, length);
          expect.equal(seen.length, length, 'bytes read');
          seen.forEach((byte, index) => {
            const known = reference.get(offset + index);
            if (known !== undefined) expect.equal(byte, known, `the byte at ${offset + index}`);
          });
        }
      },
    }),
    {
      id: 'whole',
      cite: CONTRACT,
      text: 'The whole memory holds bytes of its own: no address is another one in disguise.',
      level: 'shall',
      subject: 'pair',
      bugClasses: ['BC-11'],
      async check(scene) {
        const { driver, bytes } = await started(scene);
        await driver.write(0, pattern(0, bytes));
        await holds(driver, 0, pattern(0, bytes), 'the whole memory');
      },
    },
    enumerated({
      id: 'page-boundaries',
      cite: DATA_SHEET('6.2'),
      text: 'A write that begins or ends at, before or behind a page boundary goes where it should.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      every: AROUND_A_PAGE,
      async check(scene, { shift, pages, more }) {
        const { driver, pageBytes } = await started(scene);
        const length = pages * pageBytes + more;
        const offset = 2 * pageBytes + shift;
        const before = pattern(0, 6 * pageBytes, 1);
        await driver.write(0, before);
        await driver.write(offset, pattern(offset, length));
        before.set(pattern(offset, length), offset);
        await holds(driver, 0, before, 'the pages around the write');
      },
    }),
    {
      id: 'any-value',
      cite: CONTRACT,
      text: 'Whatever a byte holds, any value takes its place, that of erased bytes too.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-25'],
      async check(scene) {
        const { driver, pageBytes } = await started(scene);
        for (const value of [0x00, 0xff, 0x55, 0xaa, 0xff, 0x00]) {
          const bytes = new Uint8Array(2 * pageBytes).fill(value);
          await driver.write(0, bytes);
          await holds(driver, 0, bytes, `two pages of ${value}`);
        }
      },
    },
    {
      id: 'last-byte',
      cite: CONTRACT,
      text: 'The last byte can be written and read, and the first one is left alone.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      async check(scene) {
        const { driver, bytes } = await started(scene);
        await driver.write(0, Uint8Array.of(0x11));
        await driver.write(bytes - 2, Uint8Array.of(0x22, 0x33));
        await holds(driver, bytes - 2, Uint8Array.of(0x22, 0x33), 'the last two bytes');
        await holds(driver, 0, Uint8Array.of(0x11), 'the first byte');
      },
    },
    {
      id: 'beyond',
      cite: CONTRACT,
      text: 'What leaves the memory is refused without touching the device.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11', 'BC-12'],
      async check(scene) {
        const { driver, bytes } = await started(scene);
        const before = scene.accesses;
        const wrong: [number, number][] = [
          [bytes, 1],
          [bytes - 1, 2],
          [-1, 1],
          [0.5, 1],
          [0, bytes + 1],
          [Number.MAX_SAFE_INTEGER, 1],
          [NaN, 1],
        ];
        for (const [offset, length] of wrong) {
          const read = await failure(() => driver.read(offset, length));
          expect.equal(read, 'kIOReturnBadArgument', `read(${offset}, ${length})`);
          const write = await failure(() => driver.write(offset, new Uint8Array(length)));
          expect.equal(write, 'kIOReturnBadArgument', `write of ${length} at ${offset}`);
        }
        expect.equal(scene.accesses - before, 0, 'accesses to the device');
      },
    },
    {
      id: 'nothing',
      cite: CONTRACT,
      text: 'Reading and writing no bytes succeeds, and changes none.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      async check(scene) {
        const { driver, bytes } = await started(scene);
        await driver.write(0, pattern(0, 16));
        await driver.write(3, new Uint8Array(0));
        expect.equal((await driver.read(bytes, 0)).length, 0, 'bytes of an empty read');
        await holds(driver, 0, pattern(0, 16), 'what was there');
      },
    },
    {
      id: 'own-copy',
      cite: CONTRACT,
      text: "The client's bytes are those of the call, whatever it does to them afterwards.",
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-23'],
      async check(scene) {
        const { driver, pageBytes } = await started(scene);
        const bytes = pattern(0, 3 * pageBytes);
        const writing = driver.write(0, bytes);
        await scene.pass(1_000_000);
        bytes.fill(0);
        await writing;
        await holds(driver, 0, pattern(0, 3 * pageBytes), 'what was written');
      },
    },
    {
      id: 'clients',
      cite: CONTRACT,
      text: 'Clients that write beside each other at the same time each get their bytes in.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-23', 'BC-24'],
      async check(scene) {
        const { driver, pageBytes } = await started(scene);
        const length = pageBytes + 3;
        const all = Array.from({ length: CLIENTS }, (_, index) => index * length);
        await Promise.all(all.map((offset) => driver.write(offset, pattern(offset, length))));
        await holds(driver, 0, pattern(0, CLIENTS * length), 'what all of them wrote');
        const seen = await Promise.all(all.map((offset) => driver.read(offset, length)));
        all.forEach((offset, index) =>
          expect.equal(seen[index], pattern(offset, length), `what client ${index} read`),
        );
      },
    },
    {
      id: 'same-place',
      cite: CONTRACT,
      text: 'Of two writes to one place at the same time one wins, whole.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-23', 'BC-24'],
      async check(scene) {
        const { driver, pageBytes } = await started(scene);
        const length = 2 * pageBytes;
        const both = [pattern(0, length, 1), pattern(0, length, 2)];
        await Promise.all(both.map((bytes) => driver.write(0, bytes)));
        const seen = await driver.read(0, length);
        const isWhole = both.some((bytes) => bytes.every((byte, index) => byte === seen[index]));
        expect.that(isWhole, 'what is there afterwards', 'one of the two', 'a mixture');
      },
    },
    {
      id: 'statistics',
      cite: CONTRACT,
      text: 'Reads and writes are counted, and so are the write cycles that they took.',
      level: 'should',
      subject: 'driver',
      async check(scene) {
        const { driver, pageBytes } = await started(scene);
        const before = await driver.statistics();
        await driver.write(0, pattern(0, 2 * pageBytes));
        await driver.read(0, 1);
        const after = await driver.statistics();
        expect.equal(after.writes - before.writes, 1, 'writes');
        expect.equal(after.reads - before.reads, 1, 'reads');
        expect.equal(after.cycles - before.cycles, 2, 'write cycles for two pages');
        expect.equal(after.errors - before.errors, 0, 'errors');
      },
    },
  ],
});
