/**
 * The instructions of a W25Q by opcode: W25Q128JV rev. F, "Instruction Set Table" (secondary).
 * Dummy clocks are given in bytes over the lines of the address.
 */
import type { SpiLines } from '../../buses/spi/bus.ts';

export type InstructionName =
  | 'writeEnable'
  | 'volatileWriteEnable'
  | 'writeDisable'
  | 'readStatus1'
  | 'readStatus2'
  | 'readStatus3'
  | 'writeStatus1'
  | 'writeStatus2'
  | 'writeStatus3'
  | 'read'
  | 'program'
  | 'sectorErase'
  | 'halfBlockErase'
  | 'blockErase'
  | 'chipErase'
  | 'suspend'
  | 'resume'
  | 'powerDown'
  | 'release'
  | 'deviceId'
  | 'jedecId'
  | 'uniqueId'
  | 'sfdp'
  | 'eraseSecurity'
  | 'programSecurity'
  | 'readSecurity'
  | 'enableReset'
  | 'reset'
  | 'fourByte'
  | 'threeByte';

export interface Instruction {
  readonly name: InstructionName;
  /** Address bytes; `mode`: three, or four in four-byte mode. */
  readonly address?: 3 | 4 | 'mode';
  readonly addressLines?: SpiLines;
  /** Mode bits and dummy clocks between address and data. */
  readonly dummyBytes?: number;
  readonly dataLines?: SpiLines;
  /** Needs QE, which gives the WP and HOLD pins to data. */
  readonly quad?: true;
}

export const INSTRUCTIONS: ReadonlyMap<number, Instruction> = new Map<number, Instruction>([
  [0x06, { name: 'writeEnable' }],
  [0x50, { name: 'volatileWriteEnable' }],
  [0x04, { name: 'writeDisable' }],
  [0x05, { name: 'readStatus1' }],
  [0x35, { name: 'readStatus2' }],
  [0x15, { name: 'readStatus3' }],
  [0x01, { name: 'writeStatus1' }],
  [0x31, { name: 'writeStatus2' }],
  [0x11, { name: 'writeStatus3' }],
  [0x03, { name: 'read', address: 'mode' }],
  [0x13, { name: 'read', address: 4 }],
  [0x0b, { name: 'read', address: 'mode', dummyBytes: 1 }],
  [0x0c, { name: 'read', address: 4, dummyBytes: 1 }],
  [0x3b, { name: 'read', address: 'mode', dummyBytes: 1, dataLines: 2 }],
  [0x6b, { name: 'read', address: 'mode', dummyBytes: 1, dataLines: 4, quad: true }],
  [0xbb, { name: 'read', address: 'mode', addressLines: 2, dummyBytes: 1, dataLines: 2 }],
  [
    0xeb,
    { name: 'read', address: 'mode', addressLines: 4, dummyBytes: 3, dataLines: 4, quad: true },
  ],
  [0x3c, { name: 'read', address: 4, dummyBytes: 1, dataLines: 2 }],
  [0x6c, { name: 'read', address: 4, dummyBytes: 1, dataLines: 4, quad: true }],
  [0xbc, { name: 'read', address: 4, addressLines: 2, dummyBytes: 1, dataLines: 2 }],
  [0xec, { name: 'read', address: 4, addressLines: 4, dummyBytes: 3, dataLines: 4, quad: true }],
  [0x02, { name: 'program', address: 'mode' }],
  [0x12, { name: 'program', address: 4 }],
  [0x32, { name: 'program', address: 'mode', dataLines: 4, quad: true }],
  [0x34, { name: 'program', address: 4, dataLines: 4, quad: true }],
  [0x20, { name: 'sectorErase', address: 'mode' }],
  [0x21, { name: 'sectorErase', address: 4 }],
  [0x52, { name: 'halfBlockErase', address: 'mode' }],
  [0xd8, { name: 'blockErase', address: 'mode' }],
  [0xdc, { name: 'blockErase', address: 4 }],
  [0xc7, { name: 'chipErase' }],
  [0x60, { name: 'chipErase' }],
  [0x75, { name: 'suspend' }],
  [0x7a, { name: 'resume' }],
  [0xb9, { name: 'powerDown' }],
  [0xab, { name: 'release', dummyBytes: 3 }],
  [0x90, { name: 'deviceId', address: 3 }],
  [0x9f, { name: 'jedecId' }],
  [0x4b, { name: 'uniqueId', dummyBytes: 4 }],
  [0x5a, { name: 'sfdp', address: 3, dummyBytes: 1 }],
  [0x44, { name: 'eraseSecurity', address: 'mode' }],
  [0x42, { name: 'programSecurity', address: 'mode' }],
  [0x48, { name: 'readSecurity', address: 'mode', dummyBytes: 1 }],
  [0x66, { name: 'enableReset' }],
  [0x99, { name: 'reset' }],
  [0xb7, { name: 'fourByte' }],
  [0xe9, { name: 'threeByte' }],
]);

/** Opcodes of the larger part only. */
export const FOUR_BYTE_OPCODES: ReadonlySet<number> = new Set([
  0x13, 0x0c, 0x3c, 0x6c, 0xbc, 0xec, 0x12, 0x34, 0x21, 0xdc, 0xb7, 0xe9,
]);

/** What is heard while an erase or a program runs. */
export const WHILE_BUSY: ReadonlySet<InstructionName> = new Set<InstructionName>([
  'readStatus1',
  'readStatus2',
  'readStatus3',
  'suspend',
  'enableReset',
  'reset',
]);
