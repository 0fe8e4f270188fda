/**
 * Simple I/O for drivers of the class SerialPort: some characters each way. Several may run at
 * once, and one that was cut off leaves characters under way: hence one character over and over.
 */
import type { SerialPort } from '../../../drivers-under-test/host/classes/serial-port.ts';
import { IOReturnError } from '../../../drivers-under-test/host/io-return.ts';
import type { Exercise } from '../../scene.ts';
import { expect } from '../../expect.ts';
import { SECOND, SETTINGS, farEnd, formatFor, send } from './facts.ts';

const COUNT = 12;
const OUT = new Uint8Array(COUNT).fill(0xa5);
const BACK = new Uint8Array(COUNT).fill(0x5a);

export const serialSimpleIO: Exercise = async (scene, client) => {
  const port = client as SerialPort;
  const peer = farEnd(scene);
  peer.format = formatFor(SETTINGS);
  await open(port);
  const before = peer.received().length;
  expect.equal(await send(port, OUT), COUNT, 'bytes taken');
  const heard = peer.received().subarray(before);
  expect.equal(heard.subarray(0, COUNT), OUT, 'what the far end heard');
  peer.send(BACK);
  expect.equal(await port.read(COUNT, SECOND), BACK, 'what was read');
};

/** The port stays open: an exercise that finds it so goes on with it. */
async function open(port: SerialPort): Promise<void> {
  try {
    await port.open(SETTINGS);
  } catch (error) {
    const isOpen = error instanceof IOReturnError && error.codeName === 'kIOReturnExclusiveAccess';
    if (!isOpen) throw error;
  }
}
