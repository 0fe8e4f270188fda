/**
 * Offsets, fields and codes of NVMe that rules judge by, restated: the second opinion shares no
 * table with the model. NVM Express Base Specification 1.4, chapters "Controller Registers",
 * "Data Structures", "Admin Command Set" and "NVM Command Set".
 */
export const Offset = {
  CAP: 0x00,
  VS: 0x08,
  INTMS: 0x0c,
  INTMC: 0x10,
  CC: 0x14,
  CSTS: 0x1c,
  NSSR: 0x20,
  AQA: 0x24,
  ASQ: 0x28,
  ACQ: 0x30,
  DOORBELLS: 0x1000,
} as const;

/** [first, last] bytes of registers that no write changes. */
export const READ_ONLY: readonly (readonly [number, number])[] = [
  [0x00, 0x0b], // CAP, VS
  [0x18, 0x1b], // reserved
  [0x38, 0x43], // CMBLOC, CMBSZ, BPINFO
];

/** Registers of eight bytes. */
export const WIDE: readonly number[] = [0x00, 0x28, 0x30, 0x48, 0x50];

export const Admin = {
  DeleteSubmissionQueue: 0x00,
  CreateSubmissionQueue: 0x01,
  GetLogPage: 0x02,
  DeleteCompletionQueue: 0x04,
  CreateCompletionQueue: 0x05,
  Identify: 0x06,
  Abort: 0x08,
  SetFeatures: 0x09,
  GetFeatures: 0x0a,
  AsynchronousEventRequest: 0x0c,
  NamespaceManagement: 0x0d,
  FirmwareCommit: 0x10,
  FirmwareDownload: 0x11,
  SelfTest: 0x14,
  NamespaceAttachment: 0x15,
  FormatNvm: 0x80,
} as const;

export const Nvm = {
  Flush: 0x00,
  Write: 0x01,
  Read: 0x02,
  WriteUncorrectable: 0x04,
  Compare: 0x05,
  WriteZeroes: 0x08,
  DatasetManagement: 0x09,
  Verify: 0x0c,
} as const;

export const Feature = { LbaRangeType: 0x03, NumberOfQueues: 0x07, Timestamp: 0x0e } as const;

export const ALL_ONES = 0xffffffff;
export const ALL_NAMESPACES = 0xffffffff;
export const COMMAND_BYTES = 64;
export const COMPLETION_BYTES = 16;
/** Where a completion has its phase tag, in bit 0. */
export const PHASE = 14;
/** Identifiers are of 16 bits. */
export const QUEUES_MAX = 65_536;

/** Bits of a register of up to 32 bits. */
export function bitsOf(value: number, lsb: number, width: number): number {
  return Math.floor((value >>> 0) / 2 ** lsb) % 2 ** width;
}

export function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 0x100;
}

export function dword(bytes: Uint8Array, at: number): number {
  return word(bytes, at) + word(bytes, at + 2) * 0x10000;
}

/** As a number: addresses beyond 2^53 lose low bits, and are mapped nowhere. */
export function qword(bytes: Uint8Array, at: number): number {
  return dword(bytes, at) + dword(bytes, at + 4) * 2 ** 32;
}
