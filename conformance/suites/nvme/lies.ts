/** A driver against a controller that lies about itself, or fails while it is brought up. */
import type { BlockDevice } from '../../../drivers-under-test/host/classes/block-device.ts';
import type { NvmeFault } from '../../../sim/faults/nvme-plan.ts';
import { END, enumerated, suite } from '../../clause.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { bugClass, failure, places } from '../driver/attempt.ts';
import { TROUBLE, ends, readBlocks } from './clients.ts';
import { Cns, Ctrl, Ns, Status, nvme } from './facts.ts';
import { Traffic } from './traffic.ts';

/** Admin commands of a start, generously: the enumeration ends by itself. */
const ADMIN_COMMANDS = 60;
/** No start takes longer, whatever is wrong. */
const START_NS = 400e9;
const BLOCK_MIN = 512;

const le = (value: bigint, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, at) => Number((value / 256n ** BigInt(at)) % 256n));

interface Lie {
  readonly what: string;
  readonly selector: number;
  readonly offset: number;
  readonly bytes: readonly number[];
}

const CONTROLLER_LIES: readonly Lie[] = [
  { what: 'no namespaces', selector: Cns.Controller, offset: Ctrl.Namespaces, bytes: [0, 0, 0, 0] },
  {
    what: 'four billion namespaces',
    selector: Cns.Controller,
    offset: Ctrl.Namespaces,
    bytes: [255, 255, 255, 255],
  },
  {
    what: 'submission entries of 128 bytes',
    selector: Cns.Controller,
    offset: Ctrl.Sqes,
    bytes: [0x77],
  },
  {
    what: 'completion entries of 32 bytes',
    selector: Cns.Controller,
    offset: Ctrl.Cqes,
    bytes: [0x55],
  },
  { what: 'an MDTS of 2^255 pages', selector: Cns.Controller, offset: Ctrl.Mdts, bytes: [255] },
  { what: 'an MDTS of 2^40 pages', selector: Cns.Controller, offset: Ctrl.Mdts, bytes: [40] },
  { what: 'no more events', selector: Cns.Controller, offset: Ctrl.AsyncEventLimit, bytes: [255] },
  {
    what: 'a serial number of zeros',
    selector: Cns.Controller,
    offset: Ctrl.Serial,
    bytes: Array<number>(20).fill(0),
  },
  {
    what: 'a model of 0xff',
    selector: Cns.Controller,
    offset: Ctrl.Model,
    bytes: Array<number>(40).fill(255),
  },
  {
    what: 'the active list of all ones',
    selector: Cns.ActiveNamespaces,
    offset: 0,
    bytes: Array<number>(4096).fill(255),
  },
  {
    what: 'the active list in a circle',
    selector: Cns.ActiveNamespaces,
    offset: 0,
    bytes: Array.from({ length: 1024 }, () => [1, 0, 0, 0]).flat(),
  },
  {
    what: 'an active list that descends',
    selector: Cns.ActiveNamespaces,
    offset: 0,
    bytes: [2, 0, 0, 0, 1, 0, 0, 0],
  },
];

const NAMESPACE_LIES: readonly Omit<Lie, 'selector'>[] = [
  { what: 'no blocks', offset: Ns.Size, bytes: le(0n, 24) },
  { what: '2^64 - 1 blocks', offset: Ns.Size, bytes: le(2n ** 64n - 1n, 8) },
  { what: 'blocks of one byte', offset: Ns.FirstFormat, bytes: le(0n, 64) },
  { what: 'blocks of 256 bytes', offset: Ns.FirstFormat, bytes: repeated([0, 0, 8, 0]) },
  { what: 'blocks of 2^63 bytes', offset: Ns.FirstFormat, bytes: repeated([0, 0, 63, 0]) },
  { what: 'blocks of 2^255 bytes', offset: Ns.FirstFormat, bytes: repeated([0, 0, 255, 0]) },
  { what: 'blocks with metadata', offset: Ns.FirstFormat, bytes: repeated([8, 0, 9, 0]) },
  { what: 'a format that is not listed', offset: Ns.Format, bytes: [15] },
  { what: 'a structure of zeros', offset: 0, bytes: Array<number>(4096).fill(0) },
  { what: 'a structure of ones', offset: 0, bytes: Array<number>(4096).fill(255) },
];

function repeated(format: readonly number[]): number[] {
  return Array.from({ length: 16 }, () => format).flat();
}

/** Each unit that the driver offers makes sense. */
async function expectSense(scene: Scene, driver: BlockDevice): Promise<void> {
  const units = await driver.units();
  expect.that(Number.isSafeInteger(units) && units >= 0, 'units', 'a number', String(units));
  for (let unit = 0; unit < Math.min(units, 4); unit++) {
    const { blockBytes, blocks, maxTransferBlocks, atomicBlocks } = await driver.geometry(unit);
    const isPower = blockBytes >= BLOCK_MIN && /^10*$/.test(blockBytes.toString(2));
    expect.that(isPower, `bytes of a block of unit ${unit}`, 'a power of two', String(blockBytes));
    expect.that(Number.isSafeInteger(blocks) && blocks > 0, 'blocks', '1 or more', String(blocks));
    const isFine = Number.isSafeInteger(maxTransferBlocks) && maxTransferBlocks > 0;
    expect.that(
      isFine && atomicBlocks >= 1,
      'blocks of a transfer',
      '1 or more',
      `${maxTransferBlocks}`,
    );
    await ends(() => readBlocks(scene, driver, 0, blockBytes, unit), TROUBLE, 'a read of block 0');
  }
}

