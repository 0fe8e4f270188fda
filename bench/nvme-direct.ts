/** NVMe commands straight at the controller: no driver, no host, no rules. */
import { SimPciFunction } from '../sim/buses/pci/sim-function.ts';
import { ControllerBench } from '../sim/devices/nvme/controller-bench.ts';
import { IoOpcode } from '../sim/devices/nvme/io-commands.ts';
import { DOORBELLS_AT } from '../sim/devices/nvme/registers.ts';
import {
  Command,
  Completion,
  COMPLETION_BYTES,
  ReadWrite,
} from '../sim/devices/nvme/structures.ts';
import { Random } from '../sim/kernel/random.ts';

const QUEUE = 1;
const ENTRIES = 2048;
const BLOCK_BYTES = 512;
const PAGE_BYTES = 4096;

export interface DirectOptions {
  readonly namespaceBytes: number;
  /** Of one command. */
  readonly bytes: number;
  /** Commands per doorbell. */
  readonly depth: number;
}

/** A submission queue full of random reads, which are carried out round and round. */
export class DirectReads {
  readonly #bench: ControllerBench;
  readonly #pci: SimPciFunction;
  readonly #completions: { read(offset: number, length: number): Uint8Array };
  readonly #depth: number;
  #tail = 0;
  #head = 0;
  #phase = 1;

  constructor({ namespaceBytes, bytes, depth }: DirectOptions) {
    this.#depth = depth;
    const namespaces = [{ blockBytes: BLOCK_BYTES, bytes: namespaceBytes }];
    const bench = new ControllerBench({ namespaces, timed: false });
    bench.world.journal.payloads = false;
    bench.enable();
    bench.createPair(QUEUE, ENTRIES);
    const data = bench.room(PAGE_BYTES);
    const random = new Random(1, 'bench');
    const places = namespaceBytes / bytes;
    for (let slot = 0; slot < ENTRIES; slot++) {
      const fields = [
        [Command.NSID, 1],
        [Command.PRP1, data.address],
        [ReadWrite.SLBA, (random.below(places) * bytes) / BLOCK_BYTES],
        [ReadWrite.NLB, bytes / BLOCK_BYTES - 1],
      ] as const;
      bench.put(QUEUE, IoOpcode.Read, fields, slot);
    }
    this.#bench = bench;
    this.#pci = bench.pci;
    this.#completions = (bench.pairs[QUEUE] as (typeof bench.pairs)[number]).completions.buffer;
  }

  /** Batches of as many commands as the depth, one doorbell each way for each of them. */
  run(commands: number): void {
    const { world } = this.#bench;
    const doorbell = DOORBELLS_AT + QUEUE * 8;
    for (let left = commands; left > 0; left -= this.#depth) {
      this.#tail = (this.#tail + this.#depth) % ENTRIES;
      this.#pci.write(0, doorbell, 4, this.#tail);
      world.advance(1);
      this.#take();
      this.#pci.write(0, doorbell + 4, 4, this.#head);
      world.advance(1);
    }
    // What a test listens to is not to fill memory.
    this.#bench.signals.length = 0;
  }

  #take(): void {
    for (let count = 0; count < this.#depth; count++) {
      const entry = this.#completions.read(this.#head * COMPLETION_BYTES, COMPLETION_BYTES);
      if (Completion.P.get(entry) !== this.#phase || Completion.STATUS.get(entry) !== 0) {
        throw new Error('The controller did not carry out a command of the bench.');
      }
      this.#head++;
      if (this.#head === ENTRIES) {
        this.#head = 0;
        this.#phase = 1 - this.#phase;
      }
    }
  }
}
