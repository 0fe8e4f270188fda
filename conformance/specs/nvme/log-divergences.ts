/** Log pages and asynchronous events that QEMU 7.2's controller and our model treat differently. */
import type { NvmeCommand, NvmeDifference } from '../../generators/nvme-steps.ts';
import { bytesToHost } from '../../generators/nvme-transfers.ts';
import { Admin } from '../../suites/nvme/commands.ts';
import {
  NVME,
  type NvmeExplanation,
  bytesMask,
  commandAndStatuses,
  differentStatus,
  inPart,
} from './answers.ts';

const PAGE = { error: 1, health: 2, firmware: 3, changedNamespaces: 4, effects: 5 } as const;
const INVALID_LOG_PAGE = 0x109;
const INVALID_FIELD = 0x02;
const INVALID_PRP = 0x13;
/** QEMU's pages end here; it has one error entry. */
const BYTES: Readonly<Record<number, number>> = {
  [PAGE.error]: 64,
  [PAGE.health]: 512,
  [PAGE.firmware]: 512,
  [PAGE.changedNamespaces]: 4096,
  [PAGE.effects]: 4096,
};
const TEMPERATURE_SENSORS = 200;

const pageOf = ({ dword10 = 0 }: NvmeCommand) => dword10 % 256;
const getsLog = ({ opcode }: NvmeCommand, isAdmin: boolean) =>
  isAdmin && opcode === Admin.GetLogPage;

const logData = (...pages: readonly number[]) =>
  inPart(
    'data',
    (command, isAdmin) => getsLog(command, isAdmin) && pages.includes(pageOf(command)),
  );

/** Bytes of a page as they come from an offset on. */
const fromOffset = (mask: bigint, { dword12 = 0 }: NvmeCommand) => mask / 2n ** BigInt(dword12);

/** What a health page counts, measures and promises. */
const HEALTH_FIELDS = bytesMask([
  [1, 5], // Composite temperature, spare, its threshold, used.
  [32, 160], // What was moved, time, cycles, errors.
  [192, 8], // Time above the thresholds.
  [TEMPERATURE_SENSORS, 32],
]);

function isAtEnd(command: NvmeCommand): boolean {
  const end = BYTES[pageOf(command)] ?? Infinity;
  const { dword12 = 0 } = command;
  return pageOf(command) === PAGE.error ? dword12 >= end : dword12 === end;
}

function beyondTheEnd(difference: NvmeDifference): bigint {
  const found = commandAndStatuses(difference);
  if (found === undefined || !getsLog(found.command, found.isAdmin)) return 0n;
  const { command, ours } = found;
  const end = BYTES[pageOf(command)];
  if (end === undefined) return 0n;
  const left = Math.max(0, end - (command.dword12 ?? 0));
  if (bytesToHost(command, 0) <= left) return 0n;
  if (ours === INVALID_PRP) return -1n;
  if (!difference.part.startsWith('data[')) return 0n;
  return -(2n ** BigInt(left));
}

