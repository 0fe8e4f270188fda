/** Commands and registers that QEMU 7.2's controller and our model answer differently. */
import type {
  NvmeCommand,
  NvmeDifference,
  NvmeProgram,
  Place,
} from '../../generators/nvme-steps.ts';
import { MEMORY, NOWHERE } from '../../generators/nvme-steps.ts';
import { BLOCK_BYTES } from '../../generators/nvme-transfers.ts';
import { Admin, Io } from '../../suites/nvme/commands.ts';
import { NVME, type NvmeExplanation, commandAndStatuses, differentStatus } from './answers.ts';

const HALF = 0x1_0000;
const QUEUES = 64;
const ENTRIES = 2048;
const VECTORS = 65;
const VERIFY_BYTES = 2 ** 19;
const OPTIONAL_ADMIN: readonly number[] = [
  Admin.NamespaceManagement,
  Admin.FirmwareCommit,
  Admin.FirmwareDownload,
  Admin.SelfTest,
  0x1c,
  0x7c,
];
const OPTIONAL_IO: readonly number[] = [Io.WriteUncorrectable, 0x19];
/** SES 3. */
const RESERVED_ERASE = 0x600;
const STATUS = {
  success: 0x00,
  invalidOpcode: 0x01,
  invalidField: 0x02,
  dataTransferError: 0x04,
  invalidPrpOffset: 0x13,
  invalidNamespace: 0x0b,
  sequenceError: 0x0c,
  outOfRange: 0x80,
  noCompletionQueue: 0x100,
  invalidQueue: 0x101,
  invalidSize: 0x102,
  invalidVector: 0x108,
  invalidFormat: 0x10a,
  invalidProtection: 0x181,
  unwrittenBlock: 0x287,
} as const;

const low = (dword = 0) => dword % HALF;
const high = (dword = 0) => Math.floor(dword / HALF);

/** Every error that a command to create a queue may be refused for; what exists is not known. */
function queueErrors(
  { opcode, prp1, dword10, dword11 }: NvmeCommand,
  interrupts: NvmeProgram['interrupts'],
): Set<number> {
  const errors = new Set<number>([STATUS.invalidQueue]);
  if (high(dword10) === 0 || high(dword10) >= ENTRIES) errors.add(STATUS.invalidSize);
  if (low(dword11) % 2 === 0) errors.add(STATUS.invalidField);
  if (prp1 !== undefined && prp1.offset !== 0) errors.add(STATUS.invalidPrpOffset);
  if (opcode === Admin.CreateSq) errors.add(STATUS.noCompletionQueue);
  else if (high(dword11) >= (interrupts === 'none' ? 1 : VECTORS)) {
    errors.add(STATUS.invalidVector);
  }
  if (low(dword10) > QUEUES) errors.add(STATUS.invalidQueue);
  return errors;
}

/** Both refuse a command for one of the things that are wrong with it. */
function refusedOtherwise(difference: NvmeDifference): bigint {
  const found = commandAndStatuses(difference);
  if (found === undefined || !found.isAdmin || found.ours === found.theirs) return 0n;
  const { command, ours, theirs } = found;
  const errors = errorsOf(command, difference.program.interrupts);
  return ours !== undefined && theirs !== undefined && errors.has(ours) && errors.has(theirs)
    ? -1n
    : 0n;
}

function errorsOf(command: NvmeCommand, interrupts: NvmeProgram['interrupts']): Set<number> {
  switch (command.opcode) {
    case Admin.CreateCq:
    case Admin.CreateSq:
      return queueErrors(command, interrupts);
    case Admin.SetFeatures:
      return new Set([STATUS.invalidField, STATUS.sequenceError]);
    case Admin.Format:
      return new Set([STATUS.invalidField, STATUS.invalidNamespace, STATUS.invalidFormat]);
    default:
      return new Set();
  }
}

const isNowhere = (place: Place | undefined) => place !== undefined && place.page >= NOWHERE;

/** A PRP entry names memory that is not there. */
function namesNowhere({ step }: NvmeDifference): boolean {
  if (step.kind !== 'commands') return false;
  const entries = step.fills.flatMap((fill) => ('entries' in fill ? fill.entries : []));
  const places = step.commands.flatMap(({ prp1, prp2 }) => [prp1, prp2]);
  return [...entries, ...places].some(isNowhere);
}

/** Not at a dword, or a list that is not at a qword. */
function isUnaligned({ prp1, prp2 }: NvmeCommand): boolean {
  const isList = prp2 !== undefined && prp2.page < MEMORY.data;
  return ((prp1?.offset ?? 0) % 4) + ((prp2?.offset ?? 0) % (isList ? 8 : 4)) > 0;
}

const verifies = ({ opcode, nsid = 0, dword12 }: NvmeCommand) =>
  opcode === Io.Verify && (low(dword12) + 1) * (BLOCK_BYTES[nsid] ?? 0) > VERIFY_BYTES;

