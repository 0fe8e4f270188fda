/**
 * Where QEMU 7.2's NVMe controller and our model differ, and stay so. What QEMU does was found by
 * these comparisons.
 */
import { type NvmeExplanation, DO_NOT_RETRY, MORE, NVME, commandAndStatuses } from './answers.ts';
import type { NvmeDifference } from '../../generators/nvme-steps.ts';
import { identifyExplanations } from './identify-divergences.ts';
import { logExplanations } from './log-divergences.ts';
import { featureExplanations } from './feature-divergences.ts';
import { commandExplanations } from './command-divergences.ts';

const isStatus = ({ part }: NvmeDifference) => part.startsWith('status[');

const statusBits: readonly NvmeExplanation[] = [
  {
    id: 'nvme-more-status',
    cite: NVME,
    why:
      'M says that the Error Information log has more about the command. The model writes an entry ' +
      'there for each error; QEMU keeps no such log (chapter Status Field Definition).',
    example: ['I/O queue: opcode 0xff'],
    explains: (difference) => (isStatus(difference) ? difference.bits & MORE : 0n),
  },
  {
    id: 'nvme-do-not-retry',
    cite: NVME,
    why:
      'DNR says whether the same command is expected to fail again, which is for the controller to ' +
      'judge (chapter Status Field Definition).',
    example: ['admin queue: delete a completion queue that is in use'],
    explains: (difference) => {
      const statuses = commandAndStatuses(difference);
      const same = isStatus(difference) && statuses?.ours === statuses?.theirs;
      return same && statuses?.ours !== 0 ? difference.bits & DO_NOT_RETRY : 0n;
    },
  },
  {
    id: 'nvme-result-of-an-error',
    cite: NVME,
    why:
      'Dword 0 of a completion is specific to the command (chapter Completion Queue Entry) and means ' +
      'nothing when it ended with an error; QEMU leaves there what it had.',
    example: ['admin queue: Abort for a queue that is not there'],
    explains: (difference) => {
      const statuses = commandAndStatuses(difference);
      const failed = statuses !== undefined && statuses.ours !== 0 && statuses.theirs !== 0;
      return failed && /^(result|dword 1)/.test(difference.part) ? -1n : 0n;
    },
  },
];

export const explanations: readonly NvmeExplanation[] = [
  ...statusBits,
  ...commandExplanations,
  ...featureExplanations,
  ...identifyExplanations,
  ...logExplanations,
];
