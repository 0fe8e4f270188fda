/** Asynchronous events, format and firmware through a driver. */
import { enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { failure } from '../driver/attempt.ts';
import { expectWorks, readBlocks, running, writeBlocks } from './clients.ts';
import { Admin } from './commands.ts';
import { Ctrl, Log, controllerOf, nvme, pattern } from './facts.ts';
import { RawHost, Register, unseen } from './raw-host.ts';
import type { Traffic } from './traffic.ts';

const EVENTS = 'Asynchronous Event Request command';
const SECOND = 1e9;
/** A queue that no driver makes: what rings there is an error event. */
const NO_QUEUE = 60;

/** Requests for events that wait. */
function waiting(traffic: Traffic): number {
  const sent = traffic.admin(Admin.AsyncEvent);
  const answered = sent.filter(({ id, order }) =>
    traffic.completions.some((each) => each.queue === 0 && each.id === id && each.order > order),
  );
  return sent.length - answered.length;
}

/** An error event: a doorbell that no driver would ring, past the journal. */
function provoke(scene: Scene): void {
  scene.function.write(0, Register.DOORBELLS + NO_QUEUE * 8, 4, 1);
}

/** An image that no controller takes for firmware. */
const NO_FIRMWARE = pattern(3 * 4096 + 512, 1);

export const events = suite({
  id: 'nvme/events',
  for: { class: 'BlockDevice', device: 'nvme' },
  clauses: [
    {
      id: 'armed',
      cite: nvme(EVENTS),
      text: 'After Start a request for events waits, and not more of them than AERL allows.',
      level: 'should',
      subject: 'driver',
      bugClasses: ['BC-10'],
      async check(scene) {
        const { traffic, driver } = await running(scene);
        await expectWorks(scene, driver);
        const count = waiting(traffic);
        expect.that(count >= 1 && count <= 4, 'requests that wait', '1 to 4', String(count));
      },
    },
    enumerated({
      id: 'armed-again',
      cite: nvme(EVENTS),
      text: 'After an event its log page is read, and a request for events waits again.',
      level: 'should',
      subject: 'driver',
      bugClasses: ['BC-10', 'BC-11'],
      every: [1, 3],
      async check(scene, times) {
        const { traffic, driver } = await running(scene);
        await expectWorks(scene, driver);
        const before = waiting(traffic);
        for (let n = 0; n < times; n++) {
          traffic.clear();
          provoke(scene);
          await scene.pass(SECOND);
          const answered = traffic.completions.filter(({ queue }) => queue === 0);
          expect.that(answered.length > 0, 'the event arrives', '1 or more', '0');
          const logs = traffic.admin(Admin.GetLogPage).map(({ dword10 }) => dword10 % 256);
          expect.that(
            logs.includes(Log.Errors),
            'log pages that are read',
            'errors',
            logs.join(' '),
          );
          expect.equal(traffic.admin(Admin.AsyncEvent).length, 1, 'new requests for events');
        }
        expect.that(before >= 1, 'requests that waited at first');
        await expectWorks(scene, driver);
      },
    }),
    {
      id: 'wait-without-end',
      cite: nvme(EVENTS),
      text: 'Requests for events never time out.',
      level: 'shall',
      subject: 'driver',
      needs: ['virtual-time'],
      bugClasses: ['BC-06'],
      async check(scene) {
        const { traffic, driver } = await running(scene);
        await scene.pass(300 * SECOND);
        expect.equal(traffic.admin(Admin.Abort).length, 0, 'Abort commands');
        const { timeouts, resets } = await driver.statistics();
        expect.equal([timeouts, resets], [0, 0], 'timeouts, resets');
        await expectWorks(scene, driver);
      },
    },
    {
      id: 'format',
      cite: nvme('Format NVM command'),
      text: 'A format with other blocks sends Format NVM for that namespace, and its units follow.',
      level: 'shall',
      subject: 'driver',
      ics: ['format'],
      bugClasses: ['BC-23'],
      async check(scene) {
        const { traffic, driver } = await running(scene);
        const { blocks } = await driver.geometry(0);
        await writeBlocks(scene, driver, 0, pattern(4096));
        if ((await failure(() => driver.format(0, 4096))) === 'kIOReturnUnsupported') {
          expect.equal(traffic.admin(Admin.Format).length, 0, 'Format commands');
          return;
        }
        expect.equal(
          traffic.admin(Admin.Format).map(({ nsid }) => nsid),
          [1],
          'namespaces formatted',
        );
        const after = await driver.geometry(0);
        expect.equal([after.blockBytes, after.blocks], [4096, blocks / 8], 'the geometry');
        const seen = await readBlocks(scene, driver, 0, 4096);
        expect.that(
          seen.some((byte, at) => byte !== pattern(4096)[at]),
          'the data are gone',
        );
        const bytes = pattern(4096, 2);
        await writeBlocks(scene, driver, 3, bytes);
        expect.equal(await readBlocks(scene, driver, 3, 4096), bytes, 'a block of the new size');
      },
    },
    enumerated({
      id: 'format-refused',
      cite: nvme('Format NVM command'),
      text: 'A size of blocks that the namespace does not list is refused, and nothing is erased.',
      level: 'shall',
      subject: 'driver',
      ics: ['format'],
      bugClasses: ['BC-27'],
      every: [0, 1, 256, 513, 2 ** 20, -512, Number.NaN],
      async check(scene, blockBytes) {
        const { traffic, driver } = await running(scene);
        const code = await failure(() => driver.format(0, blockBytes));
        const fine = code === 'kIOReturnUnsupported' || code === 'kIOReturnBadArgument';
        expect.that(fine, `a format with blocks of ${blockBytes}`, 'a refusal', code ?? 'success');
        expect.equal(traffic.admin(Admin.Format).length, 0, 'Format commands');
        await expectWorks(scene, driver);
      },
    }),
    {
      id: 'firmware-pieces',
      cite: nvme('Firmware Image Download command; Firmware Commit command'),
      text: 'An image is downloaded whole, in pieces that do not overlap, before it is committed.',
      level: 'shall',
      subject: 'driver',
      ics: ['firmware'],
      bugClasses: ['BC-25'],
      async check(scene) {
        const { traffic, driver } = await running(scene);
        const code = await failure(() => driver.updateFirmware(NO_FIRMWARE));
        const sent = traffic.admin(Admin.FirmwareDownload);
        if (code === 'kIOReturnUnsupported') {
          expect.equal(sent.length, 0, 'pieces for a controller that takes none');
          return;
        }
        let dword = 0;
        for (const piece of sent.toSorted((a, b) => a.dword11 - b.dword11)) {
          expect.equal(piece.dword11, dword, 'the offset of the next piece');
          dword += piece.dword10 + 1;
        }
        expect.equal(dword * 4, NO_FIRMWARE.length, 'bytes that were downloaded');
        const [commit] = traffic.admin(Admin.FirmwareCommit);
        const last = Math.max(...sent.map(({ order }) => order));
        expect.that((commit?.order ?? 0) > last, 'the commit comes last');
      },
    },
    {
      id: 'firmware-refused',
      cite: nvme('Firmware Commit command, Invalid Firmware Image'),
      text: 'An image that the controller refuses is kIOReturnBadMedia; the old firmware goes on.',
      level: 'shall',
      subject: 'driver',
      ics: ['firmware'],
      bugClasses: ['BC-28'],
      async check(scene) {
        const { driver } = await running(scene);
        const { revision } = await driver.identity(0);
        const code = await failure(() => driver.updateFirmware(NO_FIRMWARE));
        const fine = code === 'kIOReturnBadMedia' || code === 'kIOReturnUnsupported';
        expect.that(fine, 'an image of nonsense', 'kIOReturnBadMedia', code ?? 'success');
        expect.equal((await driver.identity(0)).revision, revision, 'the revision');
        await expectWorks(scene, driver);
      },
    },
    enumerated({
      id: 'firmware-bad-size',
      cite: nvme('Firmware Image Download command'),
      text: 'An image that is empty or no multiple of four bytes is refused without a command.',
      level: 'shall',
      subject: 'driver',
      ics: ['firmware'],
      bugClasses: ['BC-27'],
      every: [0, 1, 4095],
      async check(scene, length) {
        const { traffic, driver } = await running(scene);
        const before = traffic.commands.length;
        const code = await failure(() => driver.updateFirmware(new Uint8Array(length)));
        const fine = code === 'kIOReturnBadArgument' || code === 'kIOReturnUnsupported';
        expect.that(fine, `an image of ${length} bytes`, 'kIOReturnBadArgument', code ?? 'success');
        expect.equal(traffic.commands.length - before, 0, 'commands');
      },
    }),
    {
      id: 'identity',
      cite: nvme('Identify command, Identify Controller data structure'),
      text: 'Product, revision and serial number are those of Identify, without the padding.',
      level: 'shall',
      subject: 'driver',
      bugClasses: ['BC-17'],
      async check(scene) {
        // The same structure, asked for past the driver and before it.
        const host = new RawHost(unseen(scene));
        expect.that(host.enable(), 'CSTS.RDY');
        const bytes = new Uint8Array(controllerOf(host).buffer);
        const text = (at: number, length: number) =>
          String.fromCodePoint(...bytes.subarray(at, at + length)).trim();
        const wanted = [text(Ctrl.Model, 40), text(Ctrl.Firmware, 8), text(Ctrl.Serial, 20)];
        scene.crash();
        const { driver } = await running(scene);
        const { product, revision, serial } = await driver.identity(0);
        expect.equal([product, revision, serial], wanted, 'product, revision, serial number');
      },
    },
  ],
});
