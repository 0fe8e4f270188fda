/** Sizes in PCI are powers of two. */

/** n where `value` is 2^n with n in 0 .. 63; undefined for any other number. */
export function exponentOf(value: number): number | undefined {
  for (let exponent = 0, power = 1; exponent < 64; exponent++, power *= 2) {
    if (power === value) return exponent;
  }
  return undefined;
}
