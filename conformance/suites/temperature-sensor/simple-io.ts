/** Simple I/O for drivers of the class TemperatureSensor: limits in and out, and a temperature. */
import type { TemperatureSensor } from '../../../drivers-under-test/host/classes/temperature-sensor.ts';
import { expect } from '../../expect.ts';
import type { Exercise } from '../../scene.ts';
import { LIMITS, SETTLED_NS } from './facts.ts';

const WARM = 31_500;
const RANGE = { from: -55_000, until: 128_000 };

export const sensorSimpleIO: Exercise = async (scene, client) => {
  const driver = client as TemperatureSensor;
  const { ambient } = scene.i2c;
  ambient?.set(WARM);
  await driver.setLimits(LIMITS);
  await scene.pass(SETTLED_NS);
  const seen = await driver.temperature();
  expect.equal(await driver.limits(), LIMITS, 'the limits');
  if (ambient !== undefined) expect.equal(seen, WARM, 'the temperature');
  const isInside = seen >= RANGE.from && seen <= RANGE.until;
  expect.that(isInside, 'the temperature', 'one that the device can tell', `${seen}`);
};
