/** NVMe: commands straight at the controller, 4 KiB reads of the sample driver, what they depend on. */
import v8 from 'node:v8';
import vm from 'node:vm';
import { builtIn } from '../conformance/cli/catalog.ts';
import { loadDriver } from '../conformance/runner/load.ts';
import { Scene } from '../conformance/scene.ts';
import type { BlockDevice, BlockSegment } from '../drivers-under-test/host/classes/block-device.ts';
import { IOBufferMemoryDescriptor } from '../drivers-under-test/host/io-buffer-memory-descriptor.ts';
import { kIOMemoryDirectionIn } from '../drivers-under-test/host/io-memory-descriptor.ts';
import { isProcess } from '../drivers-under-test/host/manifest.ts';
import type { Properties } from '../drivers-under-test/host/io-service.ts';
import { Random } from '../sim/kernel/random.ts';
import { best, type Figure, type Ratio } from './measure.ts';
import { type DirectOptions, DirectReads } from './nvme-direct.ts';

const READS = 80_000;
/** Reads that are timed together; the best of these turns counts. */
const READS_TURN = 500;
const READ_BYTES = 4096;
const CLIENT_DEPTH = 64;
/** One queue pair, and answers that share interrupts: what a driver does for throughput. */
const FOR_THROUGHPUT = { NVMeQueuePairs: 1, NVMeAnswersPerInterrupt: 16 };

const DIRECT_TURN = 2048;
const DIRECT_REPEATS = 100;
const DIRECT_DEPTH = 64;
const MIB = 2 ** 20;
const TIB = 2 ** 40;
const SMALL: DirectOptions = { namespaceBytes: 32 * MIB, bytes: 512, depth: DIRECT_DEPTH };

interface Driven {
  readonly perSecond: number;
  /** Bytes of the heap after half of the reads and after all of them, all garbage gone. */
  readonly heap: readonly [number, number];
}

/** Random reads of a client with so many requests under way, rules and coverage on. */
async function driverReads(payloads: boolean, properties: Properties): Promise<Driven> {
  const manifest = await loadDriver(builtIn.drivers['nvme']!.module);
  if (isProcess(manifest)) throw new Error('The NVMe driver of the bench is a module.');
  const personalities = Object.entries(manifest.personalities).map(
    ([name, personality]) => [name, { ...personality, ...properties }] as const,
  );
  const scene = new Scene({
    target: await builtIn.targets['sim:nvme']!.make({ onChild: () => {} }),
    driver: { ...manifest, personalities: Object.fromEntries(personalities) },
    seed: 1,
    rules: builtIn.rules,
    exercises: builtIn.exercises,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
  });
  scene.world.journal.payloads = payloads;
  const end = await scene.world.run(() => readAtRandom(scene));
  if (end.end !== 'returned') throw new Error(`The bench ended: ${JSON.stringify(end)}`);
  if (scene.rules.broken.length > 0) throw new Error('The driver broke a rule.');
  return end.value;
}

async function readAtRandom(scene: Scene): Promise<Driven> {
  const driver = await scene.start<BlockDevice>();
  const { blocks, blockBytes } = await driver.geometry(0);
  const perRead = READ_BYTES / blockBytes;
  const random = new Random(1, 'bench');
  let left = 0;
  let fastest = Infinity;
  let begun = 0;
  const worker = async () => {
    const { memory } = scene;
    const direction = kIOMemoryDirectionIn;
    const buffer = IOBufferMemoryDescriptor.Create(memory, direction, READ_BYTES, READ_BYTES);
    const segments: BlockSegment[] = [{ buffer, offset: 0, length: READ_BYTES }];
    while (left-- > 0) {
      await driver.read(0, random.below(blocks / perRead) * perRead, segments);
      if (left % READS_TURN !== 0) continue;
      const now = performance.now();
      if (left < READS / 2 - READS_TURN) fastest = Math.min(fastest, now - begun);
      begun = now;
    }
    buffer.release();
  };
  const heap: number[] = [];
  for (let half = 0; half < 2; half++) {
    left = READS / 2;
    await Promise.all(Array.from({ length: CLIENT_DEPTH }, worker));
    heap.push(heapUsed());
  }
  await scene.stop();
  return { perSecond: (READS_TURN / fastest) * 1000, heap: [heap[0]!, heap[1]!] };
}

function heapUsed(): number {
  v8.setFlagsFromString('--expose-gc');
  (vm.runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

function direct(options: DirectOptions): number {
  const reads = new DirectReads(options);
  reads.run(16 * DIRECT_TURN);
  return best(DIRECT_TURN, () => reads.run(DIRECT_TURN), DIRECT_REPEATS);
}

async function driven(payloads: boolean, properties: Properties): Promise<number> {
  const { perSecond } = await driverReads(payloads, properties);
  return perSecond;
}

export async function nvmeFigures(): Promise<Figure[]> {
  const bar = { atLeast: 1e6, text: '1 M/s' };
  const driverBar = { atLeast: 150e3, text: '150 k/s' };
  const what = 'nvme: 4 KiB random reads through driver, host, bus, model';
  return [
    { what: 'nvme: 512-byte reads straight at the model', perSecond: direct(SMALL), bar },
    {
      what: 'nvme: 4 KiB reads straight at the model',
      perSecond: direct({ ...SMALL, bytes: READ_BYTES }),
      bar,
    },
    { what, perSecond: await driven(false, FOR_THROUGHPUT), bar: driverBar },
    {
      what: '  and with the hash of all payloads',
      perSecond: await driven(true, FOR_THROUGHPUT),
    },
    {
      what: '  and with four queue pairs, an interrupt for each answer',
      perSecond: await driven(true, {}),
    },
  ];
}

/** What a command costs as something grows, over what it cost before: nothing may grow with it. */
export async function nvmeRatios(): Promise<Ratio[]> {
  const cost = (options: Partial<DirectOptions>) => 1 / direct({ ...SMALL, ...options });
  const one = cost({ depth: 1 });
  const ratios: Ratio[] = [16, 128, 1024].map((depth) => ({
    what: `nvme: cost per command, depth ${depth} over 1`,
    ratio: cost({ depth }) / one,
    atMost: 1.5,
  }));
  ratios.push({
    what: 'nvme: cost per command, namespace of 1 TiB over 1 MiB',
    ratio: cost({ namespaceBytes: TIB }) / cost({ namespaceBytes: MIB }),
    atMost: 1.5,
  });
  const { heap } = await driverReads(false, FOR_THROUGHPUT);
  ratios.push({
    what: `nvme: heap after ${READS} reads over ${READS / 2}`,
    ratio: heap[1] / heap[0],
    atMost: 1.5,
  });
  return ratios;
}
