/**
 * A client of one unit that writes down everything: what it asked, how it ended, what it saw. Its
 * buffers are as awkward as the contract allows, with guards around them, and are spoiled as soon
 * as they are the client's again.
 */
import type {
  BlockDevice,
  BlockGeometry,
  BlockRange,
} from '../../../drivers-under-test/host/classes/block-device.ts';
import { IOReturnError } from '../../../drivers-under-test/host/io-return.ts';
import { expect } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { ClientBuffers, type Layout, WHOLE } from './client-buffers.ts';
import { Contents, type Value } from './contents.ts';
import { History, type Operation, type OperationKind } from './history.ts';

export interface DiskOptions {
  /** Default 0. */
  readonly unit?: number;
  /** Pending writes may be carried out again: the device or the driver recovers meanwhile. */
  readonly repeats?: boolean;
}

interface DiskState {
  readonly unit: number;
  readonly repeats: boolean;
  readonly contents: Contents;
  readonly firstId: number;
}

export class Disk {
  readonly device: BlockDevice;
  readonly geometry: BlockGeometry;
  readonly history: History;
  readonly #scene: Scene;
  readonly #state: DiskState;

  /** The driver must be started. @throws what the driver throws */
  static open(scene: Scene, { unit = 0, repeats = false }: DiskOptions = {}): Promise<Disk> {
    return Disk.#on(scene, { unit, repeats, contents: new Contents(), firstId: 1 });
  }

  static async #on(scene: Scene, state: DiskState): Promise<Disk> {
    const device = scene.client<BlockDevice>();
    return new Disk(scene, device, await device.geometry(state.unit), state);
  }

  constructor(scene: Scene, device: BlockDevice, geometry: BlockGeometry, state: DiskState) {
    this.#scene = scene;
    this.device = device;
    this.geometry = geometry;
    this.#state = state;
    this.history = new History(state);
  }

  get unit(): number {
    return this.#state.unit;
  }

  /** A client of the driver that runs now, on the same unit; this one's history is over. */
  reopened(): Promise<Disk> {
    this.history.close();
    return Disk.#on(this.#scene, { ...this.#state, firstId: this.history.nextId });
  }

  /** Reads what is there, from which the history then begins. */
  async survey(area: BlockRange): Promise<void> {
    for (const [lba, value] of await this.look(area)) this.history.before(lba, value);
  }

  /** What is there now, by block, without a place in the history. */
  async look({ lba, blocks }: BlockRange): Promise<Map<number, Value>> {
    const values = new Map<number, Value>();
    for (let at = 0; at < blocks; at += this.geometry.maxTransferBlocks) {
      const count = Math.min(this.geometry.maxTransferBlocks, blocks - at);
      const seen = await this.#fetch(lba + at, count, WHOLE);
      for (const [index, value] of seen.entries()) values.set(lba + at + index, value);
    }
    return values;
  }

  /** @throws IOReturnError; it is written down too */
  read(lba: number, blocks: number, layout = WHOLE): Promise<readonly Value[]> {
    return this.#record('read', [{ lba, blocks }], false, () => this.#fetch(lba, blocks, layout));
  }

  async write(lba: number, blocks: number, { fua = false, layout = WHOLE } = {}): Promise<void> {
    await this.#record('write', [{ lba, blocks }], fua, async ({ id }) => {
      const { blockBytes } = this.geometry;
      const buffers = new ClientBuffers(this.#scene, 'write', blocks * blockBytes, layout);
      const bytes = new Uint8Array(blocks * blockBytes);
      for (let at = 0; at < blocks; at++) {
        const block = bytes.subarray(at * blockBytes, (at + 1) * blockBytes);
        this.#state.contents.fill(block, id, lba + at);
      }
      buffers.set(bytes);
      try {
        const options = fua ? { fua } : undefined;
        await this.device.write(this.#state.unit, lba, buffers.segments, options);
      } finally {
        buffers.giveBack();
      }
      return [];
    });
  }

  async flush(): Promise<void> {
    await this.#record('flush', [], false, async () => {
      await this.device.flush(this.#state.unit);
      return [];
    });
  }

  async writeZeroes(range: BlockRange): Promise<void> {
    await this.#record('zeroes', [range], false, async () => {
      await this.device.writeZeroes(this.#state.unit, range);
      return [];
    });
  }

  async trim(ranges: readonly BlockRange[]): Promise<void> {
    await this.#record('trim', ranges, false, async () => {
      await this.device.trim(this.#state.unit, ranges);
      return [];
    });
  }

  /**
   * After a power cut and a new start: what is there must be what may have survived of the history
   * before, and the same each time it is read. This disk's own history begins with it.
   */
  async verifySurvival(before: Disk, area: BlockRange): Promise<void> {
    const survivors = await this.look(area);
    const again = await this.look(area);
    expect.equal([...again.values()], [...survivors.values()], 'what a second read sees');
    const { atomicBlocks, volatileCache } = before.geometry;
    before.history.verify({ survivors, atomicBlocks, volatileCache });
    for (const [lba, value] of survivors) this.history.before(lba, value);
  }

  /** As `verifySurvival`, where the power stayed on: nothing that was written is lost. */
  async verifyContinuation(before: Disk, area: BlockRange): Promise<void> {
    const survivors = await this.look(area);
    before.history.verify({ survivors, atomicBlocks: 1, volatileCache: false });
    for (const [lba, value] of survivors) this.history.before(lba, value);
  }

  async #fetch(lba: number, blocks: number, layout: Layout): Promise<Value[]> {
    const { blockBytes } = this.geometry;
    const buffers = new ClientBuffers(this.#scene, 'read', blocks * blockBytes, layout);
    try {
      await this.device.read(this.#state.unit, lba, buffers.segments);
      const bytes = buffers.get();
      return Array.from({ length: blocks }, (_, at) =>
        this.#state.contents.identify(
          bytes.subarray(at * blockBytes, (at + 1) * blockBytes),
          lba + at,
        ),
      );
    } finally {
      buffers.giveBack();
    }
  }

  async #record(
    kind: OperationKind,
    ranges: readonly BlockRange[],
    fua: boolean,
    call: (operation: Operation) => Promise<readonly Value[]>,
  ): Promise<readonly Value[]> {
    const { history } = this;
    const operation = history.begin(kind, ranges, fua);
    try {
      const seen = await call(operation);
      history.end(operation, { seen });
      return seen;
    } catch (error) {
      if (error instanceof IOReturnError) history.end(operation, { error: error.codeName });
      throw error;
    }
  }
}
