/** NVMe: 4 KiB reads of the sample driver. */
import { builtIn } from '../conformance/cli/catalog.ts';
import { loadDriver } from '../conformance/runner/load.ts';
import { Scene } from '../conformance/scene.ts';
import type { BlockDevice, BlockSegment } from '../drivers-under-test/host/classes/block-device.ts';
import { IOBufferMemoryDescriptor } from '../drivers-under-test/host/io-buffer-memory-descriptor.ts';
import { kIOMemoryDirectionIn } from '../drivers-under-test/host/io-memory-descriptor.ts';
import { Random } from '../sim/kernel/random.ts';
import { type Figure, bestAsync } from './measure.ts';

const READS = 40_000;
const READ_BYTES = 4096;
const CLIENT_DEPTH = 64;

/** Random reads of a client with so many requests under way, rules and coverage on. */
async function driverReads(): Promise<number> {
  const manifest = await loadDriver(builtIn.drivers['nvme']!.module);
  const target = await builtIn.targets['sim:nvme']!.make({ onChild: () => {} });
  return bestAsync(READS, async () => {
    const scene = new Scene({
      target,
      driver: manifest,
      seed: 1,
      rules: builtIn.rules,
      exercises: builtIn.exercises,
      settle: () => new Promise((resolve) => setImmediate(resolve)),
    });
    const end = await scene.world.run(() => readAtRandom(scene));
    if (end.end !== 'returned') throw new Error(`The bench ended: ${JSON.stringify(end)}`);
  });
}

async function readAtRandom(scene: Scene): Promise<void> {
  const driver = await scene.start<BlockDevice>();
  const { blocks, blockBytes } = await driver.geometry(0);
  const perRead = READ_BYTES / blockBytes;
  const random = new Random(1, 'bench');
  let left = READS;
  const worker = async () => {
    const buffer = IOBufferMemoryDescriptor.Create(
      scene.memory,
      kIOMemoryDirectionIn,
      READ_BYTES,
      READ_BYTES,
    );
    const segments: BlockSegment[] = [{ buffer, offset: 0, length: READ_BYTES }];
    while (left-- > 0) {
      await driver.read(0, random.below(blocks / perRead) * perRead, segments);
    }
  };
  await Promise.all(Array.from({ length: CLIENT_DEPTH }, worker));
  await scene.stop();
}

export async function nvmeFigures(): Promise<Figure[]> {
  return [
    {
      what: 'nvme: 4 KiB random reads through driver, host, bus, model',
      perSecond: await driverReads(),
      bar: { atLeast: 150e3, text: '150 k/s' },
    },
  ];
}
