/**
 * What the converter of a BME280 gives for an environment: the compensation of section 8.1 (double
 * precision, secondary), searched backwards.
 */
import type { Trim } from './trim.ts';

/** Degrees Celsius, pascals, percent of relative humidity. */
export interface Environment {
  readonly celsius: number;
  readonly pascals: number;
  readonly percent: number;
}

/** Values of the converter, not whole numbers. */
export interface Converted {
  readonly temperature: number;
  readonly pressure: number;
  readonly humidity: number;
}

const LONG = 2 ** 20;
const SHORT = 2 ** 16;
/** More than a double tells apart. */
const HALVINGS = 60;
const FINE_OF_DEGREE = 5120;

export function convert(trim: Trim, { celsius, pascals, percent }: Environment): Converted {
  const fine = celsius * FINE_OF_DEGREE;
  return {
    temperature: search(LONG, fine, (adc) => fineTemperature(trim, adc)),
    // The more pressure, the smaller.
    pressure: search(LONG, -pascals, (adc) => -pressure(trim, adc, fine)),
    humidity: search(SHORT, percent, (adc) => humidity(trim, adc, fine)),
  };
}

/** Where a rising function has this value, from 0 to the limit. */
function search(limit: number, value: number, rising: (adc: number) => number): number {
  let [low, high] = [0, limit - 1];
  for (let halvings = 0; halvings < HALVINGS; halvings++) {
    const middle = (low + high) / 2;
    if (rising(middle) <= value) low = middle;
    else high = middle;
  }
  return low;
}

/** In 5120ths of a degree. */
export function fineTemperature({ t: [t1, t2, t3] }: Trim, adc: number): number {
  const offset = adc / 131_072 - t1 / 8192;
  return (adc / 16_384 - t1 / 1024) * t2 + offset * offset * t3;
}

/** In pascals. */
export function pressure({ p }: Trim, adc: number, fine: number): number {
  const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0, p8 = 0, p9 = 0] = p;
  const warm = fine / 2 - 64_000;
  const offset = ((warm * warm * p6) / 32_768 + warm * p5 * 2) / 4 + p4 * 65_536;
  const slope = ((p3 * warm * warm) / 524_288 + p2 * warm) / 524_288;
  const scale = (1 + slope / 32_768) * p1;
  const raw = ((LONG - adc - offset / 4096) * 6250) / scale;
  return raw + ((p9 * raw * raw) / 2_147_483_648 + (raw * p8) / 32_768 + p7) / 16;
}

/** In percent; not limited to what there can be. */
export function humidity({ h }: Trim, adc: number, fine: number): number {
  const [h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0] = h;
  const warm = fine - 76_800;
  const raw =
    (adc - (h4 * 64 + (h5 / 16_384) * warm)) *
    ((h2 / 65_536) * (1 + (h6 / 67_108_864) * warm * (1 + (h3 / 67_108_864) * warm)));
  return raw * (1 - (h1 * raw) / 524_288);
}