const enables = (holds: (step: NvmeProgram['steps'][number] & { kind: 'enable' }) => boolean) =>
  function explains({ part, step }: NvmeDifference): bigint {
    return part === 'CSTS' && step.kind === 'enable' && holds(step) ? -1n : 0n;
  };

const queues: readonly NvmeExplanation[] = [
  {
    id: 'nvme-delete-unknown-completion-queue',
    cite: NVME,
    why:
      'QEMU ends Delete I/O Completion Queue for a queue that does not exist with Completion Queue ' +
      'Invalid, which is a status of Create I/O Submission Queue; the chapter of the command names ' +
      'Invalid Queue Identifier.',
    example: ['admin queue: Delete I/O Completion Queue 4, which is not there'],
    explains: differentStatus(
      ({ command, isAdmin, ours, theirs }) =>
        isAdmin &&
        command.opcode === Admin.DeleteCq &&
        ours === STATUS.invalidQueue &&
        theirs === STATUS.noCompletionQueue,
    ),
  },
  {
    id: 'nvme-several-errors',
    cite: NVME,
    why:
      'A command with several errors ends with one of them; which one is not said (chapters Create ' +
      'I/O Completion Queue, Create I/O Submission Queue, Set Features, Format NVM). Both refuse ' +
      'it, each for one of them.',
    example: ['admin queue: Create I/O Completion Queue, not contiguous, vector 65'],
    explains: refusedOtherwise,
  },
];

const pointers: readonly NvmeExplanation[] = [
  {
    id: 'nvme-no-bus-errors',
    cite: NVME,
    why:
      'QEMU lets the device reach all of its memory and sees no error where there is none: reads ' +
      'are zeros, writes are lost. Behind the IOMMU of the model the command ends with Data ' +
      'Transfer Error (chapter Status Field Definition).',
    example: ['I/O queue: Read to an address where no memory is'],
    explains: (difference) => (namesNowhere(difference) ? difference.bits : 0n),
    ends: true,
  },
  {
    id: 'nvme-prp-dword',
    cite: NVME,
    why:
      'A controller may end a command whose PRP offset has its two low bits set with PRP Offset ' +
      'Invalid, as the model does, and need not check them; a list begins at a qword (chapter ' +
      'Physical Region Page Entry and List). QEMU checks neither: it moves the data to the odd ' +
      'address, and reads the list from there.',
    example: ['I/O queue: Read with PRP1 at offset 1'],
    explains: differentStatus(
      ({ command, ours }) => ours === STATUS.invalidPrpOffset && isUnaligned(command),
    ),
    ends: true,
  },
  {
    id: 'nvme-two-errors-of-a-read',
    cite: NVME,
    why:
      'A Read of blocks that nobody wrote, with DULBE set, and with a wrong PRP entry has two errors; ' +
      'which one it ends with is not said (chapter Status Field Definition). The model looks at ' +
      'the entries first, QEMU at the blocks.',
    example: ['admin queue: Set Features 05h with DULBE', 'I/O queue: Read with PRP2 at offset 4'],
    explains: differentStatus(
      ({ command, isAdmin, ours, theirs }) =>
        !isAdmin &&
        command.opcode === Io.Read &&
        ours === STATUS.invalidPrpOffset &&
        theirs === STATUS.unwrittenBlock,
    ),
    ends: true,
  },
  {
    id: 'nvme-unwritten-by-page',
    cite: NVME,
    why:
      'With DULBE set, a Read of a block that nobody wrote ends with Deallocated or Unwritten ' +
      'Logical Block (chapter Error Recovery). QEMU asks the file behind the medium, which knows ' +
      'whole pages, and goes by what it asked earlier.',
    example: ['admin queue: Set Features 05h with DULBE', 'I/O queue: Write block 1, Read block 0'],
    explains: differentStatus(
      ({ command, isAdmin, ours, theirs }) =>
        !isAdmin && command.opcode === Io.Read && ours === STATUS.unwrittenBlock && theirs === 0,
    ),
    ends: true,
  },
  {
    id: 'nvme-sgl',
    cite: NVME,
    why:
      'QEMU has SGLs (Identify Controller, SGLS) and takes what PSDT 01b or 10b names as one; the ' +
      'model has none and ends the command with Invalid Field in Command.',
    example: ['I/O queue: Read with PSDT 01b'],
    explains: differentStatus(
      ({ command, isAdmin, ours }) =>
        !isAdmin && (command.psdt ?? 0) > 0 && ours === STATUS.invalidField,
    ),
    ends: true,
  },
];

