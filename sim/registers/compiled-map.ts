/** What a register map becomes: registers in slots, 32-bit lanes, one mask per effect. */
import type { AccessSize, Gap, RegisterDeclaration, RegisterMap } from './declare.ts';
import type { ReadEffect, WriteEffect } from './effects.ts';

export interface Field {
  readonly name: string;
  readonly msb: number;
  readonly lsb: number;
  readonly read: ReadEffect;
  readonly write: WriteEffect;
  readonly reset: bigint;
  readonly keptBy: readonly string[];
  readonly values: Readonly<Record<string, number>> | undefined;
  readonly volatile: boolean;
  readonly gap: Gap | undefined;
  /** Its bits in the register. */
  readonly mask: bigint;
}

export interface Register {
  readonly name: string;
  /** Its name in the declaration, and its place there if that is an array. */
  readonly declared: string;
  readonly index: number;
  /** Position in the compiled tables. */
  readonly slot: number;
  /** First lane; a 64-bit register has `lane` and `lane + 1` (the high half). */
  readonly lane: number;
  readonly at: number;
  readonly bytes: AccessSize;
  readonly page: number;
  readonly sizes: readonly AccessSize[];
  readonly fields: readonly Field[];
  readonly readable: boolean;
  readonly writable: boolean;
  readonly declaration: RegisterDeclaration;
}

export const MASK_NAMES = [
  'value',
  'clear',
  'set',
  'w1c',
  'w1s',
  'w1t',
  'w0c',
  'w0s',
  'w0t',
  'once',
  'readable',
  'readClear',
  'readSet',
  'defined',
  'volatile',
  'reset',
  'resetKnown',
  'gap',
  'writable',
  'reserved',
] as const;
export type MaskName = (typeof MASK_NAMES)[number];

/**
 * One word per lane for every mask. `defined` are the bits that a field names, `reserved` the ones
 * that none names and those of fields that are declared reserved.
 */
export type Masks = Readonly<Record<MaskName, Uint32Array>>;

/** Slot + 1 of the register that holds a byte, 0 where there is none, in blocks. */
export type DecodeTable = Uint16Array[];
export interface DecodeTables {
  /** By page. */
  readonly read: readonly DecodeTable[];
  readonly write: readonly DecodeTable[];
}

export interface CompiledMap {
  readonly map: RegisterMap;
  readonly registers: readonly Register[];
  readonly byName: ReadonlyMap<string, Register>;
  readonly lanes: number;
  /** Bytes from offset 0 to the end of the last register. */
  readonly extent: number;
  readonly masks: Masks;
  /** The masks of an access by lane; see `lane-table.ts`. */
  readonly table: Uint32Array;
  readonly domains: readonly string[];
  /** Reset masks per domain: the bits that this domain sets to their reset value. */
  readonly resettable: ReadonlyMap<string, Uint32Array>;
  readonly pages: readonly string[];
  /** Where the number of the selected page is kept, if a field keeps it. */
  readonly pageField: PageField | undefined;
  /** The register that holds the byte at an offset of a page, for a read or a write. */
  find(side: 'read' | 'write', page: number, offset: number): Register | undefined;
  readonly decode: DecodeTables;
}

export interface PageField {
  readonly lane: number;
  readonly lsb: number;
  readonly mask: number;
}
