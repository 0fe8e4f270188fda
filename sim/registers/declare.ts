/**
 * How a register map is declared. A declaration is plain data, written `as const satisfies
 * RegisterMap`, so that names, widths and what may be read or written are known to the compiler.
 */
import type { AccessName, ReadEffect, WriteEffect } from './effects.ts';

/** Four words for four gaps; see ARCHITECTURE.md. */
export const GAPS = ['reserved', 'unimplemented', 'undocumented', 'limitation'] as const;
export type GapWord = (typeof GAPS)[number];
export interface Gap {
  word: GapWord;
  note: string;
}

/** The generic register suites; a register may be excluded from one, with the reason. */
export type RegisterTest =
  | 'hw-reset'
  | 'rw'
  | 'bit-bash'
  | 'aliasing'
  | 'access-size'
  | 'reserved'
  | 'read-effects';
export type Exclusions = Readonly<Partial<Record<RegisterTest | 'all', string>>>;

/** Access rights by name, or by the two axes where no name exists. */
interface Rights {
  readonly access?: AccessName;
  readonly read?: ReadEffect;
  readonly write?: WriteEffect;
}

export interface FieldDeclaration extends Rights {
  /** Most and least significant bit, both included. */
  readonly bits: readonly [msb: number, lsb: number];
  readonly reset?: number | bigint;
  /**
   * Reset domains that leave this field alone (see `RegisterMap.domains`). Kept by all of them, it
   * holds what the model put there.
   */
  readonly keptBy?: readonly string[];
  /** Enumerated values by name. */
  readonly values?: Readonly<Record<string, number>>;
  /** The device changes it by itself: what was written says nothing about the next read. */
  readonly volatile?: boolean;
  readonly gap?: Gap;
}

export type Width = 8 | 16 | 32 | 64;
export type AccessSize = 1 | 2 | 4 | 8;

export interface RegisterDeclaration extends Rights {
  /** Byte offset in its address space. */
  readonly at: number;
  readonly width?: Width;
  readonly reset?: number | bigint;
  /** Bits of `reset` that are defined; the others are unknown after a reset. */
  readonly resetMask?: number | bigint;
  readonly keptBy?: readonly string[];
  /** Visible only while this page is selected (the divisor latch of a UART behind DLAB). */
  readonly page?: string;
  /** `NAME0`, `NAME1`, ... every `stride` bytes. */
  readonly array?: { readonly count: number; readonly stride: number };
  /** Without fields the register is one field of the same rights. Unnamed bits are reserved. */
  readonly fields?: Readonly<Record<string, FieldDeclaration>>;
  /** Access sizes in bytes, where they differ from the map's. */
  readonly sizes?: readonly AccessSize[];
  readonly volatile?: boolean;
  readonly exclude?: Exclusions;
  readonly gap?: Gap;
}

export interface RegisterMap {
  readonly name: string;
  /** Width of a register that does not say otherwise. */
  readonly width: Width;
  readonly endian?: 'little' | 'big';
  /** Access sizes in bytes that the device answers; default: the register's own width. */
  readonly sizes?: readonly AccessSize[];
  /** Whether an access may start at an offset that is no multiple of its size. */
  readonly unaligned?: boolean;
  /**
   * What a refused or undefined access reads as. Where no document says, `unspecified`: a model
   * then answers all ones, and no check judges it.
   */
  readonly refused?: 'all-ones' | 'zeros' | 'unspecified';
  /** Reset domains, strongest first; the first is the power-on reset. Default: `['power']`. */
  readonly domains?: readonly string[];
  /** Pages, the first being selected after a reset. */
  readonly pages?: readonly string[];
  /** The field that holds the number of the selected page, such as `['LCR', 'DLAB']`. */
  readonly pageBy?: readonly [register: string, field: string];
  readonly registers: Readonly<Record<string, RegisterDeclaration>>;
}

type FieldOptions = Omit<FieldDeclaration, 'bits'>;

/** A field of one bit. */
export function bit<const N extends number>(at: N): { readonly bits: readonly [N, N] };
export function bit<const N extends number, const O extends FieldOptions>(
  at: N,
  options: O,
): { readonly bits: readonly [N, N] } & O;
export function bit(at: number, options?: FieldOptions): FieldDeclaration {
  return { bits: [at, at], ...options };
}

/** A field from `msb` down to `lsb`. */
export function bits<const M extends number, const L extends number>(
  msb: M,
  lsb: L,
): { readonly bits: readonly [M, L] };
export function bits<const M extends number, const L extends number, const O extends FieldOptions>(
  msb: M,
  lsb: L,
  options: O,
): { readonly bits: readonly [M, L] } & O;
export function bits(msb: number, lsb: number, options?: FieldOptions): FieldDeclaration {
  return { bits: [msb, lsb], ...options };
}
