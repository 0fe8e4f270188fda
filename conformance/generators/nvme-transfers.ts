/** How many bytes a command moves to the host, restated from NVM Express 1.4 (each command). */
import { Admin, Io } from '../suites/nvme/commands.ts';
import type { NvmeCommand } from './nvme-steps.ts';

/** By namespace. */
export const BLOCK_BYTES: Readonly<Record<number, number>> = { 1: 512, 2: 4096 };
export const BLOCKS: Readonly<Record<number, number>> = { 1: 65_536, 2: 8192 };

const HALF = 0x1_0000;
const IDENTIFY_BYTES = 4096;
/** By feature identifier; the others fit into dword 0. */
export const FEATURE_BYTES: Readonly<Record<number, number>> = {
  0x03: 4096,
  0x0c: 256,
  0x0e: 8,
  0x16: 512,
};

export function bytesToHost(command: NvmeCommand, queue: number): number {
  const { opcode, nsid = 0, dword10 = 0, dword11 = 0, dword12 = 0 } = command;
  if (queue > 0) {
    return opcode === Io.Read ? ((dword12 % HALF) + 1) * (BLOCK_BYTES[nsid] ?? 0) : 0;
  }
  switch (opcode) {
    case Admin.Identify:
      return IDENTIFY_BYTES;
    case Admin.GetLogPage:
      return (Math.floor(dword10 / HALF) + (dword11 % HALF) * HALF + 1) * 4;
    case Admin.GetFeatures:
      return FEATURE_BYTES[dword10 % 256] ?? 0;
    default:
      return 0;
  }
}
