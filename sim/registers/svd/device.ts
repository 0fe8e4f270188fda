/** A CMSIS-SVD device with everything derived, inherited and expanded. */

export type SvdAccess = 'read-only' | 'write-only' | 'read-write' | 'writeOnce' | 'read-writeOnce';
export type SvdWriteEffect =
  | 'oneToClear'
  | 'oneToSet'
  | 'oneToToggle'
  | 'zeroToClear'
  | 'zeroToSet'
  | 'zeroToToggle'
  | 'clear'
  | 'set'
  | 'modify';
export type SvdReadAction = 'clear' | 'set' | 'modify' | 'modifyExternal';

/** What was read leniently, or has an effect that a register map cannot express. */
export interface Loss {
  /** `UART0.CR1.EN`; array elements are named together, `DMA.CH[%s].CTRL`. */
  readonly where: string;
  readonly what: string;
  readonly line: number;
}
export type Note = (where: string, what: string, line: number) => void;

export interface SvdEffects {
  readonly access: SvdAccess | undefined;
  readonly modifiedWriteValues: SvdWriteEffect | undefined;
  readonly readAction: SvdReadAction | undefined;
}

export interface SvdField extends SvdEffects {
  readonly name: string;
  readonly msb: number;
  readonly lsb: number;
  /** Least value by name, in the order of the file; both usages together. */
  readonly values: ReadonlyMap<string, bigint>;
  readonly line: number;
}

/** What the elements of an array of registers have in common. */
export interface SvdRegisterBody extends SvdEffects {
  /** `UART0.CR1`, for losses. */
  readonly where: string;
  readonly line: number;
  /** Bits. */
  readonly size: number;
  readonly resetValue: bigint | undefined;
  readonly resetMask: bigint | undefined;
  readonly alternateRegister: string | undefined;
  readonly alternateGroup: string | undefined;
  /** Field arrays expanded; fields may overlap and reach past the width, as in the file. */
  readonly fields: readonly SvdField[];
}

export interface SvdRegister {
  /** Names of the enclosing clusters and of the register, joined by `_`; as in the file. */
  readonly name: string;
  /** Bytes from the peripheral's base address. */
  readonly offset: number;
  readonly body: SvdRegisterBody;
  /** `name` is `base` and `index`. */
  readonly element: { readonly base: string; readonly index: number } | undefined;
}

export interface SvdPeripheral {
  readonly name: string;
  readonly line: number;
  readonly baseAddress: bigint;
  readonly groupName: string | undefined;
  readonly alternateOf: string | undefined;
  readonly addressBlocks: readonly SvdAddressBlock[];
  readonly interrupts: readonly SvdInterrupt[];
  readonly registers: readonly SvdRegister[];
  readonly losses: readonly Loss[];
}

export interface SvdAddressBlock {
  readonly offset: bigint;
  readonly size: bigint;
  readonly usage: string;
}

export interface SvdInterrupt {
  readonly name: string;
  readonly value: number;
}

export interface SvdDevice {
  readonly name: string;
  readonly version: string | undefined;
  readonly endian: 'little' | 'big';
  /** Bits of the widest transfer. */
  readonly width: number;
  readonly peripherals: readonly SvdPeripheral[];
  /** Those that belong to no peripheral. */
  readonly losses: readonly Loss[];
}
