/** What every class of drivers promises of sleep: calls fail, and the device is left alone. */
import {
  kIOServicePowerCapabilityOff,
  kIOServicePowerCapabilityOn,
} from '../../../drivers-under-test/host/io-service.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';

export interface CallsAsleep<D> {
  /** Every method of the class contract. */
  readonly methods: readonly string[];
  /** Each method that needs the device, called with arguments that are right. */
  readonly calls: Readonly<Record<string, (driver: D) => unknown>>;
  /** The methods that need no device: the other two lists must be whole. */
  readonly without: readonly string[];
}

/** Puts a started driver to sleep, calls everything, and wakes it. */
export async function expectOfflineAsleep<D>(
  scene: Scene,
  driver: D,
  { methods, calls, without }: CallsAsleep<D>,
): Promise<void> {
  const untested = methods.filter((name) => !(name in calls));
  expect.equal(untested, [...without], 'the calls that need no device');
  await scene.power(kIOServicePowerCapabilityOff);
  const before = scene.accesses;
  for (const [name, call] of Object.entries(calls)) {
    await expect.fails(() => call(driver), ['kIOReturnOffline'], `${name} asleep`);
  }
  expect.equal(scene.accesses - before, 0, 'accesses to the device');
  await scene.power(kIOServicePowerCapabilityOn);
}
