/** The fields of commands. */
import type { Rule } from '../../rule.ts';
import { ALL_NAMESPACES, Admin, Nvm } from './layout.ts';
import { armOnce, hex, nvmeRule } from './nvme-rule.ts';
import type { Command } from './queues.ts';
import { RESERVED_ADMIN, RESERVED_NVM } from './reserved.ts';
import { listenToTraffic } from './traffic.ts';

const ENTRY = 'Submission Queue Entry - Command Format';
/** FUSE in bits 1:0, reserved 5:2, PSDT 7:6 of byte 1. */
const FLAGS_RESERVED = 0x3c;
const SGL = 0x40;
const Fuse = { None: 0, First: 1, Second: 2 } as const;
/** Compare and Write in Identify Controller, FUSES. */
const COMPARE_AND_WRITE = 1;

/** Admin commands that do not use a namespace identifier. */
const WITHOUT_NAMESPACE: ReadonlySet<number> = new Set([
  Admin.DeleteSubmissionQueue,
  Admin.CreateSubmissionQueue,
  Admin.DeleteCompletionQueue,
  Admin.CreateCompletionQueue,
  Admin.Abort,
  Admin.AsynchronousEventRequest,
  Admin.FirmwareCommit,
  Admin.FirmwareDownload,
]);
const NVM_COMMANDS: ReadonlySet<number> = new Set(Object.values(Nvm));

/** The first half of a fused pair, as the second must match it. */
interface Half {
  readonly queue: number;
  readonly nsid: number;
  readonly block: readonly [number, number];
  readonly count: number;
}

const half = (command: Command): Half => ({
  queue: command.queue.id,
  nsid: command.nsid,
  block: [command.dword(10), command.dword(11)],
  count: command.dword(12) % 0x10000,
});

function fits(first: Half, second: Half): boolean {
  const [low, high] = first.block;
  const same = low === second.block[0] && high === second.block[1];
  return same && first.nsid === second.nsid && first.count === second.count;
}

const fused: Rule = nvmeRule({
  id: 'NVME-R28',
  section: 'Fused Operations',
  text: 'A fused operation is Compare and Write of the same blocks, adjacent, at one doorbell.',
  bugClasses: ['BC-23', 'BC-25'],
  watch(watch) {
    const arm = armOnce(watch);
    let first: Half | undefined;
    const traffic = listenToTraffic(watch, {
      submitted: (command) => {
        const fuse = command.flags % 4;
        if (fuse === Fuse.None && first?.queue !== command.queue.id) return;
        arm();
        const before = first?.queue === command.queue.id ? first : undefined;
        if (before !== undefined) first = undefined;
        const can = (traffic.identity.controller?.fused ?? COMPARE_AND_WRITE) % 2 === 1;
        if (fuse === Fuse.First && before === undefined) {
          first = half(command);
          if (command.opcode !== Nvm.Compare || command.isAdmin || !can) {
            watch.violate(`${command.name} begins no fused operation that the controller has`);
          }
        } else if (fuse !== Fuse.Second || before === undefined) {
          watch.violate(`${command.name} has FUSE ${fuse}, out of order`);
        } else if (command.opcode !== Nvm.Write || !fits(before, half(command))) {
          watch.violate(`${command.name} does not fit the Compare before it`);
        }
      },
      rang: (queue, isSubmission) => {
        if (!isSubmission || first?.queue !== queue.id) return;
        watch.violate(`a fused Compare of queue ${queue.id} comes without its Write`);
      },
      forgotten: () => (first = undefined),
    });
  },
});

