/** What a unit says of itself. */
import type { BlockDevice } from '../../../drivers-under-test/host/classes/block-device.ts';
import { suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import { watchAccesses } from '../accesses.ts';
import { contract, everyUnit } from './facts.ts';

const BLOCK_BYTES_MIN = 512;
/** Larger blocks than the last of these have no device. */
const POWERS = Array.from({ length: 12 }, (_, at) => BLOCK_BYTES_MIN * 2 ** at);

export const geometry = suite({
  id: 'block-device/geometry',
  for: { class: 'BlockDevice' },
  clauses: [
    {
      id: 'sane',
      cite: contract('BlockGeometry'),
      text: 'Every unit has blocks of a power of two from 512 on, and numbers that make sense.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-03', 'BC-17'],
      async check(scene) {
        const disks = await everyUnit(scene);
        expect.that(disks.length > 0, 'units', '1 or more', '0');
        for (const { geometry: seen } of disks) {
          const isPower = POWERS.includes(seen.blockBytes);

          expect.that(isPower, 'blockBytes', 'a power of two from 512 on', `${seen.blockBytes}`);
          for (const name of ['blocks', 'maxTransferBlocks', 'atomicBlocks'] as const) {
            const whole = Number.isSafeInteger(seen[name]) && seen[name] >= 1;
            expect.that(whole, name, 'a whole number from 1 on', `${seen[name]}`);
          }
          for (const name of ['readOnly', 'volatileCache'] as const) {
            expect.equal(typeof seen[name], 'boolean', `the type of ${name}`);
          }
        }
      },
    },
    {
      id: 'identity',
      cite: contract('BlockIdentity'),
      text: 'Every unit names itself in plain text, without padding.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-01', 'BC-03'],
      async check(scene) {
        const disks = await everyUnit(scene);
        for (const [unit, { device }] of disks.entries()) {
          const identity = await device.identity(unit);
          for (const name of ['vendor', 'product', 'revision', 'serial'] as const) {
            const text = identity[name];
            expect.equal(typeof text, 'string', `the type of ${name}`);
            expect.equal(text.trim(), text, `${name} without padding`);
            const plain = [...text].every((one) => one >= ' ' && one <= '~');
            expect.that(plain, `${name} in printable ASCII`, 'printable', JSON.stringify(text));
          }
          expect.that(identity.product !== '', 'the product', 'a name', 'nothing');
        }
      },
    },
    {
      id: 'stable',
      cite: contract('BlockGeometry'),
      text: 'A restarted driver tells the same of its units.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-28'],
      async check(scene) {
        const told = async () => {
          const device = await scene.start<BlockDevice>();
          const list: unknown[] = [];
          for (let unit = 0; unit < (await device.units()); unit++) {
            list.push(await device.geometry(unit), await device.identity(unit));
          }
          await scene.stop();
          return list;
        };
        const before = await told();
        expect.equal(await told(), before, 'what it tells after a restart');
      },
    },
    {
      id: 'no-such-unit',
      cite: contract('introduction'),
      text: 'A call on a unit that is not there fails without touching the device.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-02', 'BC-27'],
      async check(scene) {
        const device = await scene.start<BlockDevice>();
        const count = await device.units();
        const accesses = watchAccesses(scene);
        for (const unit of [count, count + 1, -1, 0.5, Number.NaN, 2 ** 32]) {
          const calls = {
            geometry: () => device.geometry(unit),
            identity: () => device.identity(unit),
            flush: () => device.flush(unit),
            read: () => device.read(unit, 0, []),
            write: () => device.write(unit, 0, []),
          };
          for (const [name, call] of Object.entries(calls)) {
            await expect.fails(call, ['kIOReturnBadArgument'], `${name} of unit ${unit}`);
          }
        }
        expect.equal(accesses.count, 0, 'accesses for units that are not there');
      },
    },
  ],
});
