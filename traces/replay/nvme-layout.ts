/**
 * What of NVMe's structures in memory and registers a replay must know: to put recorded commands
 * into queues of its own, and to find what answers them.
 *
 * NVM Express Base Specification 1.4 (2019-06-10), chapters "Controller Registers", "Data
 * Structures", "Admin Command Set" and "NVM Command Set" (secondary: Linux's and SPDK's headers).
 */
import { structure } from '../../sim/registers/structure.ts';

export const COMMAND_BYTES = 64;
export const COMPLETION_BYTES = 16;
export const PAGE = 4096;

export const Offset = { AQA: 0x24, ASQ: 0x28, ACQ: 0x30, DOORBELLS: 0x1000, END: 0x2000 } as const;

export const Sqe = structure({
  name: 'submission queue entry',
  bytes: COMMAND_BYTES,
  fields: {
    OPC: [0, 0, 8],
    CID: [2, 0, 16],
    NSID: [4, 0, 32],
    PRP1: [24, 0, 64],
    PRP2: [32, 0, 64],
    CDW10: [40, 0, 32],
    CDW11: [44, 0, 32],
  },
});

/** Dwords 10 to 12 by their meanings: creating a queue, Identify, Get Log Page, I/O commands. */
export const CreateQueue = structure({
  name: 'Create I/O Queue',
  bytes: COMMAND_BYTES,
  fields: { QID: [40, 0, 16], QSIZE: [42, 0, 16], CQID: [46, 0, 16] },
});
export const Identify = structure({
  name: 'Identify',
  bytes: COMMAND_BYTES,
  fields: { CNS: [40, 0, 8] },
});
export const GetLogPage = structure({
  name: 'Get Log Page',
  bytes: COMMAND_BYTES,
  fields: { NUMDL: [42, 0, 16], NUMDU: [44, 0, 16] },
});
export const Io = structure({
  name: 'I/O command',
  bytes: COMMAND_BYTES,
  fields: { NR: [40, 0, 8], NLB: [48, 0, 16] },
});

export const Cqe = structure({
  name: 'completion queue entry',
  bytes: COMPLETION_BYTES,
  fields: {
    DW0: [0, 0, 32],
    SQHD: [8, 0, 16],
    SQID: [10, 0, 16],
    CID: [12, 0, 16],
    P: [14, 0, 1],
    STATUS: [14, 1, 15],
  },
});

/** Identify Namespace: the format in use, and the power of two that is its block size. */
export const FORMAT_AT = 26;
export const FORMATS_AT = 128;
export const FORMAT_BYTES = 4;
export const BLOCK_SHIFT_AT = 2;

export const Admin = {
  DeleteSq: 0x00,
  CreateSq: 0x01,
  GetLogPage: 0x02,
  DeleteCq: 0x04,
  CreateCq: 0x05,
  Identify: 0x06,
  FirmwareDownload: 0x11,
  DoorbellBuffer: 0x7c,
  /** No command has it. */
  Reserved: 0x7f,
  SecuritySend: 0x81,
  SecurityReceive: 0x82,
} as const;
export const Nvm = { DatasetManagement: 0x09 } as const;
/** Commands whose dword 12 counts blocks: Write, Read, Compare. */
export const MOVES_BLOCKS: ReadonlySet<number> = new Set([0x01, 0x02, 0x05]);
export const CNS_NAMESPACE = 0;
