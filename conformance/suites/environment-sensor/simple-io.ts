/** Simple I/O for drivers of the class EnvironmentSensor: a measurement. */
import type { EnvironmentSensor } from '../../../drivers-under-test/host/classes/environment-sensor.ts';
import { expect } from '../../expect.ts';
import type { Exercise } from '../../scene.ts';
import { expectNear, SETTLED_NS, STORMY, surround } from './facts.ts';

const RANGE = { from: -40, until: 85 };

export const environmentSimpleIO: Exercise = async (scene, client) => {
  const driver = client as EnvironmentSensor;
  const knows = scene.i2c.ambient?.setAir !== undefined;
  if (knows) surround(scene, STORMY);
  await scene.pass(SETTLED_NS);
  const seen = await driver.measure();
  if (knows) expectNear(seen, STORMY, 'the measurement');
  const { celsius = NaN } = seen;
  const isInside = celsius >= RANGE.from && celsius <= RANGE.until;
  expect.that(isInside, 'the temperature', 'one that the device can measure', `${celsius}`);
};
