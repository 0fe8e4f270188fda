/** Submission queue entries, restated from NVM Express 1.4 (Submission Queue Entry). */

export interface Command {
  readonly opcode: number;
  /** 0: not fused, 1: first, 2: second. */
  readonly fuse?: number;
  /** 0: PRPs. */
  readonly psdt?: number;
  readonly nsid?: number;
  readonly dword2?: number;
  readonly dword3?: number;
  readonly metadata?: number | bigint;
  readonly prp1?: number | bigint;
  readonly prp2?: number | bigint;
  readonly dword10?: number;
  readonly dword11?: number;
  readonly dword12?: number;
  readonly dword13?: number;
  readonly dword14?: number;
  readonly dword15?: number;
}

export const SQE_BYTES = 64;

/** Writes a command over an entry of 64 bytes. */
export function encode(command: Command, id: number, into: DataView): void {
  const { opcode, fuse = 0, psdt = 0, nsid = 0, metadata = 0, prp1 = 0, prp2 = 0 } = command;
  into.setUint8(0, opcode);
  into.setUint8(1, fuse + psdt * 64);
  into.setUint16(2, id, true);
  into.setUint32(4, nsid, true);
  into.setUint32(8, command.dword2 ?? 0, true);
  into.setUint32(12, command.dword3 ?? 0, true);
  set64(into, 16, metadata);
  set64(into, 24, prp1);
  set64(into, 32, prp2);
  into.setUint32(40, command.dword10 ?? 0, true);
  into.setUint32(44, command.dword11 ?? 0, true);
  into.setUint32(48, command.dword12 ?? 0, true);
  into.setUint32(52, command.dword13 ?? 0, true);
  into.setUint32(56, command.dword14 ?? 0, true);
  into.setUint32(60, command.dword15 ?? 0, true);
}

function set64(view: DataView, at: number, value: number | bigint): void {
  if (typeof value === 'bigint') {
    view.setBigUint64(at, value, true);
    return;
  }
  view.setUint32(at, value % WORD, true);
  view.setUint32(at + 4, Math.floor(value / WORD), true);
}

const WORD = 2 ** 32;

export const Admin = {
  DeleteSq: 0x00,
  CreateSq: 0x01,
  GetLogPage: 0x02,
  DeleteCq: 0x04,
  CreateCq: 0x05,
  Identify: 0x06,
  Abort: 0x08,
  SetFeatures: 0x09,
  GetFeatures: 0x0a,
  AsyncEvent: 0x0c,
  NamespaceManagement: 0x0d,
  FirmwareCommit: 0x10,
  FirmwareDownload: 0x11,
  SelfTest: 0x14,
  NamespaceAttachment: 0x15,
  Format: 0x80,
} as const;

export const Io = {
  Flush: 0x00,
  Write: 0x01,
  Read: 0x02,
  WriteUncorrectable: 0x04,
  Compare: 0x05,
  WriteZeroes: 0x08,
  DatasetManagement: 0x09,
  Verify: 0x0c,
} as const;

/** Two halves of a dword. */
export const pair = (low: number, high: number): number => low + high * 0x1_0000;

/** CC.IEN of Create I/O Completion Queue and PC, physically contiguous, of both creates. */
export const CONTIGUOUS = 1;
export const INTERRUPTS = 2;

export interface NewCq {
  readonly id: number;
  readonly entries: number;
  readonly address: number;
  readonly vector?: number;
  readonly interrupts?: boolean;
}

export function createCq({ id, entries, address, vector = 0, interrupts = false }: NewCq): Command {
  return {
    opcode: Admin.CreateCq,
    prp1: address,
    dword10: pair(id, entries - 1),
    dword11: pair(CONTIGUOUS + (interrupts ? INTERRUPTS : 0), vector),
  };
}

export interface NewSq {
  readonly id: number;
  readonly entries: number;
  readonly address: number;
  readonly completions: number;
  /** 0: urgent to 3: low. */
  readonly priority?: number;
}

export function createSq({ id, entries, address, completions, priority = 0 }: NewSq): Command {
  return {
    opcode: Admin.CreateSq,
    prp1: address,
    dword10: pair(id, entries - 1),
    dword11: pair(CONTIGUOUS + priority * 2, completions),
  };
}

interface Pointed {
  readonly prp1: number | bigint;
  readonly prp2: number | bigint;
}

/** Read, Write and Compare; `blocks` from 1. */
export function transfer(
  opcode: number,
  nsid: number,
  lba: number | bigint,
  blocks: number,
  { prp1, prp2 }: Pointed,
  control = 0,
): Command {
  return { ...range(opcode, nsid, lba, blocks, control), prp1, prp2 };
}

/** The same without data: Write Zeroes, Write Uncorrectable, Verify. */
export function range(
  opcode: number,
  nsid: number,
  lba: number | bigint,
  blocks: number,
  control = 0,
): Command {
  const wide = BigInt(lba);
  return {
    opcode,
    nsid,
    dword10: Number(wide % WIDE_WORD),
    dword11: Number(wide / WIDE_WORD),
    dword12: pair(blocks - 1, control),
  };
}

const WIDE_WORD = 2n ** 32n;
/** In the upper half of dword 12. */
export const FORCE_UNIT_ACCESS = 0x4000;
