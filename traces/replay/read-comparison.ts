/** What a read answered, against what was recorded, field by field. */
import type { Register } from '../../sim/registers/compile.ts';

export interface ReadComparison {
  /** Bits that differ, in fields that hold what was written or what the device is. */
  readonly firm: bigint;
  /** Bits that differ in volatile fields. */
  readonly volatile: bigint;
}

export const SAME: ReadComparison = { firm: 0n, volatile: 0n };

/** `at` is the offset of the access; it may reach a part of the register only. */
export function compareRead(
  register: Register | undefined,
  at: number,
  expected: bigint,
  seen: bigint,
): ReadComparison {
  const wrong = expected ^ seen;
  if (wrong === 0n) return SAME;
  if (register === undefined) return { firm: wrong, volatile: 0n };
  const below = lowerBytes(register, at);
  const moving = register.fields
    .filter(({ volatile }) => volatile)
    .reduce((bits, { mask }) => bits | mask, 0n);
  const volatile = wrong & (moving / below);
  return { firm: wrong & ~volatile, volatile };
}

/** Such as "CSTS.RDY, CSTS.SHST"; the register alone where no field has the bits. */
export function namesOf(register: Register, at: number, wrong: bigint): string {
  const bits = wrong * lowerBytes(register, at);
  const names = register.fields.filter(({ mask }) => (mask & bits) !== 0n).map(({ name }) => name);
  if (names.length === 0) return register.name;
  return names.map((name) => `${register.name}.${name}`).join(', ');
}

/** Whether reading it again changes nothing: then it may be read until it answers as recorded. */
export function isIdempotent(register: Register | undefined): boolean {
  if (register === undefined) return false;
  if (register.declaration.exclude?.['read-effects'] !== undefined) return false;
  return register.fields.every(({ read }) => read === 'value' || read === 'none');
}

/** What a value at `at` is multiplied by in the register: little-endian. */
function lowerBytes(register: Register, at: number): bigint {
  return 256n ** BigInt(at - register.at);
}
