/** The trimming words of one BME280 and the bytes that hold them: section 4.2.2, Table 16. */
import type { Random } from '../../kernel/random.ts';

export interface Trim {
  readonly t: readonly [number, number, number];
  /** P1 to P9, in order. */
  readonly p: readonly number[];
  /** H1 to H6, in order. */
  readonly h: readonly number[];
}

/** Those of the worked example that the BMP280's data sheet gives, and of a usual part. */
export const EXAMPLE: Trim = {
  t: [27_504, 26_435, -1000],
  p: [36_477, -10_685, 3024, 2855, 140, -7, 15_500, -14_600, 6000],
  h: [75, 362, 0, 313, 50, 30],
};

const BYTE = 256;
const WORD = 65_536;
const NIBBLE = 16;
/** Of each word, in thousandths. */
const SPREAD = 30;
/** Between the words of temperature and pressure and H1 one byte is reserved. */
const LOW_BYTES = 26;
const H1_AT = 25;
/** 0xE1 to 0xF0, of which the words take seven. */
const HIGH_BYTES = 16;

/** No two parts are alike. */
export function drawTrim(random: Random): Trim {
  const vary = (word: number): number => {
    const thousandths = 1000 - SPREAD + random.below(2 * SPREAD + 1);
    return Math.round((word * thousandths) / 1000);
  };
  const [t1, t2, t3] = EXAMPLE.t;
  return {
    t: [vary(t1), vary(t2), vary(t3)],
    p: EXAMPLE.p.map(vary),
    h: EXAMPLE.h.map(vary),
  };
}

export function lowBytes({ t, p, h }: Trim): Uint8Array {
  const bytes = new Uint8Array(LOW_BYTES);
  [...t, ...p].forEach((word, index) => bytes.set(littleEndian(word), 2 * index));
  bytes[H1_AT] = h[0] ?? 0;
  return bytes;
}

export function highBytes({ h }: Trim): Uint8Array {
  const [, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0] = h;
  const bytes = new Uint8Array(HIGH_BYTES);
  // H4 and H5 have twelve bits each, and share a byte for their lower four.
  const shared = modulo(h4, NIBBLE) + modulo(h5, NIBBLE) * NIBBLE;
  const [high4, high5] = [Math.floor(h4 / NIBBLE), Math.floor(h5 / NIBBLE)];
  bytes.set([...littleEndian(h2), h3, modulo(high4, BYTE), shared, modulo(high5, BYTE)]);
  bytes[6] = modulo(h6, BYTE);
  return bytes;
}

function littleEndian(word: number): [number, number] {
  const unsigned = modulo(word, WORD);
  return [unsigned % BYTE, Math.floor(unsigned / BYTE)];
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
