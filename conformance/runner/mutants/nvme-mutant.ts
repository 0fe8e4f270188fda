/** One mutant of the NVMe model, by hand: an edit of one of its files. */
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';

export type NvmeEdit = readonly [
  id: string,
  /** The file in sim/devices/nvme, without its ending. */
  file: string,
  what: string,
  find: string,
  replace: string,
];

export function nvmeMutant([id, file, what, find, replace]: NvmeEdit): DeviceMutant {
  return {
    id: `nvme-model/${id}`,
    target: 'sim:nvme',
    file: `sim/devices/nvme/${file}.ts`,
    what,
    edits: [{ find, replace }],
  };
}
