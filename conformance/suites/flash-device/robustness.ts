/** Protection, time, a bus that fails, a flash that lies, and the power. */
import type { SpiFault } from '../../../sim/faults/spi-plan.ts';
import type { FlashDevice } from '../../../drivers-under-test/host/classes/flash-device.ts';
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { bugClass, failure, places } from '../driver/attempt.ts';
import { CONTRACT, DATA_SHEET, JESD216, blank, holds, pattern, started } from './facts.ts';

const SR_WRITE = [0x06] as const;
const TRANSACTIONS_MAX = 60;
const START_BYTES_MAX = 320;
const CUTS = 60;
/** A sector erase takes 45 ms, a page 0.4 ms. */
const ERASE_CUT_NS = 1_000_000;
const PROGRAM_CUT_NS = 40_000;
/** No call lasts longer, whatever happens: twice a chip erase. */
const PATIENCE_NS = 900e9;

async function workload(driver: FlashDevice, sector: number): Promise<boolean> {
  const code = await failure(async () => {
    await driver.erase(0, sector);
    await driver.program(250, pattern(0, 20));
  });
  await failure(() => driver.read(250, 20));
  return code === undefined;
}

/**
 * A bus fault: calls end in time, and what was said to be programmed is there. A bit that flips in
 * an opcode makes another instruction of it, which may even protect the flash: work need not go on.
 */
async function survives(scene: Scene, fault: SpiFault): Promise<typeof END | void> {
  scene.inject(fault);
  const from = scene.world.now;
  if ((await failure(() => scene.start())) !== undefined) {
    if (!scene.struck) return END;
    expect.that(scene.world.now - from < PATIENCE_NS, 'Start ends', 'in time', 'too late');
    await scene.start();
  }
  const driver = scene.client<FlashDevice>();
  const [sector = 0] = (await driver.facts()).eraseBytes;
  const isDone = await workload(driver, sector);
  expect.that(scene.world.now - from < PATIENCE_NS, 'the calls end', 'in time', 'too late');
  if (!scene.struck) return END;
  if (isDone) await holds(driver, 250, pattern(0, 20), 'what was programmed');
  if (fault.kind !== 'flipped-bits') await scene.simpleIO();
}

