/** What Linux's nvme driver and the sample do differently, and why no client can tell. */
import type { MigrationDifference } from '../../../traces/migration/compare.ts';

interface Known {
  readonly why: string;
  readonly applies: (difference: MigrationDifference) => boolean;
}

/** Queues of the I/O, whatever their number. */
const DOORBELL = /^(SQTDBL|CQHDBL)\d+$/;
const QUEUE_COMMAND = /^(Create|Delete)(Submission|Completion)Queue$/;
/** Timestamp, Host Behavior Support, Commands Supported, shadow doorbells, command sets. */
const OPTIONAL = [
  'SetFeatures 0Eh',
  'SetFeatures 16h',
  'GetLogPage 02h',
  'GetLogPage 05h',
  'Identify 03h',
  'Identify 05h',
  'Identify 06h',
  'admin command 7Ch',
];
const KNOWN: readonly Known[] = [
  {
    why: 'how many queue pairs there are, and which one a request takes, is for the driver to choose',
    applies: ({ what, kind }) =>
      DOORBELL.test(what) || (kind === 'command' && QUEUE_COMMAND.test(what)),
  },
  {
    why: 'addresses in host memory are names',
    applies: ({ what }) => what === 'ASQ' || what === 'ACQ',
  },
  {
    why: 'how many event requests wait is for the driver to choose, up to AERL + 1',
    applies: ({ what }) => what === 'AsynchronousEventRequest',
  },
  {
    why: 'Linux asks for what is optional where the controller has it; no client of a disk can tell',
    applies: ({ what, kind }) => kind === 'command' && OPTIONAL.includes(what),
  },
  {
    why: 'Linux reads the same identification again as it validates a namespace',
    applies: ({ what, old, new: now }) => what === 'Identify 00h' && Number(old) > Number(now),
  },
  {
    why: "the block layer's scan for partitions: nobody asked the driver for it but the system",
    applies: ({ phase, kind, new: now }) =>
      phase === 'configure' && kind === 'range' && now === 'nothing',
  },
  {
    why: 'Linux selects all command sets where CAP.CSS has them; the sample the one that it uses',
    applies: ({ what, kind, old, new: now }) =>
      what === 'CC' && kind === 'value' && withoutSets(old) === withoutSets(now),
  },
];

function withoutSets(value: string): bigint {
  const whole = BigInt(value);
  return whole - (whole % (2n * 0x40n)) + (whole % 0x10n);
}

export function nvmeMigration(difference: MigrationDifference): string | undefined {
  return KNOWN.find(({ applies }) => applies(difference))?.why;
}