/** Start fails, or what it offers makes sense; either way it ends, and so does Stop. */
async function expectCopes(scene: Scene): Promise<void> {
  const began = scene.world.now;
  const code = await failure(() => scene.start());
  const took = scene.world.now - began;
  expect.that(took <= START_NS, 'Start', `within ${START_NS / 1e9} s`, `${took / 1e9} s`);
  if (code !== undefined) return;
  await expectSense(scene, scene.client<BlockDevice>());
  await scene.stop();
}

/** A fault at each admin command in turn, until none is left. */
async function atEach(scene: Scene, fault: NvmeFault): Promise<'end' | void> {
  scene.misbehave(fault);
  await expectCopes(scene);
  if (!scene.struck) return END;
}

export const lies = suite({
  id: 'nvme/lies',
  for: { class: 'BlockDevice', device: 'nvme' },
  clauses: [
    enumerated({
      id: 'controller',
      cite: nvme('Identify command, Identify Controller data structure'),
      text: 'A controller that says what cannot be is refused, or used within what can be.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-01', 'BC-02', 'BC-03', 'BC-21'],
      every: CONTROLLER_LIES.map(({ what }) => what),
      async check(scene, what) {
        const lie = CONTROLLER_LIES.find((each) => each.what === what) as Lie;
        const { selector, offset, bytes } = lie;
        scene.misbehave({
          kind: 'false-structure',
          command: 'identify',
          selector,
          at: 1,
          offset,
          bytes,
        });
        await expectCopes(scene);
      },
    }),
    enumerated({
      id: 'namespace',
      cite: nvme('Identify command, Identify Namespace data structure'),
      text: 'A namespace that says what cannot be is left out, or used within what can be.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-01', 'BC-02', 'BC-03', 'BC-21'],
      every: NAMESPACE_LIES.map(({ what }) => what),
      async check(scene, what) {
        const { offset, bytes } = NAMESPACE_LIES.find((each) => each.what === what) as Lie;
        const selector = Cns.Namespace;
        scene.misbehave({
          kind: 'false-structure',
          command: 'identify',
          selector,
          at: 1,
          offset,
          bytes,
        });
        await expectCopes(scene);
      },
    }),
    {
      id: 'small-transfers',
      cite: nvme('Identify command, Maximum Data Transfer Size'),
      text: 'No command moves more than MDTS says, however much the client may ask for.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults'],
      bugClasses: ['BC-01'],
      async check(scene) {
        const TWO_PAGES = 8192;
        scene.misbehave({
          kind: 'false-structure',
          command: 'identify',
          selector: Cns.Controller,
          at: 1,
          offset: Ctrl.Mdts,
          bytes: [1],
        });
        const traffic = new Traffic(scene);
        const driver = await scene.start<BlockDevice>();
        const { blockBytes, maxTransferBlocks } = await driver.geometry(0);
        await readBlocks(scene, driver, 0, maxTransferBlocks * blockBytes);
        const sent = traffic.commands.filter(({ queue, opcode }) => queue > 0 && opcode === 2);
        const largest = Math.max(
          ...sent.map(({ dword12 }) => ((dword12 % 0x1_0000) + 1) * blockBytes),
        );
        expect.that(
          largest <= TWO_PAGES,
          'bytes of a command',
          `${TWO_PAGES} or less`,
          `${largest}`,
        );
      },
    },
    enumerated({
      id: 'error-at-start',
      cite: bugClass('BC-21'),
      text: 'Whichever admin command fails, Start fails too, or does without it.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-15', 'BC-21'],
      every: places(ADMIN_COMMANDS),
      check: (scene, at) =>
        atEach(scene, { kind: 'error-status', at, queue: 0, type: 0, code: 6, doNotRetry: true }),
    }),
    enumerated({
      id: 'refused-at-start',
      cite: nvme('Generic Command Status, Invalid Field in Command'),
      text: 'Whichever admin command is refused as invalid, Start fails too, or does without it.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-21'],
      every: places(ADMIN_COMMANDS),
      check: (scene, at) =>
        atEach(scene, {
          kind: 'error-status',
          at,
          queue: 0,
          type: 0,
          code: Status.InvalidField,
          doNotRetry: true,
        }),
    }),
    enumerated({
      id: 'silence-at-start',
      cite: bugClass('BC-05'),
      text: 'Whichever admin command is never answered, Start ends in bounded time.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-05', 'BC-10', 'BC-21'],
      every: places(ADMIN_COMMANDS),
      check: (scene, at) => atEach(scene, { kind: 'lost-completion', at, queue: 0 }),
    }),
    enumerated({
      id: 'fatal-during-start',
      cite: nvme('Controller Status, Controller Fatal Status'),
      text: 'Whichever admin command the controller dies of, Start ends in bounded time.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-05', 'BC-14', 'BC-21'],
      every: places(ADMIN_COMMANDS),
      check: (scene, at) => atEach(scene, { kind: 'fatal-status', at, queue: 0 }),
    }),
    enumerated({
      id: 'stray-at-start',
      cite: nvme('Completion Queue Entry, Command Identifier'),
      text: 'Whichever admin command is answered under a false identifier, Start ends.',
      level: 'shall',
      subject: 'driver',
      needs: ['nvme-faults', 'virtual-time'],
      bugClasses: ['BC-02', 'BC-13', 'BC-21'],
      every: places(ADMIN_COMMANDS),
      check: (scene, at) => atEach(scene, { kind: 'false-command-id', at, queue: 0, id: 0xfff0 }),
    }),
  ],
});
