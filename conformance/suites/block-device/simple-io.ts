/**
 * Simple I/O for drivers of the class BlockDevice: write, read back, flush. Each round works on
 * blocks of its own, so that several may run at once; a unit that cannot be written is read.
 */
import type { BlockDevice } from '../../../drivers-under-test/host/classes/block-device.ts';
import { clientBuffer } from '../../../drivers-under-test/host/client-memory.ts';
import { kIOMemoryDirectionInOut } from '../../../drivers-under-test/host/io-memory-descriptor.ts';
import type { Exercise, Scene } from '../../scene.ts';
import { expect } from '../../expect.ts';

/** Rounds that have begun in each scene: they choose where the next one works. */
const rounds = new WeakMap<Scene, number>();
const BLOCKS = 2;
/** Rounds take these places in turn. */
const PLACES = 16;

export const blockSimpleIO: Exercise = async (scene, client) => {
  const device = client as BlockDevice;
  const round = rounds.get(scene) ?? 0;
  rounds.set(scene, round + 1);
  const { blockBytes, readOnly } = await device.geometry(0);
  const length = BLOCKS * blockBytes;
  const lba = (round % PLACES) * BLOCKS;
  const buffer = clientBuffer(scene.memory, kIOMemoryDirectionInOut, length);
  const segments = [{ buffer, offset: 0, length }];
  const [memory] = buffer.ranges(0, 1);
  const bytes = memory?.backing.buffer;
  const pattern = Uint8Array.from({ length }, (_, at) => (at * 7 + round) % 251);
  try {
    if (!readOnly) {
      bytes?.write(0, pattern);
      await device.write(0, lba, segments);
      bytes?.write(0, new Uint8Array(length));
    }
    await device.read(0, lba, segments);
    // A recording holds what passed between driver and device, not what was in clients' memory.
    const isKept = scene.target.tier !== 'replayed';
    if (!readOnly && isKept) expect.equal(bytes?.read(0, length), pattern, 'what was written');
    await device.flush(0);
  } finally {
    buffer.release();
  }
};
