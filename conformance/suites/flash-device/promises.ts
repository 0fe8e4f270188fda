/** Boundaries, protection, several clients and the driver's life: what a flash driver promises. */
import type { FlashDevice } from '../../../drivers-under-test/host/classes/flash-device.ts';
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { enumerated, suite } from '../../clause.ts';
import { expect, show } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { bugClass, failure, places } from '../driver/attempt.ts';
import { CONTRACT, DATA_SHEET, JESD216, blank, holds, pattern, started } from './facts.ts';

const KIB = 1024;
/** Over what drivers read at once. */
const LONG_READ = 150_000;
const LIFE_STEPS = 12;

/** The flash asked by the check itself, past the driver's port and its rules. */
async function ask(scene: Scene, bytes: readonly number[], length: number): Promise<Uint8Array> {
  const { spi, select } = scene.spi;
  let answer = new Uint8Array(0);
  spi.transfer(select, [{ write: Uint8Array.from(bytes) }, { read: length }], ([read]) => {
    if (read !== undefined) answer = Uint8Array.from(read);
  });
  await scene.pass(1_000_000);
  return answer;
}

/** The smallest area from the first byte on that can be protected. */
const smallestOf = ({ fourByteAddresses, sector }: Awaited<ReturnType<typeof started>>): number =>
  fourByteAddresses ? 64 * KIB : sector;

