/** What a clause expects: a failure carries expected and seen as data. No Node assertions here. */
import { IOReturnError, type IOReturnName } from '../drivers-under-test/host/io-return.ts';

export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
  readonly expected: string;
  readonly seen: string;

  constructor(message: string, expected: string, seen: string) {
    super(message);
    this.expected = expected;
    this.seen = seen;
  }
}

/** The clause could not decide: what it judges never came up. */
export class Inconclusive extends Error {
  override readonly name = 'Inconclusive';
}

/** A value in one line: numbers in hexadecimal too, bytes as a run. */
export function show(value: unknown): string {
  if (typeof value === 'number' && Number.isInteger(value) && value > 9) {
    return `${value} (0x${value.toString(16)})`;
  }
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (value instanceof Uint8Array) return showBytes(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.slice(0, SHOWN).map(show).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).slice(0, SHOWN);
    return `{ ${entries.map(([key, item]) => `${key}: ${show(item)}`).join(', ')} }`;
  }
  return String(value);
}

const SHOWN = 32;

function showBytes(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, SHOWN)].map((byte) => byte.toString(16).padStart(2, '0'));
  const rest = bytes.length > SHOWN ? ` ... ${bytes.length} bytes` : '';
  return `<${shown.join(' ')}${rest}>`;
}

function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keysA = Object.keys(a);
  if (keysA.length !== Object.keys(b).length) return false;
  return keysA.every((key) =>
    same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

export const expect = {
  /** @param what names the thing, such as `LSR after the overrun` */
  equal(seen: unknown, expected: unknown, what: string): void {
    if (!same(seen, expected)) throw new ExpectationError(what, show(expected), show(seen));
  },

  that(holds: boolean, what: string, expected = 'true', seen = 'false'): void {
    if (!holds) throw new ExpectationError(what, expected, seen);
  },

  /** The call must fail, with one of these codes if any are given. Returns the code's name. */
  async fails(
    call: () => unknown,
    codes: readonly IOReturnName[],
    what: string,
  ): Promise<IOReturnName> {
    const wanted = codes.length === 0 ? 'an IOReturnError' : codes.join(' or ');
    let value: unknown;
    try {
      value = await call();
    } catch (error) {
      if (!(error instanceof IOReturnError)) throw error;
      if (codes.length === 0 || codes.includes(error.codeName)) return error.codeName;
      throw new ExpectationError(what, wanted, error.codeName);
    }
    throw new ExpectationError(what, wanted, `no failure, but ${show(value)}`);
  },
};