/** At the most so many of one admin command in flight. */
function limitRule(
  rule: Pick<Rule, 'id' | 'text'> & { readonly section: string },
  opcode: number,
  most: (limits: { readonly eventsMax: number; readonly abortsMax: number }) => number,
): Rule {
  return nvmeRule({
    ...rule,
    bugClasses: ['BC-24', 'BC-07'],
    watch(watch) {
      const arm = armOnce(watch);
      let inFlight = 0;
      const traffic = listenToTraffic(watch, {
        submitted: (command) => {
          if (!command.isAdmin || command.opcode !== opcode) return;
          inFlight++;
          const { controller } = traffic.identity;
          if (controller === undefined) return;
          arm();
          const limit = most(controller);
          if (inFlight > limit) traffic.sync();
          if (inFlight > limit) watch.violate(`${inFlight} are in flight, of ${limit}`);
        },
        completed: ({ command }) => {
          if (command.isAdmin && command.opcode === opcode) inFlight--;
        },
        forgotten: () => (inFlight = 0),
      });
    },
  });
}

export const commandRules: readonly Rule[] = [
  nvmeRule({
    id: 'NVME-R27',
    section: ENTRY,
    text: 'Reserved bits and double words of a command are 0.',
    bugClasses: ['BC-18', 'BC-28'],
    watch(watch) {
      const arm = armOnce(watch);
      listenToTraffic(watch, {
        submitted: (command) => {
          arm();
          if ((command.flags & FLAGS_RESERVED) !== 0) {
            watch.violate(`${command.name} has flags ${hex(command.flags)}`);
          }
          const table = command.isAdmin ? RESERVED_ADMIN : RESERVED_NVM;
          const reserved = table[command.opcode];
          if (reserved === undefined) return;
          for (let index = 0; index < reserved.length; index++) {
            const which = reserved[index] as number;
            if (command.dword(which) === 0) continue;
            watch.violate(`${command.name} has ${hex(command.dword(which))} in dword ${which}`);
          }
        },
      });
    },
  }),
  fused,
  nvmeRule({
    id: 'NVME-R29',
    section: `${ENTRY}, PSDT`,
    text: 'Admin commands use PRPs; other commands use SGLs only where the controller has them.',
    bugClasses: ['BC-18'],
    watch(watch) {
      const arm = armOnce(watch);
      const traffic = listenToTraffic(watch, {
        submitted: (command) => {
          arm();
          if (command.flags < SGL) return;
          const can = (traffic.identity.controller?.scatterGather ?? 1) % 4 !== 0;
          if (command.isAdmin || !can || command.flags >= 3 * SGL) {
            watch.violate(`${command.name} has PSDT ${Math.floor(command.flags / SGL)}`);
          }
        },
      });
    },
  }),
  nvmeRule({
    id: 'NVME-R30',
    section: `${ENTRY}, Namespace Identifier; Namespaces`,
    text: 'A command names a valid namespace, and none where it uses none.',
    bugClasses: ['BC-02', 'BC-27'],
    watch(watch) {
      const arm = armOnce(watch);
      const traffic = listenToTraffic(watch, {
        submitted: (command) => {
          arm();
          const { nsid, opcode } = command;
          if (command.isAdmin) {
            if (nsid === 0 || !WITHOUT_NAMESPACE.has(opcode)) return;
            watch.violate(`${command.name} names namespace ${hex(nsid)}`);
          } else if (NVM_COMMANDS.has(opcode)) {
            if (nsid === ALL_NAMESPACES && opcode === Nvm.Flush) return;
            const most = traffic.identity.controller?.namespaces ?? ALL_NAMESPACES - 1;
            if (nsid >= 1 && nsid <= most) return;
            watch.violate(`${command.name} names namespace ${hex(nsid)} of ${most}`);
          }
        },
      });
    },
  }),
  limitRule(
    {
      id: 'NVME-R31',
      section: 'Identify Controller data structure, AERL',
      text: 'No more Asynchronous Event Requests are in flight than AERL allows.',
    },
    Admin.AsynchronousEventRequest,
    ({ eventsMax }) => eventsMax,
  ),
  limitRule(
    {
      id: 'NVME-R32',
      section: 'Identify Controller data structure, ACL',
      text: 'No more Abort commands are in flight than ACL allows.',
    },
    Admin.Abort,
    ({ abortsMax }) => abortsMax,
  ),
];