export const promises = suite({
  id: 'flash-device/promises',
  for: { class: 'FlashDevice', bus: 'spi' },
  clauses: [
    {
      id: 'facts',
      cite: JESD216('Serial Flash Basic Parameters'),
      text: 'Id, size and erase sizes are those that the flash tells.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-01'],
      async check(scene) {
        const { id, bytes, eraseBytes, pageBytes } = await started(scene);
        expect.equal(Uint8Array.from(id), await ask(scene, [0x9f], 3), 'the id');
        const table = await ask(scene, [0x5a, 0, 0, 0x0c, 0xff], 3);
        const at = (table[0] ?? 0) + 256 * (table[1] ?? 0);
        const words = await ask(scene, [0x5a, 0, Math.floor(at / 256), at % 256, 0xff], 36);
        const view = new DataView(words.buffer, words.byteOffset, words.length);
        expect.equal(bytes, (view.getUint32(4, true) + 1) / 8, 'the size');
        const told = [28, 30, 32, 34].map((place) => words[place] ?? 0).filter((each) => each > 0);
        const sizes = told.map((exponent) => 2 ** exponent);
        expect.that(eraseBytes.length > 0, 'erase sizes', 'one at least', '0');
        const others = eraseBytes.filter((each) => !sizes.includes(each));
        expect.equal(others, [], 'erase sizes that the flash does not have');
        expect.equal(pageBytes, 256, 'bytes of a page');
      },
    },
    enumerated({
      id: 'block-boundaries',
      cite: CONTRACT,
      text: 'A program and a read across the boundary of a sector, a block or the first 16 MiB are whole.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      every: [4 * KIB, 32 * KIB, 64 * KIB, 1024 * KIB, 16_384 * KIB],
      async check(scene, boundary) {
        const { driver, bytes } = await started(scene);
        if (boundary >= bytes) return;
        await driver.program(boundary - 300, pattern(boundary - 300, 600));
        await holds(driver, boundary - 300, pattern(boundary - 300, 600), 'what was programmed');
        await holds(driver, boundary - 308, blank(8), 'what lies before');
        await holds(driver, boundary + 300, blank(8), 'what lies behind');
      },
    }),
    {
      id: 'long-read',
      cite: CONTRACT,
      text: 'A read of any length is one piece of the memory.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-11'],
      async check(scene) {
        const { driver } = await started(scene);
        const expected = blank(LONG_READ);
        for (let at = 1000; at < LONG_READ; at += 29_000) {
          await driver.program(at, pattern(at, 16));
          expected.set(pattern(at, 16), at);
        }
        await holds(driver, 0, expected, 'the bytes');
      },
    },
    {
      id: 'program-over',
      cite: DATA_SHEET('Page Program (02h)'),
      text: 'Programming what is programmed clears more bits, succeeds, and sets none.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-17'],
      async check(scene) {
        const { driver } = await started(scene);
        await driver.program(10, Uint8Array.of(0xf0, 0x55, 0xff, 0x00));
        await driver.program(10, Uint8Array.of(0x3c, 0xff, 0xff, 0xff));
        await holds(driver, 9, Uint8Array.of(0xff, 0x30, 0x55, 0xff, 0x00, 0xff), 'the bytes');
      },
    },
    {
      id: 'protect-all',
      cite: DATA_SHEET('Block Protect Bits (BP2, BP1, BP0)'),
      text: 'With all protected nothing is programmed or erased, the chip neither; then it is again.',
      level: 'shall',
      subject: 'driver',
      ics: ['protection'],
      needs: ['block-protection'],
      bugClasses: ['BC-12', 'BC-17'],
      async check(scene) {
        const { driver, bytes } = await started(scene);
        await driver.program(bytes - 16, pattern(1, 8));
        await driver.protect(bytes);
        const calls: readonly (() => Promise<void>)[] = [
          () => driver.program(bytes - 8, pattern(2, 8)),
          () => driver.program(0, pattern(2, 8)),
          () => driver.eraseAll(),
        ];
        for (const call of calls) {
          expect.equal(
            await failure(call),
            'kIOReturnNotWritable',
            'a change of what is protected',
          );
        }
        await holds(driver, bytes - 16, pattern(1, 8), 'what is protected');
        await driver.protect(0);
        await driver.program(bytes - 8, pattern(2, 8));
        await holds(driver, bytes - 8, pattern(2, 8), 'what is protected no longer');
      },
    },
    {
      id: 'protection-kept',
      cite: DATA_SHEET('Write Status Register (01h / 31h / 11h)'),
      text: 'Protection lasts: a power cut and a new start do not take it away.',
      level: 'shall',
      subject: 'driver',
      ics: ['protection'],
      needs: ['block-protection', 'power-cut'],
      bugClasses: ['BC-25'],
      async check(scene) {
        const flash = await started(scene);
        await flash.driver.protect(smallestOf(flash));
        scene.cutPower();
        const { driver } = await started(scene);
        const code = await failure(() => driver.program(0, pattern(0, 8)));
        expect.equal(code, 'kIOReturnNotWritable', 'a program inside');
        await driver.protect(0);
        await driver.program(0, pattern(0, 8));
      },
    },
    {
      id: 'same-page',
      cite: CONTRACT,
      text: 'Two clients that program parts of one page at the same time both get their bytes.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-23', 'BC-24'],
      async check(scene) {
        const { driver } = await started(scene);
        await Promise.all([
          driver.program(0, pattern(0, 100)),
          driver.program(100, pattern(100, 100)),
          driver.program(50, new Uint8Array(20)),
        ]);
        const expected = pattern(0, 200);
        expected.fill(0, 50, 70);
        await holds(driver, 0, expected, 'the page');
      },
    },
    {
      id: 'one-fails',
      cite: CONTRACT,
      text: 'A call that fails does not take those of other clients with it.',
      level: 'shall',
      subject: 'driver',
      ics: ['protection'],
      needs: ['block-protection'],
      bugClasses: ['BC-12', 'BC-24'],
      async check(scene) {
        const flash = await started(scene);
        const { driver } = flash;
        const smallest = smallestOf(flash);
        await driver.protect(smallest);
        const [refused, done] = await Promise.all([
          failure(() => driver.program(0, pattern(0, 8))),
          failure(() => driver.program(smallest, pattern(1, 8))),
        ]);
        expect.equal(refused, 'kIOReturnNotWritable', 'the program inside');
        expect.equal(done, undefined, 'the program outside');
        await holds(driver, smallest, pattern(1, 8), 'its bytes');
      },
    },
    enumerated({
      id: 'sleep-at-work',
      cite: CONTRACT,
      text: 'Put to sleep at any moment of a program, a driver ends it or refuses it, and wakes up well.',
      level: 'shall',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-13', 'BC-20'],
      every: places(LIFE_STEPS),
      async check(scene, step) {
        const { driver } = await started(scene);
        const bytes = pattern(0, 1024);
        const ended = failure(() => driver.program(0, bytes));
        await scene.pass(step * 200_000);
        await scene.power(kIOServicePowerCapabilityOff);
        const code = await ended;
        await scene.power(kIOServicePowerCapabilityOn);
        if (code === undefined) await holds(driver, 0, bytes, 'what was programmed');
        else expect.equal(code, 'kIOReturnOffline', 'why the program failed');
        await scene.simpleIO();
      },
    }),
    {
      id: 'asleep',
      cite: DATA_SHEET('Power-down (B9h)'),
      text: 'Asleep, the driver has put the flash into power-down: it tells no id.',
      level: 'should',
      subject: 'driver',
      needs: ['power-down'],
      bugClasses: ['BC-20'],
      async check(scene) {
        await scene.start<FlashDevice>();
        await scene.power(kIOServicePowerCapabilityOff);
        await scene.pass(10_000);
        const id = await ask(scene, [0x9f], 3);
        const isSilent = id.every((byte) => byte === 0xff);
        expect.that(isSilent, 'the answer to 9Fh', 'nothing', show(id));
        await scene.power(kIOServicePowerCapabilityOn);
        await scene.simpleIO();
      },
    },
    enumerated({
      id: 'stop-at-work',
      cite: CONTRACT,
      text: 'Stopped at any moment of a program, a driver ends it or refuses it; the next start works.',
      level: 'shall',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-13', 'BC-19'],
      every: places(LIFE_STEPS),
      async check(scene, step) {
        const { driver } = await started(scene);
        const bytes = pattern(0, 1024);
        const ended = failure(() => driver.program(0, bytes));
        await scene.pass(step * 200_000);
        await scene.stop();
        const code = await ended;
        const again = (await started(scene)).driver;
        if (code === undefined) await holds(again, 0, bytes, 'what was programmed');
        else expect.equal(code, 'kIOReturnOffline', 'why the program failed');
        await scene.simpleIO();
      },
    }),
    enumerated({
      id: 'crash-at-work',
      cite: bugClass('BC-28'),
      text: 'After its process died at any moment of a program and an erase, a driver starts and works.',
      level: 'shall',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-28'],
      every: places(LIFE_STEPS),
      async check(scene, step) {
        const { driver, sector } = await started(scene);
        await driver.program(2 * sector, pattern(5, 16));
        driver.program(0, pattern(0, 512)).catch(() => {});
        driver.erase(sector, sector).catch(() => {});
        await scene.pass(step * step * 200_000);
        scene.crash();
        const again = (await started(scene)).driver;
        await holds(again, 2 * sector, pattern(5, 16), 'what was finished before');
        await scene.simpleIO();
      },
    }),
  ],
});
