/** What is programmed is what is read; what is erased is ones; nothing else changes. */
import fc from 'fast-check';
import {
  type FlashDevice,
  FLASH_DEVICE_METHODS,
} from '../../../drivers-under-test/host/classes/flash-device.ts';
import { enumerated, property, suite } from '../../clause.ts';
import { expect, show } from '../../expect.ts';
import { failure } from '../driver/attempt.ts';
import { expectOfflineAsleep } from '../driver/offline.ts';
import { CONTRACT, DATA_SHEET, blank, holds, pattern, started } from './facts.ts';

const SECTORS = 4;
const OPERATIONS_MAX = 10;

type Operation =
  | { readonly kind: 'erase'; readonly sector: number; readonly sectors: number }
  | {
      readonly kind: 'program';
      readonly page: number;
      readonly shift: number;
      readonly length: number;
      readonly salt: number;
    };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constant('erase' as const),
    sector: fc.nat({ max: SECTORS - 1 }),
    sectors: fc.integer({ min: 1, max: 2 }),
  }),
  fc.record({
    kind: fc.constant('program' as const),
    page: fc.nat({ max: 16 * SECTORS - 3 }),
    shift: fc.integer({ min: 0, max: 255 }),
    length: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 520 })),
    salt: fc.nat({ max: 255 }),
  }),
);

/** Offsets and lengths in bytes around a page. */
const AROUND_A_PAGE = [
  { from: 0, length: 1 },
  { from: 255, length: 1 },
  { from: 255, length: 2 },
  { from: 0, length: 256 },
  { from: 0, length: 257 },
  { from: 1, length: 255 },
  { from: 1, length: 256 },
  { from: 200, length: 600 },
];

/** Calls that need the device. */
const CALLS: Readonly<Record<string, (driver: FlashDevice) => unknown>> = {
  read: (driver) => driver.read(0, 1),
  program: (driver) => driver.program(0, Uint8Array.of(1)),
  erase: (driver) => driver.erase(0, 4096),
  eraseAll: (driver) => driver.eraseAll(),
  protect: (driver) => driver.protect(0),
  uniqueId: (driver) => driver.uniqueId(),
};

