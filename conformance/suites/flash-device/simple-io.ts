/** Simple I/O for drivers of the class FlashDevice: erase, program across a page, read. */
import type { FlashDevice } from '../../../drivers-under-test/host/classes/flash-device.ts';
import { expect } from '../../expect.ts';
import type { Exercise } from '../../scene.ts';

const BYTES = Uint8Array.of(0xa5, 0x00, 0xff, 0x5a, 0x12, 0x34);

export const flashSimpleIO: Exercise = async (_, client) => {
  const driver = client as FlashDevice;
  const { pageBytes, eraseBytes } = await driver.facts();
  await driver.erase(0, eraseBytes[0] ?? 0);
  await driver.program(pageBytes - 2, BYTES);
  expect.equal(await driver.read(pageBytes - 2, BYTES.length), BYTES, 'what was programmed');
};
