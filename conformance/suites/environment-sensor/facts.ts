/** What the clauses about environment sensors share. */
import type {
  EnvironmentSensor,
  EnvironmentSettings,
  Measurement,
} from '../../../drivers-under-test/host/classes/environment-sensor.ts';
import type { Citation } from '../../citation.ts';
import { expect, Inconclusive } from '../../expect.ts';
import type { Scene } from '../../scene.ts';

export const CONTRACT: Citation = {
  document: 'driver-dyno, class contract EnvironmentSensor',
  revision: '1',
  basis: 'read',
};

export const DATA_SHEET = (section: string): Citation => ({
  document: 'Bosch Sensortec BME280, BST-BME280-DS002',
  revision: '1.6',
  section,
  basis: 'secondary',
});

/** What is around the device, and what should be measured. */
export interface Weather {
  readonly celsius: number;
  readonly pascals: number;
  readonly percent: number;
}

export const MILD: Weather = { celsius: 21.5, pascals: 100_500, percent: 55 };
export const STORMY: Weather = { celsius: 8.25, pascals: 96_000, percent: 90 };

export const SINGLE: EnvironmentSettings = {
  mode: 'continuous',
  temperature: 1,
  pressure: 1,
  humidity: 1,
};
export const ON_DEMAND: EnvironmentSettings = { ...SINGLE, mode: 'on-demand' };

/** Steps of 16 bits, and what they make of pressure and humidity (sections 3.4.1 to 3.4.3). */
const NEAR = { celsius: 0.012, pascals: 6, percent: 0.05 };
/** A measurement of 16 samples of each takes less. */
export const SETTLED_NS = 250e6;

export function surround(scene: Scene, { celsius, pascals, percent }: Weather): void {
  const { ambient } = scene.i2c;
  if (ambient?.setAir === undefined) throw new Inconclusive('The air here cannot be set.');
  ambient.set(celsius * 1000);
  ambient.setAir(pascals, percent);
}

/** A started driver in such a weather. */
export async function started(scene: Scene, weather = MILD): Promise<EnvironmentSensor> {
  surround(scene, weather);
  return scene.start<EnvironmentSensor>();
}

export function isNear(seen: Measurement, weather: Weather): boolean {
  const { celsius, pascals, percent } = weather;
  return (
    Math.abs((seen.celsius ?? NaN) - celsius) <= NEAR.celsius &&
    Math.abs((seen.pascals ?? NaN) - pascals) <= NEAR.pascals &&
    Math.abs((seen.percent ?? NaN) - percent) <= NEAR.percent
  );
}

export function show({ celsius, pascals, percent }: Measurement | Weather): string {
  return `${celsius} degrees, ${pascals} pascals, ${percent} percent`;
}

export function expectNear(seen: Measurement, weather: Weather, what: string): void {
  expect.that(isNear(seen, weather), what, show(weather), show(seen));
}