export const data = suite({
  id: 'flash-device/data',
  for: { class: 'FlashDevice' },
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
          methods: FLASH_DEVICE_METHODS,
          calls: CALLS,
          without: ['facts', 'statistics'],
        });
      },
    },
    property({
      id: 'integrity',
      cite: CONTRACT,
      text: 'Programming clears bits and erasing sets them, in whatever order, and only there.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11', 'BC-17'],
      given: fc.array(operation, { minLength: 1, maxLength: OPERATIONS_MAX, size: 'max' }),
      show: (operations) => operations.map((each) => JSON.stringify(each)),
      async check(scene, operations) {
        const { driver, sector } = await started(scene);
        const size = SECTORS * sector;
        await driver.erase(0, size);
        const reference = blank(size);
        for (const each of operations) {
          if (each.kind === 'erase') {
            const from = each.sector * sector;
            const length = Math.min(each.sectors * sector, size - from);
            await driver.erase(from, length);
            reference.fill(0xff, from, from + length);
          } else {
            const from = each.page * 256 + each.shift;
            const bytes = pattern(from, Math.min(each.length, size - from), each.salt);
            await driver.program(from, bytes);
            bytes.forEach((byte, at) => {
              const before = reference[from + at] ?? 0;
              reference[from + at] = before & byte;
            });
          }
        }
        await holds(driver, 0, reference, 'the sectors');
      },
    }),
    enumerated({
      id: 'page-boundaries',
      cite: DATA_SHEET('Page Program (02h)'),
      text: 'A program that begins or ends at or beside a page boundary goes where it should.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      every: AROUND_A_PAGE,
      async check(scene, { from, length }) {
        const { driver, sector } = await started(scene);
        await driver.erase(0, sector);
        const expected = blank(sector);
        expected.set(pattern(from, length), from);
        await driver.program(from, pattern(from, length));
        await holds(driver, 0, expected, 'the sector');
      },
    }),
    {
      id: 'erase-sizes',
      cite: DATA_SHEET('Sector Erase (20h) to 64KB Block Erase (D8h)'),
      text: 'An erase of any multiple of the smallest size erases that and nothing beside it.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      async check(scene) {
        const { driver, sector, eraseBytes } = await started(scene);
        const largest = eraseBytes.at(-1) ?? sector;
        for (const [from, until] of [
          [sector, 2 * sector],
          [largest - sector, largest + sector],
          [largest, 2 * largest],
          [largest - sector, 2 * largest + sector],
        ] as const) {
          await driver.program(from - 4, pattern(0, 8));
          await driver.program(until - 4, pattern(8, 8));
          await driver.erase(from, until - from);
          await holds(driver, from, blank(4), 'the beginning of the erased area');
          await holds(driver, until - 4, blank(4), 'its end');
          await holds(driver, from - 4, pattern(0, 4), 'what lies before it');
          await holds(driver, until, pattern(12, 4), 'what lies behind it');
          await driver.erase(0, 3 * largest);
        }
      },
    },
    {
      id: 'edges',
      cite: CONTRACT,
      text: 'The first and the last byte can be programmed, read and erased.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      async check(scene) {
        const { driver, bytes, sector } = await started(scene);
        await driver.program(0, Uint8Array.of(0x11));
        await driver.program(bytes - 1, Uint8Array.of(0x22));
        await holds(driver, 0, Uint8Array.of(0x11), 'the first byte');
        await holds(driver, bytes - 1, Uint8Array.of(0x22), 'the last byte');
        await driver.erase(bytes - sector, sector);
        await holds(driver, bytes - 1, blank(1), 'the last byte, erased');
        await holds(driver, 0, Uint8Array.of(0x11), 'the first byte, left alone');
      },
    },
    {
      id: 'distinct',
      cite: CONTRACT,
      text: 'No address is another one in disguise, up to the size that the driver gives.',
      level: 'shall',
      subject: 'pair',
      bugClasses: ['BC-11'],
      async check(scene) {
        const { driver, bytes } = await started(scene);
        const places: number[] = [0];
        for (let at = 256; at < bytes; at *= 2) places.push(at);
        for (const at of places) await driver.program(at, pattern(at, 4, at % 251));
        for (const at of places) await holds(driver, at, pattern(at, 4, at % 251), `offset ${at}`);
      },
    },
    {
      id: 'beyond',
      cite: CONTRACT,
      text: 'What leaves the flash or cuts through an erase unit is refused without touching it.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11', 'BC-12'],
      async check(scene) {
        const { driver, bytes, sector } = await started(scene);
        const before = scene.accesses;
        for (const [offset, length] of [
          [bytes, 1],
          [bytes - 1, 2],
          [-1, 1],
          [0.5, 1],
          [NaN, 1],
        ] as const) {
          const calls = [
            () => driver.read(offset, length),
            () => driver.program(offset, new Uint8Array(length)),
          ];
          for (const call of calls) {
            const code = await failure(call);
            expect.equal(code, 'kIOReturnBadArgument', `${length} bytes at ${offset}`);
          }
        }
        for (const [offset, length] of [
          [1, sector],
          [0, sector - 1],
          [bytes, sector],
          [bytes - sector, 2 * sector],
        ] as const) {
          const code = await failure(() => driver.erase(offset, length));
          expect.equal(code, 'kIOReturnBadArgument', `an erase of ${length} at ${offset}`);
        }
        expect.equal(scene.accesses - before, 0, 'accesses to the device');
      },
    },
    {
      id: 'nothing',
      cite: CONTRACT,
      text: 'Reading, programming and erasing no bytes succeeds and changes none.',
      level: 'shall',
      subject: 'driver',
      async check(scene) {
        const { driver, bytes } = await started(scene);
        await driver.program(0, pattern(0, 4));
        await driver.program(2, new Uint8Array(0));
        await driver.erase(0, 0);
        expect.equal((await driver.read(bytes, 0)).length, 0, 'bytes of an empty read');
        await holds(driver, 0, pattern(0, 4), 'what was there');
      },
    },
    {
      id: 'erase-all',
      cite: DATA_SHEET('Chip Erase (C7h / 60h)'),
      text: 'Erasing all leaves ones from the first byte to the last.',
      level: 'shall',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-03'],
      async check(scene) {
        const { driver, bytes } = await started(scene);
        for (const at of [0, bytes / 2, bytes - 8]) await driver.program(at, pattern(at, 8));
        await driver.eraseAll();
        for (const at of [0, bytes / 2, bytes - 8]) await holds(driver, at, blank(8), `at ${at}`);
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
        const programming = driver.program(0, bytes);
        await scene.pass(10_000);
        bytes.fill(0);
        await programming;
        await holds(driver, 0, pattern(0, 3 * pageBytes), 'what was programmed');
      },
    },
    {
      id: 'clients',
      cite: CONTRACT,
      text: 'Clients that program, erase and read at the same time all get what they asked for.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-23', 'BC-24'],
      async check(scene) {
        const { driver, sector } = await started(scene);
        await driver.program(0, pattern(0, 300));
        await driver.program(2 * sector, pattern(5, 300));
        await Promise.all([
          driver.program(sector - 100, pattern(9, 300)),
          driver.erase(2 * sector, sector),
          holds(driver, 0, pattern(0, 300), 'a read beside a program and an erase'),
          driver.program(3 * sector, pattern(7, 300)),
        ]);
        await holds(driver, sector - 100, pattern(9, 300), 'the first program');
        await holds(driver, 2 * sector, blank(300), 'the erased sector');
        await holds(driver, 3 * sector, pattern(7, 300), 'the second program');
      },
    },
    {
      id: 'unique-id',
      cite: DATA_SHEET('Read Unique ID Number (4Bh)'),
      text: 'The unique id is the same each time, and it is neither all ones nor all zeros.',
      level: 'should',
      subject: 'driver',
      ics: ['unique-id'],
      needs: ['unique-id'],
      async check(scene) {
        const { driver } = await started(scene);
        const first = await driver.uniqueId();
        expect.equal(await driver.uniqueId(), first, 'the id, asked again');
        const idle = first.every((byte) => byte === first[0]);
        expect.that(first.length >= 8 && !idle, 'the id', 'eight bytes or more', show(first));
      },
    },
    {
      id: 'statistics',
      cite: CONTRACT,
      text: 'Reads, programmed pages and erases are counted.',
      level: 'should',
      subject: 'driver',
      async check(scene) {
        const { driver, pageBytes, sector } = await started(scene);
        const before = await driver.statistics();
        await driver.erase(0, sector);
        await driver.program(0, pattern(0, 2 * pageBytes));
        await driver.read(0, 4);
        const after = await driver.statistics();
        expect.equal(after.erases - before.erases, 1, 'erases');
        expect.equal(after.programs - before.programs, 2, 'programs of pages');
        expect.equal(after.reads - before.reads, 1, 'reads');
        expect.equal(after.errors - before.errors, 0, 'errors');
      },
    },
  ],
});