const io: readonly NvmeExplanation[] = [
  {
    id: 'nvme-fused',
    cite: NVME,
    why:
      'QEMU has no fused operations (Identify Controller, FUSES 0); the model has Compare and Write, ' +
      'and waits for the second command of a pair.',
    example: ['I/O queue: Compare with FUSE 01b'],
    explains: differentStatus(({ command }) => (command.fuse ?? 0) > 0),
    ends: true,
  },
  {
    id: 'nvme-protection-without-metadata',
    cite: NVME,
    why:
      'No namespace is formatted with protection information. The model ends a command that asks ' +
      'for its check with Invalid Protection Information, as the status of that name says ' +
      '(chapter Status Field Definition); QEMU ignores PRINFO then.',
    example: ['I/O queue: Read with PRCHK 001b'],
    explains: differentStatus(({ isAdmin, ours }) => !isAdmin && ours === STATUS.invalidProtection),
    ends: true,
  },
  {
    id: 'nvme-dataset-range',
    cite: NVME,
    why:
      'QEMU passes over a range of Dataset Management that is out of bounds and deallocates the ' +
      'others; the model ends the command with LBA Out of Range (chapter Dataset Management).',
    example: ['I/O queue: Dataset Management, deallocate from the block behind the last one'],
    explains: differentStatus(
      ({ command, isAdmin, ours, theirs }) =>
        !isAdmin &&
        command.opcode === Io.DatasetManagement &&
        ours === STATUS.outOfRange &&
        theirs === STATUS.success,
    ),
    ends: true,
  },
  {
    id: 'nvme-verify-limit',
    cite: { ...NVME, revision: '2.0' },
    why:
      'QEMU limits Verify to 512 KiB, which it says in a field that revision 2.0 brought (VSL). In ' +
      '1.4 MDTS limits transfers only, and Verify transfers nothing.',
    example: ['I/O queue: Verify of 129 blocks of 4096 bytes'],
    explains: differentStatus(
      ({ command, isAdmin, theirs }) =>
        !isAdmin && verifies(command) && theirs === STATUS.invalidField,
    ),
  },
];

const optional: readonly NvmeExplanation[] = [
  {
    id: 'nvme-optional-commands',
    cite: NVME,
    why:
      'Optional commands (Identify Controller, OACS and ONCS): the model has Namespace Management, ' +
      'firmware, Device Self-test and Write Uncorrectable; QEMU has Virtualization Management, ' +
      'Doorbell Buffer Config, and Copy of revision 2.0.',
    example: ['admin queue: opcode 0x7c'],
    explains: differentStatus(({ command, isAdmin, ours, theirs }) => {
      const optional = isAdmin ? OPTIONAL_ADMIN : OPTIONAL_IO;
      const isUnknown = ours === STATUS.invalidOpcode || theirs === STATUS.invalidOpcode;
      return optional.includes(command.opcode) && isUnknown;
    }),
    ends: true,
  },
  {
    id: 'nvme-command-sets',
    cite: NVME,
    why:
      'QEMU says in CAP.CSS that it can be enabled for the admin command set alone; the model has ' +
      'the NVM command set only and sets CSTS.CFS.',
    example: ['enable with CC.CSS 111b'],
    explains: enables(({ css }) => css > 5),
    ends: true,
  },
  {
    id: 'nvme-arbitration-at-enable',
    cite: NVME,
    why:
      'CC.AMS may have the values that CAP.AMS offers only (chapter Controller Configuration): the ' +
      'model sets CSTS.CFS for another one, QEMU does not look at it.',
    example: ['enable with CC.AMS 111b'],
    explains: enables(({ ams }) => ams > 1),
    ends: true,
  },
  {
    id: 'nvme-unaligned-admin-queue',
    cite: NVME,
    why:
      "The twelve low bits of ASQ and ACQ are reserved (chapters of these names): the model's read " +
      'as zero, QEMU keeps them and refuses to be enabled.',
    example: ['enable with ASQ at offset 64 of a page'],
    explains: enables(({ offset }) => offset !== 0),
    ends: true,
  },
  {
    id: 'nvme-secure-erase',
    cite: NVME,
    why:
      'Values of SES from 3 on are reserved (chapter Format NVM): the model ends the command with ' +
      'Invalid Field in Command, QEMU formats.',
    example: ['admin queue: Format NVM with SES 111b'],
    explains: differentStatus(
      ({ command, isAdmin, theirs }) =>
        isAdmin &&
        command.opcode === Admin.Format &&
        (command.dword10 ?? 0) >= RESERVED_ERASE &&
        theirs === STATUS.success,
    ),
    ends: true,
  },
  {
    id: 'nvme-entry-sizes-at-enable',
    cite: NVME,
    why:
      'CC.IOSQES and CC.IOCQES must be right before an I/O queue is created (chapter Controller ' +
      'Configuration). QEMU refuses to be enabled without them; the model refuses the queue.',
    example: ['enable with CC.IOSQES 0'],
    explains: enables(({ iosqes, iocqes }) => iosqes !== 6 || iocqes !== 4),
    ends: true,
  },
];

export const commandExplanations: readonly NvmeExplanation[] = [
  ...pointers,
  ...queues,
  ...io,
  ...optional,
];
