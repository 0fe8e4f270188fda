/**
 * The number forms of CMSIS-SVD: `scaledNonNegativeInteger` and `enumeratedValueDataType` of the
 * schema, and what real files write in their place.
 */
const FORM = /^([+-]?)(0x|0b|#)?([0-9a-f]+)([kmgt]?)$/;
const SCALE: Readonly<Record<string, bigint>> = {
  '': 1n,
  k: 1n << 10n,
  m: 1n << 20n,
  g: 1n << 30n,
  t: 1n << 40n,
};
/** Digits that a number may have; more are no number of any register. */
const DIGITS_MAX = 2048;
const SAFE_DIGITS = 13;

/** The value, or undefined where the text is no number. Suffixes scale by powers of 1024. */
export function parseNumber(text: string): bigint | undefined {
  const parts = FORM.exec(normalise(text));
  if (parts === null) return undefined;
  const [, sign, prefix, digits = '', suffix = ''] = parts;
  if (digits.length > DIGITS_MAX) return undefined;
  const value = parseDigits(prefix, digits);
  if (value === undefined) return undefined;
  return value * (SCALE[suffix] ?? 1n) * (sign === '-' ? -1n : 1n);
}

function parseDigits(prefix: string | undefined, digits: string): bigint | undefined {
  if (prefix === '0b' && /[^01]/.test(digits)) return undefined;
  if (prefix === '#' && /[^01]/.test(digits)) return undefined;
  if (prefix === '0b' || prefix === '#') return BigInt(`0b${digits}`);
  // Letters without a prefix can only be hexadecimal; the schema's pattern allows them.
  const hex = prefix === '0x' || /[a-f]/.test(digits);
  if (digits.length <= SAFE_DIGITS) return BigInt(Number.parseInt(digits, hex ? 16 : 10));
  return BigInt(hex ? `0x${digits}` : digits);
}

/** Files write `0x0000_FFFF`, `0x 10`, `10UL` and `0x00000000UL`, too. */
function normalise(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[\s_']/g, '')
    .replace(/(?<=[0-9a-f])(?:u|l|ul|ull|lu)$/, '');
}

/** A value of an enumeration: bits where `care` is one must equal `value`. */
export interface Pattern {
  readonly value: bigint;
  /** Positions of the don't-care bits, lowest first. */
  readonly free: readonly number[];
}

const PATTERN_FORM = /^\+?(?:#|0b)([01x]+)$/;

/** An enumerated value, whose binary forms may hold `x` for a bit that does not matter. */
export function parsePattern(text: string): Pattern | undefined {
  const binary = PATTERN_FORM.exec(normalise(text))?.[1];
  if (binary === undefined || binary.length > DIGITS_MAX) {
    const value = parseNumber(text);
    return value === undefined ? undefined : { value, free: [] };
  }
  const free: number[] = [];
  for (let at = 0; at < binary.length; at++) {
    if (binary[binary.length - 1 - at] === 'x') free.push(at);
  }
  return { value: BigInt(`0b${binary.replaceAll('x', '0')}`), free };
}

/** Every value that a pattern stands for, least first; `free` must be short. */
export function patternValues({ value, free }: Pattern): bigint[] {
  let values = [value];
  for (const at of free) values = [...values, ...values.map((other) => other | (1n << BigInt(at)))];
  return values;
}