export const robustness = suite({
  id: 'flash-device/robustness',
  for: { class: 'FlashDevice', bus: 'spi' },
  clauses: [
    enumerated({
      id: 'protected',
      cite: DATA_SHEET('Block Protect Bits (BP2, BP1, BP0)'),
      text: 'A protected area refuses program and erase, by kIOReturnNotWritable, and keeps its bytes.',
      level: 'shall',
      subject: 'driver',
      ics: ['protection'],
      needs: ['block-protection'],
      bugClasses: ['BC-12', 'BC-17'],
      every: ['smallest', 'next'],
      async check(scene, size) {
        const { driver, sector, ...facts } = await started(scene);
        const smallest = facts.fourByteAddresses ? 65_536 : sector;
        const length = size === 'smallest' ? smallest : 2 * smallest;
        await driver.program(0, pattern(0, 16));
        await driver.protect(length);
        const program = await failure(() => driver.program(16, pattern(0, 16)));
        expect.equal(program, 'kIOReturnNotWritable', 'a program inside');
        const erase = await failure(() => driver.erase(0, sector));
        expect.equal(erase, 'kIOReturnNotWritable', 'an erase inside');
        await holds(driver, 0, pattern(0, 16), 'what is protected');
        await driver.program(length, pattern(3, 16));
        await holds(driver, length, pattern(3, 16), 'what lies behind the area');
        await driver.protect(0);
        await driver.erase(0, sector);
        await holds(driver, 0, blank(16), 'what is protected no longer, erased');
      },
    }),
    {
      id: 'protection-sizes',
      cite: CONTRACT,
      text: 'A size that the device cannot protect is refused.',
      level: 'shall',
      subject: 'driver',
      ics: ['protection'],
      bugClasses: ['BC-12'],
      async check(scene) {
        const { driver, bytes } = await started(scene);
        for (const length of [1, 4095, 12_288, bytes - 12_288, bytes * 2, -4096, NaN]) {
          const code = await failure(() => driver.protect(length));
          expect.equal(code, 'kIOReturnUnsupported', `protect(${length})`);
        }
      },
    },
    {
      id: 'no-early-read',
      cite: DATA_SHEET('Page Program (02h)'),
      text: 'When program and erase end the device is ready: what follows at once is heard.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-03', 'BC-04'],
      async check(scene) {
        const { driver, sector } = await started(scene);
        await driver.erase(0, sector);
        await driver.program(0, pattern(0, 4));
        await driver.program(4, pattern(4, 4));
        await driver.erase(sector, sector);
        await holds(driver, 0, pattern(0, 8), 'both programs');
      },
    },
    {
      id: 'prompt',
      cite: DATA_SHEET('AC Electrical Characteristics'),
      text: 'A page takes less than 3 ms, a sector less than 80 ms: the driver does not oversleep.',
      level: 'should',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-03'],
      async check(scene) {
        const { driver, sector } = await started(scene);
        const from = scene.world.now;
        await driver.program(0, pattern(0, 256));
        const page = scene.world.now - from;
        expect.that(page < 3_000_000, 'a page', 'less than 3 ms', `${page} ns`);
        await driver.erase(0, sector);
        const erase = scene.world.now - from - page;
        expect.that(erase < 80_000_000, 'a sector', 'less than 80 ms', `${erase} ns`);
      },
    },
    {
      id: 'polls',
      cite: bugClass('BC-05'),
      text: 'While the flash erases, the bus is free for at least half of the time.',
      level: 'should',
      subject: 'driver',
      needs: ['virtual-time', 'operation-times'],
      bugClasses: ['BC-05'],
      async check(scene) {
        const { driver, sector } = await started(scene);
        const before = await driver.statistics();
        await driver.erase(0, sector);
        const polls = (await driver.statistics()).polls - before.polls;
        expect.that(polls > 0 && polls < 1000, 'polls of an erase', '1 to 1000', `${polls}`);
      },
    },
    {
      id: 'silent',
      cite: bugClass('BC-05'),
      text: 'On a flash that is gone every call ends, reads of it aside with an error.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time'],
      bugClasses: ['BC-05', 'BC-12'],
      async check(scene) {
        scene.inject({ kind: 'unplugged', at: START_BYTES_MAX + 400 });
        const { driver, sector } = await started(scene);
        for (let round = 0; round < 4; round++) {
          await failure(() => driver.program(0, pattern(0, 300)));
        }
        const from = scene.world.now;
        const program = await failure(() => driver.program(0, pattern(1, 300)));
        expect.that(program !== undefined, 'a program', 'an error', 'success');
        const erase = await failure(() => driver.erase(0, sector));
        expect.that(erase !== undefined, 'an erase', 'an error', 'success');
        expect.that(scene.world.now - from < PATIENCE_NS, 'both end', 'in time', 'too late');
      },
    },
    enumerated({
      id: 'lost-transaction',
      cite: bugClass('BC-12'),
      text: 'Whichever transaction the flash does not hear, no call claims what did not happen.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time'],
      bugClasses: ['BC-02', 'BC-12', 'BC-17'],
      every: places(TRANSACTIONS_MAX),
      check: (scene, at) => survives(scene, { kind: 'lost-transaction', at }),
    }),
    enumerated({
      id: 'flipped-bits',
      cite: CONTRACT,
      text: 'Whichever byte is spoilt on the way, no call claims what did not happen.',
      level: 'shall',
      subject: 'driver',
      needs: ['faults', 'virtual-time'],
      bugClasses: ['BC-12', 'BC-17'],
      every: places(START_BYTES_MAX),
      check: (scene, at) => survives(scene, { kind: 'flipped-bits', at, bits: 0x04 }),
    }),
    ...([0x00, 0xff] as const).map((value) =>
      enumerated({
        id: value === 0 ? 'all-zeros' : 'all-ones',
        cite: JESD216('Serial Flash Basic Parameters'),
        text: `A flash whose answers are ${value === 0 ? 'zeros' : 'ones'} from any byte of Start on is refused.`,
        level: 'shall',
        subject: 'driver',
        needs: ['faults', 'virtual-time'],
        bugClasses: ['BC-01', 'BC-12', 'BC-17'],
        every: places(8).map((place) => place * 2),
        async check(scene, at) {
          scene.inject({ kind: 'floating-data', at, bytes: 1_000_000, value });
          const code = await failure(() => scene.start());
          expect.that(code !== undefined, 'Start', 'an error', 'success');
          expect.equal(scene.outstanding(), [], 'resources after the failed Start');
        },
      }),
    ),
    {
      id: 'after-suspension',
      cite: bugClass('BC-28'),
      text: 'A flash that another driver left asleep works after Start.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-20', 'BC-28'],
      async check(scene) {
        const { spi, select } = scene.spi;
        spi.transfer(select, [{ write: Uint8Array.of(0xb9) }], () => {});
        await scene.pass(1_000_000);
        await scene.start();
        await scene.simpleIO();
      },
    },
    {
      id: 'after-erase',
      cite: bugClass('BC-28'),
      text: 'A flash that another driver left erasing a block works after Start, which waits.',
      level: 'shall',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-28'],
      async check(scene) {
        const { spi, select } = scene.spi;
        spi.transfer(select, [{ write: Uint8Array.from(SR_WRITE) }], () => {});
        await scene.pass(1_000_000);
        spi.transfer(select, [{ write: Uint8Array.of(0xd8, 0, 0, 0) }], () => {});
        await scene.pass(1_000_000);
        await scene.start();
        await scene.simpleIO();
      },
    },
    {
      id: 'durable',
      cite: CONTRACT,
      text: 'What was programmed lasts when the call ends: a power cut then takes none of it.',
      level: 'shall',
      subject: 'driver',
      needs: ['power-cut'],
      bugClasses: ['BC-13', 'BC-25'],
      async check(scene) {
        const { driver } = await started(scene);
        await driver.program(1, pattern(0, 600));
        scene.cutPower();
        await holds((await started(scene)).driver, 1, pattern(0, 600), 'what was programmed');
      },
    },
    ...(
      [
        ['cut-program', PROGRAM_CUT_NS, 'a program'],
        ['cut-erase', ERASE_CUT_NS, 'an erase'],
      ] as const
    ).map(([id, stepNs, what]) =>
      enumerated({
        id,
        cite: DATA_SHEET('Page Program (02h) and Sector Erase (20h)'),
        text: `A power cut at any step of ${what} costs bytes of that area only; then all works.`,
        level: 'shall',
        subject: 'pair',
        needs: ['power-cut', 'virtual-time'],
        bugClasses: ['BC-25', 'BC-28'],
        every: places(CUTS),
        async check(scene, step) {
          const { driver, sector } = await started(scene);
          await driver.program(0, pattern(1, 64));
          await driver.program(2 * sector, pattern(2, 64));
          const call =
            id === 'cut-erase'
              ? driver.erase(sector, sector)
              : driver.program(sector, pattern(3, 1024));
          call.catch(() => {});
          await scene.pass(step * stepNs);
          scene.cutPower();
          const again = (await started(scene)).driver;
          await holds(again, 0, pattern(1, 64), 'the sector before');
          await holds(again, 2 * sector, pattern(2, 64), 'the sector behind');
          await again.erase(sector, sector);
          await holds(again, sector, blank(sector), 'the sector, erased again');
          await scene.simpleIO();
        },
      }),
    ),
  ],
});
