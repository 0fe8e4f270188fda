/** Settings and temperatures as the registers of a TMP105 hold them. */
import {
  FAULTS,
  MILLIDEGREES_OF_DEGREE,
  RESOLUTIONS,
  STEPS_OF_DEGREE,
  UNUSED_BITS,
} from '../../../sim/devices/tmp105/registers.ts';
import type { SensorSettings } from '../../host/classes/temperature-sensor.ts';
import { fail } from '../../host/io-return.ts';

/** Weights of the fields of the configuration register. */
const SD = 1;
const TM = 2;
const POL = 4;
const F = 8;
const R = 32;
export const ONE_SHOT = 128;

const BYTE = 256;
const WORD = 65_536;
/** What twelve bits in two's complement hold. */
const STEPS_MIN = -2048;
const STEPS_MAX = 2047;
const COARSEST_BITS = 9;
const FINEST_BITS = 12;

/** @throws kIOReturnBadArgument */
export function configurationOf(settings: SensorSettings, isShutDown: boolean): number {
  const { resolution, mode, faultQueue, polarity } = settings;
  const r = RESOLUTIONS.indexOf(resolution);
  const f = FAULTS.indexOf(faultQueue);
  const tm = ['comparator', 'interrupt'].indexOf(mode);
  const pol = ['active-low', 'active-high'].indexOf(polarity);
  if (r < 0 || f < 0 || tm < 0 || pol < 0) fail('kIOReturnBadArgument', 'no such setting');
  return r * R + f * F + pol * POL + tm * TM + (isShutDown ? SD : 0);
}

/** @throws kIOReturnBadArgument when it does not fit */
export function registerOfLimit(millidegrees: number): number {
  const steps = Math.floor((millidegrees * STEPS_OF_DEGREE) / MILLIDEGREES_OF_DEGREE);
  if (!(steps >= STEPS_MIN && steps <= STEPS_MAX)) {
    fail('kIOReturnBadArgument', `${millidegrees} is out of the range of the device`);
  }
  return (steps * UNUSED_BITS + WORD) % WORD;
}

export function millidegreesOf(register: number): number {
  const signed = register >= WORD / 2 ? register - WORD : register;
  return ((signed / UNUSED_BITS) * MILLIDEGREES_OF_DEGREE) / STEPS_OF_DEGREE;
}

/** Bits below the resolution are zero. */
export function isPossible(register: number, resolution: SensorSettings['resolution']): boolean {
  const coarse = 2 ** (FINEST_BITS - Math.max(resolution, COARSEST_BITS));
  return register % (UNUSED_BITS * coarse) === 0;
}

export function bytesOf(register: number): Uint8Array {
  return Uint8Array.of(Math.floor(register / BYTE), register % BYTE);
}

export function wordOf(bytes: Uint8Array | undefined): number {
  return (bytes?.[0] ?? 0) * BYTE + (bytes?.[1] ?? 0);
}
