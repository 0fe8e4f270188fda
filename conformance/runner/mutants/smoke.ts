/** The smoke test of mutants: a defect that shows at once is a broken build, not a mutant. */
import type { BlockDevice } from '../../../drivers-under-test/host/classes/block-device.ts';
import type { Display } from '../../../drivers-under-test/host/classes/display.ts';
import type { EduDevice } from '../../../drivers-under-test/host/classes/edu-device.ts';
import type { MemoryDevice } from '../../../drivers-under-test/host/classes/memory-device.ts';
import type { FlashDevice } from '../../../drivers-under-test/host/classes/flash-device.ts';
import type { SerialPort } from '../../../drivers-under-test/host/classes/serial-port.ts';
import type { TemperatureSensor } from '../../../drivers-under-test/host/classes/temperature-sensor.ts';
import { type Clause, type Suite, clauseAddress, suite } from '../../clause.ts';
import type { Citation } from '../../citation.ts';
import { I2cPort } from '../../../sim/buses/i2c/port.ts';
import { SpiPort } from '../../../sim/buses/spi/port.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';

const SERIAL = {
  baud: 115_200,
  dataBits: 8,
  parity: 'none',
  stopBits: 1,
  flowControl: 'none',
} as const;

const CITE: Citation = {
  document: 'driver-dyno, catalogue of driver bug classes',
  revision: '1',
  section: '11',
  basis: 'read',
};

function smokeClause(text: string, check: (scene: Scene) => Promise<void>): Clause {
  return {
    id: 'smoke',
    cite: CITE,
    text,
    level: 'shall',
    subject: 'driver',
    // What rules say is for the clauses; this one wants to see the driver work at all.
    rules: [],
    async check(scene) {
      await check(scene);
    },
  };
}

const OPENS = 'mutants/device';

export const smoke: readonly Suite[] = [
  suite({
    id: OPENS,
    for: { bus: 'pci' },
    clauses: [
      {
        id: 'opens',
        cite: CITE,
        text: 'The device is there.',
        level: 'shall',
        subject: 'device',
        check(scene) {
          expect.that(scene.function.configRead(0, 2) !== 0xffff, 'a function that answers');
        },
      },
    ],
  }),
  suite({
    id: `${OPENS}/i2c`,
    for: { bus: 'i2c' },
    clauses: [
      {
        id: 'opens',
        cite: CITE,
        text: 'The device acknowledges its address.',
        level: 'shall',
        subject: 'device',
        async check(scene) {
          const { i2c, address } = scene.i2c;
          const port = new I2cPort(scene.world, i2c);
          const { end } = await port.transfer([{ address, write: new Uint8Array(0) }]);
          expect.equal(end, 'done', 'a transfer of no bytes');
        },
      },
    ],
  }),
  suite({
    id: 'mutants/memory-device',
    for: { class: 'MemoryDevice' },
    clauses: [
      smokeClause('The driver starts and knows its memory.', async (scene) => {
        const driver = await scene.start<MemoryDevice>();
        expect.that((await driver.facts()).bytes > 0, 'bytes of the memory');
      }),
    ],
  }),
  suite({
    id: 'mutants/temperature-sensor',
    for: { class: 'TemperatureSensor' },
    clauses: [
      smokeClause('The driver starts and tells a temperature.', async (scene) => {
        const driver = await scene.start<TemperatureSensor>();
        expect.that(Number.isFinite(await driver.temperature()), 'a temperature');
      }),
    ],
  }),
  suite({
    id: 'mutants/display',
    for: { class: 'Display' },
    clauses: [
      smokeClause('The driver starts and knows its display.', async (scene) => {
        const driver = await scene.start<Display>();
        expect.that((await driver.facts()).width > 0, 'the width');
      }),
    ],
  }),
  suite({
    id: 'mutants/edu',
    for: { class: 'EduDevice' },
    clauses: [
      smokeClause('The driver starts and identifies the device.', async (scene) => {
        const driver = await scene.start<EduDevice>();
        expect.equal((await driver.identify()).major, 1, 'the major version');
      }),
    ],
  }),
  suite({
    id: 'mutants/block-device',
    for: { class: 'BlockDevice' },
    clauses: [
      smokeClause('The driver starts and finds a medium.', async (scene) => {
        const disk = await scene.start<BlockDevice>();
        expect.that((await disk.geometry(0)).blocks > 0, 'blocks of unit 0');
      }),
    ],
  }),
  suite({
    id: 'mutants/serial-port',
    for: { class: 'SerialPort' },
    clauses: [
      smokeClause('The driver starts, opens its port and reads the modem lines.', async (scene) => {
        const port = await scene.start<SerialPort>();
        await port.open(SERIAL);
        await port.modemStatus();
      }),
    ],
  }),
  suite({
    id: `${OPENS}/spi`,
    for: { bus: 'spi' },
    clauses: [
      {
        id: 'opens',
        cite: CITE,
        text: 'The device tells a JEDEC id.',
        level: 'shall',
        subject: 'device',
        async check(scene) {
          const { spi, select } = scene.spi;
          const port = new SpiPort(scene.world, spi);
          const segments = [{ write: Uint8Array.of(0x9f) }, { read: 3 }];
          const [id] = await port.transfer(select, segments);
          expect.that(id?.[0] !== 0xff, 'a flash that answers');
        },
      },
    ],
  }),
  suite({
    id: 'mutants/flash-device',
    for: { class: 'FlashDevice' },
    clauses: [
      smokeClause('The driver starts and knows its flash.', async (scene) => {
        const driver = await scene.start<FlashDevice>();
        expect.that((await driver.facts()).bytes > 0, 'bytes of the flash');
      }),
    ],
  }),
];

const addresses = new Set(
  smoke.flatMap((each) => each.clauses.map((clause) => clauseAddress(each, clause))),
);

/** Whether it is a smoke test, of mutants of that subject if one is given. */
export function isSmoke(address: string, subject?: 'driver' | 'device'): boolean {
  const opens = address.startsWith(`${OPENS}/`);
  return addresses.has(address) && (subject === undefined || opens === (subject === 'device'));
}
