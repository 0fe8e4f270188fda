/**
 * The compensation of a BME280 in whole numbers, as section 4.2.3 of its data sheet has it (32 bits
 * for temperature and humidity, 64 for pressure), from the bytes that the device holds.
 */

/** Bytes from 88h on (26) and from E1h on (7); data from F7h on (8). */
export interface Held {
  readonly low: Uint8Array;
  readonly high: Uint8Array;
  readonly data: Uint8Array;
}

export interface Compensated {
  readonly celsius: number;
  readonly pascals: number;
  readonly percent: number;
}

export function compensate(held: Held): Compensated {
  const { data } = held;
  const fine = fineTemperature(held.low, long(data, 3));
  return {
    celsius: Number(down(fine * 5n + 128n, 8)) / 100,
    pascals: Number(pressure(held.low, long(data, 0), fine)) / 256,
    percent: Number(humidity(held, BigInt(at(data, 6) * 256 + at(data, 7)), fine)) / 1024,
  };
}

/** The converter's value in 20 bits. */
export function long(data: Uint8Array, from: number): bigint {
  return BigInt(
    at(data, from) * 4096 + at(data, from + 1) * 16 + Math.floor(at(data, from + 2) / 16),
  );
}

function fineTemperature(low: Uint8Array, adc: bigint): bigint {
  const [t1, t2, t3] = [unsigned(low, 0), signed(low, 2), signed(low, 4)];
  const first = down((down(adc, 3) - t1 * 2n) * t2, 11);
  const second = down(down((down(adc, 4) - t1) * (down(adc, 4) - t1), 12) * t3, 14);
  return first + second;
}

/** In 256ths of a pascal. */
function pressure(low: Uint8Array, adc: bigint, fine: bigint): bigint {
  const p1 = unsigned(low, 6);
  const word = (number: number): bigint => signed(low, 4 + 2 * number);
  const warm = fine - 128_000n;
  const offset = warm * warm * word(6) + up(warm * word(5), 17) + up(word(4), 35);
  const slope = down(warm * warm * word(3), 8) + up(warm * word(2), 12);
  const scale = down((up(1n, 47) + slope) * p1, 33);
  // As the data sheet does.
  if (scale === 0n) return 0n;
  const raw = ((up(1_048_576n - adc, 31) - offset) * 3125n) / scale;
  const first = down(word(9) * down(raw, 13) * down(raw, 13), 25);
  const second = down(word(8) * raw, 19);
  return down(raw + first + second, 8) + up(word(7), 4);
}

/** In 1024ths of a percent. */
function humidity({ low, high }: Held, adc: bigint, fine: bigint): bigint {
  const [h1, h2, h3] = [BigInt(at(low, 25)), signed(high, 0), BigInt(at(high, 2))];
  const shared = at(high, 4);
  const h4 = byte(at(high, 3)) * 16n + BigInt(shared % 16);
  const h5 = byte(at(high, 5)) * 16n + BigInt(Math.floor(shared / 16));
  const h6 = byte(at(high, 6));
  const warm = fine - 76_800n;
  const left = down(up(adc, 14) - up(h4, 20) - h5 * warm + 16_384n, 15);
  const bend = down(down(warm * h6, 10) * (down(warm * h3, 11) + 32_768n), 10) + 2_097_152n;
  const raw = left * down(bend * h2 + 8192n, 14);
  const bent = raw - down(down(down(raw, 15) * down(raw, 15), 7) * h1, 4);
  const [least, most] = [0n, 419_430_400n];
  return down(bent < least ? least : bent > most ? most : bent, 12);
}

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;
const byte = (value: number): bigint => BigInt.asIntN(8, BigInt(value));
const unsigned = (bytes: Uint8Array, index: number): bigint =>
  BigInt(at(bytes, index) + at(bytes, index + 1) * 256);
const signed = (bytes: Uint8Array, index: number): bigint =>
  BigInt.asIntN(16, unsigned(bytes, index));
/** Divided by a power of two, and rounded down; multiplied by one. */
const down = (value: bigint, bits: number): bigint => {
  const by = 2n ** BigInt(bits);
  const quotient = value / by;
  return quotient * by > value ? quotient - 1n : quotient;
};
const up = (value: bigint, bits: number): bigint => value * 2n ** BigInt(bits);
