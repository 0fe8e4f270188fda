/** Bytes as pairs of hexadecimal digits, and back. */

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hexBytes(bytes: Uint8Array): string {
  let out = '';
  for (let at = 0; at < bytes.length; at++) out += PAIRS[bytes[at] as number] as string;
  return out;
}

/** Undefined when the digits are none, or not in pairs. */
export function bytesOfHex(digits: string): Uint8Array | undefined {
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/.test(digits)) return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16),
  );
}
