/** A client of the driver, for clauses about what the driver then tells its controller. */
import type {
  BlockDevice,
  BlockSegment,
} from '../../../drivers-under-test/host/classes/block-device.ts';
import { IOBufferMemoryDescriptor } from '../../../drivers-under-test/host/io-buffer-memory-descriptor.ts';
import { kIOMemoryDirectionInOut } from '../../../drivers-under-test/host/io-memory-descriptor.ts';
import type { IOReturnName } from '../../../drivers-under-test/host/io-return.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { failure } from '../driver/attempt.ts';
import { pattern } from './facts.ts';
import { Traffic } from './traffic.ts';

const PAGE = 4096;

/** Memory of a client for one transfer. */
export class Client {
  readonly segments: readonly BlockSegment[];
  readonly #buffer: IOBufferMemoryDescriptor;
  readonly #length: number;

  constructor(scene: Scene, length: number) {
    this.#length = length;
    this.#buffer = IOBufferMemoryDescriptor.Create(
      scene.memory,
      kIOMemoryDirectionInOut,
      length,
      PAGE,
    );
    this.segments = [{ buffer: this.#buffer, offset: 0, length }];
  }

  set(bytes: Uint8Array): void {
    this.#memory.write(0, bytes);
  }

  get(): Uint8Array {
    return this.#memory.read(0, this.#length);
  }

  release(): void {
    this.#buffer.release();
  }

  /** The client's own view: what it does with its memory is not the driver's doing. */
  get #memory() {
    const [range] = this.#buffer.ranges(0, 1);
    if (range === undefined) throw new RangeError('The buffer has no memory.');
    return range.backing.buffer;
  }
}

export interface Running {
  readonly driver: BlockDevice;
  readonly traffic: Traffic;
}

/** The driver, started, with its traffic from the beginning. */
export async function running(scene: Scene): Promise<Running> {
  const traffic = new Traffic(scene);
  return { traffic, driver: await scene.start<BlockDevice>() };
}

/** Writes a pattern. @throws what the driver throws */
export async function writeBlocks(
  scene: Scene,
  driver: BlockDevice,
  lba: number,
  bytes: Uint8Array,
  options: { readonly unit?: number; readonly fua?: boolean } = {},
): Promise<void> {
  const client = new Client(scene, bytes.length);
  try {
    client.set(bytes);
    await driver.write(options.unit ?? 0, lba, client.segments, { fua: options.fua ?? false });
  } finally {
    client.release();
  }
}

/** @throws what the driver throws */
export async function readBlocks(
  scene: Scene,
  driver: BlockDevice,
  lba: number,
  length: number,
  unit = 0,
): Promise<Uint8Array> {
  const client = new Client(scene, length);
  try {
    await driver.read(unit, lba, client.segments);
    return client.get();
  } finally {
    client.release();
  }
}

/** A block is written and read back: the driver works. */
export async function expectWorks(scene: Scene, driver: BlockDevice, lba = 100): Promise<void> {
  const { blockBytes } = await driver.geometry(0);
  const bytes = pattern(blockBytes, lba);
  await writeBlocks(scene, driver, lba, bytes);
  const seen = await readBlocks(scene, driver, lba, blockBytes);
  expect.equal(seen, bytes, `block ${lba}, written and read`);
}

/** The call must end with success or with one of the codes. Returns how it ended. */
export async function ends(
  call: () => Promise<unknown>,
  codes: readonly IOReturnName[],
  what: string,
): Promise<IOReturnName | 'success'> {
  const code = (await failure(call)) ?? 'success';
  const fine = code === 'success' || codes.includes(code);
  expect.that(fine, what, `success or ${codes.join(' or ')}`, code);
  return code;
}

/** How a request may end that a controller in trouble did not carry out. */
export const TROUBLE: readonly IOReturnName[] = [
  'kIOReturnAborted',
  'kIOReturnDMAError',
  'kIOReturnDeviceError',
  'kIOReturnIOError',
  'kIOReturnNoDevice',
  'kIOReturnNotReady',
  'kIOReturnNotReadable',
  'kIOReturnNotResponding',
  'kIOReturnOffline',
  'kIOReturnTimeout',
];
