/** What a driver makes of the statuses that its commands end with. */
import fc from 'fast-check';
import type { BlockDevice } from '../../../drivers-under-test/host/classes/block-device.ts';
import type { IOReturnName } from '../../../drivers-under-test/host/io-return.ts';
import type { NvmeFaultPlan } from '../../../sim/faults/nvme-plan.ts';
import { END, enumerated, property, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { failure, places } from '../driver/attempt.ts';
import { expectWorks, readBlocks, running, writeBlocks } from './clients.ts';
import { Io } from './commands.ts';
import { nvme, pattern, statusName } from './facts.ts';
import type { Traffic } from './traffic.ts';

/** Whichever queue a request goes to: its first command of all is struck there. */
const QUEUES = places(16);
/** Attempts at one command; more is no retry any more. */
const ATTEMPTS_MAX = 10;

interface Wanted {
  readonly type: number;
  readonly code: number;
  readonly on: 'read' | 'write';
  readonly codes: readonly IOReturnName[];
}

const FAILED: readonly IOReturnName[] = ['kIOReturnDeviceError', 'kIOReturnIOError'];

/** Statuses and the codes that tell a client what they mean. */
const MEANINGS: readonly Wanted[] = [
  { type: 0, code: 0x01, on: 'read', codes: ['kIOReturnUnsupported', ...FAILED] },
  {
    type: 0,
    code: 0x02,
    on: 'read',
    codes: ['kIOReturnBadArgument', 'kIOReturnInvalid', ...FAILED],
  },
  { type: 0, code: 0x04, on: 'read', codes: ['kIOReturnDMAError', ...FAILED] },
  { type: 0, code: 0x06, on: 'write', codes: FAILED },
  { type: 0, code: 0x07, on: 'read', codes: ['kIOReturnAborted', 'kIOReturnTimeout', ...FAILED] },
  { type: 0, code: 0x08, on: 'read', codes: ['kIOReturnAborted', ...FAILED] },
  {
    type: 0,
    code: 0x0b,
    on: 'read',
    codes: ['kIOReturnNoMedia', 'kIOReturnNoDevice', 'kIOReturnNotFound', ...FAILED],
  },
  { type: 0, code: 0x20, on: 'write', codes: ['kIOReturnNotWritable', 'kIOReturnLockedWrite'] },
  { type: 0, code: 0x80, on: 'read', codes: FAILED },
  { type: 0, code: 0x81, on: 'write', codes: ['kIOReturnNoSpace'] },
  { type: 0, code: 0x82, on: 'read', codes: ['kIOReturnNotReady'] },
  { type: 1, code: 0x80, on: 'read', codes: FAILED },
  { type: 1, code: 0x82, on: 'write', codes: ['kIOReturnNotWritable', 'kIOReturnLockedWrite'] },
  { type: 2, code: 0x80, on: 'write', codes: ['kIOReturnIOError', 'kIOReturnNotWritable'] },
  { type: 2, code: 0x81, on: 'read', codes: ['kIOReturnNotReadable', 'kIOReturnIOError'] },
  {
    type: 2,
    code: 0x86,
    on: 'read',
    codes: ['kIOReturnNotPermitted', 'kIOReturnLockedRead', ...FAILED],
  },
  { type: 2, code: 0x87, on: 'read', codes: ['kIOReturnNotReadable', 'kIOReturnIOError'] },
];

/** The first I/O command of each queue ends with a status. */
function strike(type: number, code: number, doNotRetry: boolean): NvmeFaultPlan {
  return QUEUES.map((queue) => ({ kind: 'error-status', at: 1, queue, type, code, doNotRetry }));
}

interface Struck {
  readonly driver: BlockDevice;
  readonly traffic: Traffic;
  readonly code: IOReturnName | undefined;
}

/** One request whose first command is struck. */
async function struck(scene: Scene, plan: NvmeFaultPlan, on: 'read' | 'write'): Promise<Struck> {
  scene.misbehave(...plan);
  const { driver, traffic } = await running(scene);
  const { blockBytes } = await driver.geometry(0);
  traffic.clear();
  const code = await failure(() =>
    on === 'read'
      ? readBlocks(scene, driver, 7, blockBytes)
      : writeBlocks(scene, driver, 7, pattern(blockBytes)),
  );
  expect.that(scene.struck, 'the fault strikes');
  return { driver, traffic, code };
}

/** All queues have had their fault when so many requests have ended. */
async function afterwards(scene: Scene, driver: BlockDevice): Promise<void> {
  for (const at of QUEUES) await failure(() => expectWorks(scene, driver, at));
  await expectWorks(scene, driver);
}

export const statuses = suite({
  id: 'nvme/statuses',
  for: { class: 'BlockDevice', device: 'nvme' },
  clauses: [
    enumerated({
      id: 'meaning',
      cite: nvme('Status Field Definition'),
      text: 'A request whose command fails for good fails once, with a code that tells its meaning.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults'],
      bugClasses: ['BC-13', 'BC-25'],
      every: MEANINGS,
      async check(scene, { type, code, on, codes }) {
        const { driver, code: seen } = await struck(scene, strike(type, code, true), on);
        const name = statusName(type * 256 + code);
        const fine = seen !== undefined && codes.includes(seen);
        expect.that(fine, `a ${on} that ends with ${name}`, codes.join(' or '), seen ?? 'success');
        await afterwards(scene, driver);
      },
    }),
    enumerated({
      id: 'not-retried',
      cite: nvme('Completion Queue Entry, Do Not Retry'),
      text: 'A command that ended with DNR is not sent again.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults'],
      bugClasses: ['BC-07'],
      every: [
        { type: 0, code: 0x06 },
        { type: 0, code: 0x82 },
        { type: 2, code: 0x81 },
      ],
      async check(scene, { type, code }) {
        const { traffic } = await struck(scene, strike(type, code, true), 'read');
        expect.equal(traffic.io(Io.Read).length, 1, 'Read commands');
      },
    }),
    enumerated({
      id: 'retried-in-bounds',
      cite: nvme('Completion Queue Entry, Do Not Retry'),
      text: 'A command that ended without DNR is sent again a bounded number of times, or not at all.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-07', 'BC-13'],
      every: [
        { type: 0, code: 0x06 },
        { type: 0, code: 0x82 },
        { type: 2, code: 0x80 },
      ],
      async check(scene, { type, code }) {
        // Every command of every queue, for longer than any driver tries.
        const plan = QUEUES.flatMap((queue) =>
          places(ATTEMPTS_MAX).map(
            (at) => ({ kind: 'error-status', at, queue, type, code, doNotRetry: false }) as const,
          ),
        );
        const { traffic, code: seen } = await struck(scene, plan, 'write');
        expect.that(seen !== undefined, 'a write that always fails', 'a failure', 'success');
        const sent = traffic.io(Io.Write).length;
        expect.that(sent <= ATTEMPTS_MAX, 'attempts', `${ATTEMPTS_MAX} or fewer`, String(sent));
      },
    }),
    {
      id: 'retry-succeeds',
      cite: nvme('Completion Queue Entry, Do Not Retry'),
      text: 'A request whose command fails once without DNR succeeds, or fails, but never both.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-07', 'BC-13'],
      async check(scene) {
        const { driver, code } = await struck(scene, strike(0, 0x06, false), 'write');
        await afterwards(scene, driver);
        const { errors } = await driver.statistics();
        expect.that(code === undefined || errors > 0, 'errors that are counted', '1 or more', '0');
      },
    },
    {
      id: 'retried',
      cite: nvme('Completion Queue Entry, Do Not Retry'),
      text: 'A request whose command fails once without DNR is tried again, and succeeds.',
      level: 'should',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-07'],
      async check(scene) {
        scene.misbehave({
          kind: 'error-status',
          at: 1,
          queue: 1,
          type: 0,
          code: 0x06,
          doNotRetry: false,
        });
        const { driver } = await running(scene);
        for (const at of QUEUES) await expectWorks(scene, driver, at);
        expect.that(scene.struck, 'the fault strikes');
      },
    },
    property({
      id: 'unknown',
      cite: nvme('Status Field Definition'),
      text: 'No status but zero is success, whatever its type and code.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults'],
      bugClasses: ['BC-25'],
      given: fc.record({ type: fc.nat({ max: 7 }), code: fc.integer({ min: 1, max: 255 }) }),
      async check(scene, { type, code }) {
        const { driver, code: seen } = await struck(scene, strike(type, code, true), 'read');
        const name = statusName(type * 256 + code);
        expect.that(seen !== undefined, `a read that ends with ${name}`, 'a failure', 'success');
        expect.equal((await driver.statistics()).errors, 1, 'errors that are counted');
      },
    }),
    {
      id: 'type-without-code',
      cite: nvme('Status Field Definition'),
      text: 'A status code of zero is success with type 0 only.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults'],
      bugClasses: ['BC-25'],
      async check(scene) {
        const { code } = await struck(scene, strike(1, 0, true), 'read');
        expect.that(
          code !== undefined,
          'a read that ends with type 1, code 0',
          'a failure',
          'success',
        );
      },
    },
    enumerated({
      id: 'part-fails',
      cite: nvme('Status Field Definition'),
      text: 'Of requests at once the one whose command fails fails, and the others succeed.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults'],
      bugClasses: ['BC-13', 'BC-23'],
      every: places(6),
      async check(scene, at) {
        scene.misbehave({
          kind: 'error-status',
          at,
          queue: 1,
          type: 2,
          code: 0x81,
          doNotRetry: true,
        });
        const { driver } = await running(scene);
        const { blockBytes } = await driver.geometry(0);
        const codes = await Promise.all(
          places(24).map((lba) => failure(() => readBlocks(scene, driver, lba, blockBytes))),
        );
        const failed = codes.filter((code) => code !== undefined);
        expect.that(
          failed.length <= 1,
          'requests that fail',
          '1 at the most',
          String(failed.length),
        );
        expect.equal(failed.length, scene.struck ? 1 : 0, 'requests that fail');
        expect.equal((await driver.statistics()).errors, failed.length, 'errors that are counted');
      },
    }),
    enumerated({
      id: 'failed-transfer',
      cite: nvme('Generic Command Status, Data Transfer Error'),
      text: 'Whichever data transfer fails on the bus, its request fails, and the next one works.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults'],
      bugClasses: ['BC-25'],
      every: places(40),
      async check(scene, at) {
        scene.misbehave({ kind: 'failed-transfer', at });
        if ((await failure(() => scene.start())) !== undefined) return;
        const driver = scene.client<BlockDevice>();
        await failure(() => expectWorks(scene, driver));
        if (!scene.struck) return END;
        await expectWorks(scene, driver);
      },
    }),
  ],
});
