/**
 * Where QEMU 7.2's NVMe controller and our model differ, and stay so. What QEMU does was found by
 * these comparisons.
 */
import { type NvmeExplanation, DO_NOT_RETRY, MORE, NVME, statusesOf } from './answers.ts';
import { identifyExplanations } from './identify-divergences.ts';
import { featureExplanations } from './feature-divergences.ts';
import { commandExplanations } from './command-divergences.ts';

const statusBits: readonly NvmeExplanation[] = [
  {
    id: 'nvme-more-status',
    cite: NVME,
    why:
      'M says that the Error Information log has more about the command. The model writes an entry ' +
      'there for each error; QEMU keeps no such log (chapter Status Field Definition).',
    example: ['I/O queue: opcode 0xff'],
    explains: (difference) => (statusesOf(difference) === undefined ? 0n : difference.bits & MORE),
  },
  {
    id: 'nvme-do-not-retry',
    cite: NVME,
    why:
      'DNR says whether the same command is expected to fail again, which is for the controller to ' +
      'judge (chapter Status Field Definition).',
    example: ['admin queue: delete a completion queue that is in use'],
    explains: (difference) => {
      const statuses = statusesOf(difference);
      const same = statuses !== undefined && statuses.ours === statuses.theirs;
      return same && statuses.ours !== 0 ? difference.bits & DO_NOT_RETRY : 0n;
    },
  },
];

export const explanations: readonly NvmeExplanation[] = [
  ...commandExplanations,
  ...featureExplanations,
  ...identifyExplanations,
  ...statusBits,
];
