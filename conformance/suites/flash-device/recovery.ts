/** A bus that fails at any byte, a flash that lies or is gone, and power cuts in long work. */
import type { SpiFault } from '../../../sim/faults/spi-plan.ts';
import type { FlashDevice } from '../../../drivers-under-test/host/classes/flash-device.ts';
import { enumerated, suite } from '../../clause.ts';
import { expect, show } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { bugClass, failure, places } from '../driver/attempt.ts';
import { CONTRACT, DATA_SHEET, JESD216, blank, holds, pattern, started } from './facts.ts';

/** Bytes of a Start and a program, generously, and the beginning of an erase. */
const WORK_BYTES = 600;
const STRIDE = 3;
const START_BYTES = 320;
/** Behind every Start. */
const LATER = START_BYTES + 400;
const FOR_EVER = 100_000_000;
const STUCK_BYTES = 8;
/** Until two are alike. */
const READS_MAX = 5;
const CUTS = 20;
/** Over the longest erase of a block. */
const REST_NS = 3e9;
const PATIENCE_NS = 900e9;

/** Answers that are spoilt on the way: no call claims what did not happen, and later all works. */
async function spoilt(scene: Scene, fault: SpiFault): Promise<void> {
  scene.inject(fault);
  if ((await failure(() => scene.start())) !== undefined) await scene.start();
  else if (scene.struck) {
    // What it was told at Start may be wrong, and is believed until the next one.
    scene.crash();
    await scene.start();
  }
  const driver = scene.client<FlashDevice>();
  const [sector = 0] = (await driver.facts()).eraseBytes;
  const done = await failure(() => driver.program(250, pattern(0, 20)));
  const erased = await failure(() => driver.erase(sector, sector));
  // A flash that seemed ready, and was not, becomes so.
  await scene.pass(REST_NS);
  // The fault may lie ahead still: the bytes are read until two answers agree.
  if (done === undefined) {
    expect.equal(await agreed(driver, 250, 20), pattern(0, 20), 'what was programmed');
  }
  if (erased === undefined) {
    expect.equal(await agreed(driver, sector, 20), blank(20), 'what was erased');
  }
  await scene.simpleIO();
}

async function agreed(driver: FlashDevice, at: number, length: number): Promise<Uint8Array> {
  let last: Uint8Array | undefined;
  for (let tries = 0; tries < READS_MAX; tries++) {
    let next: Uint8Array | undefined;
    await failure(async () => (next = await driver.read(at, length)));
    if (next !== undefined && show(next) === show(last)) return next;
    last = next;
  }
  return driver.read(at, length);
}

/** A flash that tells something else at Start: refused, or used within what is true of it. */
async function lied(scene: Scene, fault: SpiFault): Promise<void> {
  scene.inject(fault);
  const code = await failure(() => scene.start());
  if (code !== undefined) {
    expect.equal(scene.outstanding(), [], 'resources after the failed Start');
    return;
  }
  const driver = scene.client<FlashDevice>();
  const { bytes } = await driver.facts();
  await driver.program(0, Uint8Array.of(0x5a)).catch(() => {});
  // What goes beyond the memory comes back at its beginning.
  for (let at = bytes / 2; at >= 64 * 1024; at /= 2) {
    const [seen] = await agreed(driver, at, 1);
    expect.equal(seen, 0xff, `the byte at ${at} of ${bytes}`);
  }
  await failure(() => scene.simpleIO());
}

