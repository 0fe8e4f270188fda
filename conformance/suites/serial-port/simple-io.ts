/** Simple I/O for drivers of the class SerialPort: some bytes out, some bytes in. */
import { IOReturnError } from '../../../drivers-under-test/host/io-return.ts';
import type { SerialPort } from '../../../drivers-under-test/host/classes/serial-port.ts';
import type { Exercise } from '../../exercise.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { MILLISECOND, SECOND, SETTINGS, farEnd, formatFor, send } from './facts.ts';

const OUT = Uint8Array.of(0x55, 0x00, 0xff, 0x11);
const IN = Uint8Array.of(0xaa, 0x80, 0x7f, 0x0d, 0x0a);
/** Another client has the port: how often and how long to wait for it. */
const TRIES = 1000;

export const serialSimpleIO: Exercise = async (scene, client) => {
  const port = client as SerialPort;
  const peer = farEnd(scene);
  await openWhenFree(scene, port);
  try {
    peer.format = formatFor(SETTINGS);
    // A character that somebody before us left in the shift register still goes out.
    await scene.pass(MILLISECOND);
    peer.forget();
    expect.equal(await send(port, OUT), OUT.length, 'bytes taken by the device');
    await scene.pass(MILLISECOND);
    expect.equal(peer.received(), OUT, 'bytes at the far end');
    peer.send(IN);
    expect.equal(await port.read(IN.length, SECOND), IN, 'bytes that the far end sent');
  } finally {
    await closeIfOpen(port);
  }
};

async function openWhenFree(scene: Scene, port: SerialPort): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await port.open(SETTINGS);
      return;
    } catch (error) {
      const taken = error instanceof IOReturnError && error.codeName === 'kIOReturnExclusiveAccess';
      if (!taken || tries === TRIES) throw error;
      await scene.pass(10 * MILLISECOND);
    }
  }
}

/** What went wrong before is what counts, not that the port cannot even be closed. */
async function closeIfOpen(port: SerialPort): Promise<void> {
  try {
    await port.close();
  } catch (error) {
    if (!(error instanceof IOReturnError)) throw error;
  }
}