export const logExplanations: readonly NvmeExplanation[] = [
  {
    id: 'nvme-log-end',
    cite: NVME,
    why:
      'What comes behind the end of a log page is undefined (chapter Get Log Page): the model sends ' +
      'zeros, QEMU sends nothing and does not look at the PRP entries for it.',
    example: ['admin queue: Get Log Page 03h, 4096 bytes'],
    explains: beyondTheEnd,
  },
  {
    id: 'nvme-log-offset-at-end',
    cite: NVME,
    why:
      'An offset greater than the size of the log page is an Invalid Field in Command (chapter Get ' +
      'Log Page, LPOL): QEMU refuses one that equals it, too. Its error log has one entry.',
    example: ['admin queue: Get Log Page 05h from 4096 on'],
    explains: differentStatus(
      ({ command, isAdmin, ours, theirs }) =>
        getsLog(command, isAdmin) && ours === 0 && theirs === INVALID_FIELD && isAtEnd(command),
    ),
  },
  {
    id: 'nvme-changed-namespaces',
    cite: NVME,
    why:
      'The model counts a namespace that was formatted among the changed ones (chapter Changed ' +
      'Namespace List), QEMU does not when the format is the same.',
    example: ['admin queue: Format NVM of namespace 1, then Get Log Page 04h'],
    explains: logData(PAGE.changedNamespaces),
  },
  {
    id: 'nvme-unknown-log',
    cite: NVME,
    why:
      'For a log page that it does not know QEMU answers Invalid Field in Command; the chapter Get ' +
      'Log Page has Invalid Log Page for that. The model has the pages 06h to 08h, which are ' +
      'optional.',
    example: ['admin queue: Get Log Page 70h'],
    explains: differentStatus(
      ({ command, isAdmin, ours, theirs }) =>
        getsLog(command, isAdmin) &&
        theirs === INVALID_FIELD &&
        (ours === INVALID_LOG_PAGE || BYTES[pageOf(command)] === undefined),
    ),
  },
  {
    id: 'nvme-health-of-the-controller',
    cite: NVME,
    why: "The health of the controller is asked for by FFFFFFFFh or 0 (chapter SMART / Health Information); QEMU refuses 0. It keeps health for each namespace, which the model's LPA denies.",
    example: ['admin queue: Get Log Page 02h, namespace 0'],
    explains: differentStatus(
      ({ command, isAdmin }) =>
        getsLog(command, isAdmin) &&
        pageOf(command) === PAGE.health &&
        command.nsid !== 0xffff_ffff,
    ),
  },
  {
    id: 'nvme-health-values',
    cite: NVME,
    why:
      'The two drives have other temperatures, spares, power cycles, and count from other times ' +
      '(chapter SMART / Health Information).',
    example: ['admin queue: Get Log Page 02h'],
    explains: (difference) => {
      const command = commandAndStatuses(difference)?.command;
      if (command === undefined) return 0n;
      return logData(PAGE.health)(difference) & fromOffset(HEALTH_FIELDS, command);
    },
  },
  {
    id: 'nvme-error-log',
    cite: NVME,
    why: 'QEMU keeps no error entries (chapter Error Information): the model has one for each error.',
    example: ['admin queue: opcode FFh, then Get Log Page 01h'],
    explains: logData(PAGE.error),
  },
  {
    id: 'nvme-command-effects',
    cite: NVME,
    why:
      'Each says of its own commands what they change (chapter Commands Supported and Effects); ' +
      'each has optional ones that the other has not.',
    example: ['admin queue: Get Log Page 05h'],
    explains: logData(PAGE.effects),
  },
  {
    id: 'nvme-event-without-request',
    cite: NVME,
    why:
      'The model keeps an error event until an Asynchronous Event Request asks for it (chapter of ' +
      'that name); QEMU forgets a wrong doorbell when no request is there.',
    example: ['doorbell of queue 64, then admin queue: Asynchronous Event Request'],
    explains: differentStatus(
      ({ command, isAdmin, ours, theirs }) =>
        isAdmin && command.opcode === Admin.AsyncEvent && ours === 0 && theirs === undefined,
    ),
    ends: true,
  },
  {
    id: 'nvme-abort-event-request',
    cite: NVME,
    why:
      'Abort is a best effort (chapter Abort): the model aborts an Asynchronous Event Request, QEMU ' +
      'aborts nothing and says so in dword 0.',
    example: ['admin queue: Asynchronous Event Request, then Abort of it'],
    explains: (difference) => {
      const [ours, theirs] = difference.values;
      const isAbort = inPart('result', ({ opcode }, isAdmin) => isAdmin && opcode === Admin.Abort);
      return ours === 0n && theirs === 1n ? isAbort(difference) : 0n;
    },
    ends: true,
  },
  {
    id: 'nvme-event-order',
    cite: NVME,
    why:
      'Which of several Asynchronous Event Requests an event completes is not said (chapter of that ' +
      'name): the model takes the first, QEMU the last.',
    example: ['admin queue: two Asynchronous Event Requests, then the doorbell of queue 64'],
    explains: ({ part, values }) => {
      if (part !== 'other completions') return 0n;
      const [ours, theirs] = values.map((value) => String(value).replace(/command \d+/g, 'one'));
      return ours === theirs ? -1n : 0n;
    },
    ends: true,
  },
  {
    id: 'nvme-doorbell-beyond-the-last',
    cite: NVME,
    why:
      'Behind the doorbells of the queues that a controller has there are no registers: the model ' +
      'ignores a write there, QEMU reports it as an invalid doorbell (chapter Asynchronous Event ' +
      'Information, Error Status).',
    example: ['admin queue: Asynchronous Event Request, then the doorbell of queue 70'],
    explains: ({ part, step }) =>
      part === 'other completions' && step.kind === 'doorbell' && step.queue > 64 ? -1n : 0n,
    ends: true,
  },
];