export const recovery = suite({
  id: 'flash-device/recovery',
  for: { class: 'FlashDevice', bus: 'spi' },
  clauses: [
    ...([0x00, 0xff] as const).map((value) =>
      enumerated({
        id: value === 0 ? 'stuck-low' : 'stuck-high',
        cite: bugClass('BC-12'),
        text:
          `Whichever ${STUCK_BYTES} bytes read as ${value === 0 ? 'zeros' : 'ones'}, no call ` +
          'claims what did not happen, and then all works.',
        level: 'shall',
        subject: 'driver',
        needs: ['faults', 'virtual-time'],
        bugClasses: ['BC-12', 'BC-17'],
        every: places(WORK_BYTES / STRIDE).map((place) => place * STRIDE),
        check: (scene, at) =>
          spoilt(scene, { kind: 'floating-data', at, bytes: STUCK_BYTES, value }),
      }),
    ),
    enumerated({
      id: 'stuck-status',
      cite: bugClass('BC-05'),
      text: 'Whatever a flash answers to everything, for ever, a program and an erase end in an error.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time'],
      bugClasses: ['BC-05', 'BC-12'],
      every: [0x00, 0x01, 0x02, 0x03, 0x5a, 0xff],
      async check(scene, value) {
        scene.inject({ kind: 'floating-data', at: LATER, bytes: FOR_EVER, value });
        const { driver, sector } = await started(scene);
        for (let round = 0; round < 4; round++) {
          await failure(() => driver.program(0, pattern(0, 300)));
        }
        const from = scene.world.now;
        const program = await failure(() => driver.program(sector, pattern(1, 300)));
        expect.that(program !== undefined, 'a program', 'an error', 'success');
        const erase = await failure(() => driver.erase(0, sector));
        expect.that(erase !== undefined, 'an erase', 'an error', 'success');
        expect.that(scene.world.now - from < PATIENCE_NS, 'both end', 'in time', 'too late');
      },
    }),
    {
      id: 'gone',
      cite: CONTRACT,
      text: 'Once a call has failed because the flash is gone, a read fails too, with kIOReturnNoDevice.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time'],
      bugClasses: ['BC-01', 'BC-12'],
      async check(scene) {
        scene.inject({ kind: 'unplugged', at: LATER });
        const { driver } = await started(scene);
        for (let round = 0; round < 4; round++) {
          await failure(() => driver.program(0, pattern(0, 300)));
        }
        const code = await failure(() => driver.read(0, 16));
        expect.equal(code, 'kIOReturnNoDevice', 'a read of a flash that is gone');
      },
    },
    enumerated({
      id: 'lying-parameters',
      cite: JESD216('Serial Flash Basic Parameters'),
      text: 'Whichever byte a flash tells wrong at Start, it is refused or not believed beyond its size.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time'],
      bugClasses: ['BC-01', 'BC-17'],
      every: places(START_BYTES).flatMap((at): SpiFault[] => [
        { kind: 'floating-data', at, bytes: 1, value: 0x00 },
        { kind: 'floating-data', at, bytes: 1, value: 0xff },
        { kind: 'floating-data', at, bytes: 1, value: 0x01 },
        { kind: 'floating-data', at, bytes: 1, value: 0x1b },
      ]),
      check: lied,
    }),
    enumerated({
      id: 'unknown-id',
      cite: DATA_SHEET('Read JEDEC ID (9Fh)'),
      text: 'An id that is unknown, or whose capacity is not the size of the flash, is refused or harmless.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time'],
      bugClasses: ['BC-01', 'BC-17'],
      every: [0x14, 0x16, 0x1a].flatMap((value) =>
        places(START_BYTES).map((at): SpiFault => ({ kind: 'floating-data', at, bytes: 3, value })),
      ),
      check: lied,
    }),
    enumerated({
      id: 'flipped-anywhere',
      cite: bugClass('BC-12'),
      text: 'Whichever bit of an answer flips, no call claims what did not happen, and then all works.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time'],
      bugClasses: ['BC-12', 'BC-17'],
      every: places(WORK_BYTES).flatMap((at) => [0x01, 0x02, 0x80].map((bits) => ({ at, bits }))),
      check: (scene, { at, bits }) =>
        spoilt(scene, { kind: 'flipped-bits', at, bits, onlyAnswers: true }),
    }),
    enumerated({
      id: 'cut-chip-erase',
      cite: DATA_SHEET('Chip Erase (C7h / 60h)'),
      text: 'After a power cut at any step of a chip erase all can be erased and used again.',
      level: 'shall',
      subject: 'pair',
      needs: ['power-cut', 'operation-times', 'virtual-time'],
      bugClasses: ['BC-25', 'BC-28'],
      every: places(CUTS),
      async check(scene, step) {
        const { driver, sector } = await started(scene);
        await driver.program(0, pattern(0, 64));
        driver.eraseAll().catch(() => {});
        await scene.pass(step * 200_000_000);
        scene.cutPower();
        const again = (await started(scene)).driver;
        await again.erase(0, sector);
        await holds(again, 0, blank(64), 'the first sector, erased again');
        await scene.simpleIO();
      },
    }),
    enumerated({
      id: 'cut-protect',
      cite: DATA_SHEET('Write Status Register (01h / 31h / 11h)'),
      text: 'A power cut at any step of a change of protection costs no byte, and then all works.',
      level: 'shall',
      subject: 'pair',
      ics: ['protection'],
      needs: ['power-cut', 'operation-times', 'block-protection', 'virtual-time'],
      bugClasses: ['BC-25', 'BC-28'],
      every: places(CUTS),
      async check(scene, step) {
        const { driver, bytes, sector } = await started(scene);
        await driver.program(sector, pattern(0, 64));
        driver.protect(bytes).catch(() => {});
        await scene.pass(step * 700_000);
        scene.cutPower();
        const again = (await started(scene)).driver;
        await holds(again, sector, pattern(0, 64), 'what was there');
        await again.protect(0);
        await scene.simpleIO();
      },
    }),
  ],
});
