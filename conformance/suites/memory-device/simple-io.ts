/** Simple I/O for drivers of the class MemoryDevice: a few bytes in and out, across a page. */
import type { MemoryDevice } from '../../../drivers-under-test/host/classes/memory-device.ts';
import { expect } from '../../expect.ts';
import type { Exercise } from '../../scene.ts';

const BYTES = Uint8Array.of(0xa5, 0x00, 0xff, 0x5a, 0x12, 0x34);

export const memorySimpleIO: Exercise = async (_, client) => {
  const driver = client as MemoryDevice;
  const { pageBytes } = await driver.facts();
  const at = pageBytes - 2;
  await driver.write(at, BYTES);
  expect.equal(await driver.read(at, BYTES.length), BYTES, 'what was written');
};
