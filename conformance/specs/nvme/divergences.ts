/** Where QEMU's NVMe controller and our model differ, and stay so. */
import type { Explanation } from '../../divergence.ts';
import type { NvmeProgram } from '../../generators/nvme-steps.ts';

export const explanations: readonly Explanation<NvmeProgram>[] = [];
