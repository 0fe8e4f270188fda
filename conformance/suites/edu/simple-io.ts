/** Simple I/O for drivers of the class EduDevice: one computation, one copy in and out. */
import type { EduDevice } from '../../../drivers-under-test/host/classes/edu-device.ts';
import type { Exercise } from '../../scene.ts';
import { expect } from '../../expect.ts';
import { FACTORIALS } from './device-facts.ts';

const AT = 256;
const BYTES = Uint8Array.of(0xa5, 0x00, 0xff, 0x5a, 0x12, 0x34, 0x56, 0x78);

export const eduSimpleIO: Exercise = async (scene, client) => {
  const driver = client as EduDevice;
  expect.equal(await driver.factorial(10), FACTORIALS[10], 'factorial(10)');
  if (scene.driver.ics['dma'] !== true) return;
  await driver.copyIn(AT, BYTES);
  expect.equal(await driver.copyOut(AT, BYTES.length), BYTES, 'what was copied in');
};
