/** One of the two targets of a comparison: performs steps and says what they show. */
import { PciPort } from '../../sim/buses/pci/port.ts';
import { World } from '../../sim/kernel/world.ts';
import type { DmaMapping } from '../../sim/buses/pci/function.ts';
import type { JournalEntry } from '../../reports/verdict.ts';
import {
  type Answer,
  BUFFER_AT,
  type DiffPlan,
  type DiffScene,
  type Program,
  type Step,
} from '../divergence.ts';
import { type PciHardware, type Target, TargetUnavailable, onBus } from '../target.ts';
import { entriesAround } from './journal-entries.ts';

/** Bytes of the DMA buffer that programs use. */
const BUFFER_BYTES = 64;
const RIGHTS = { deviceReads: true, deviceWrites: true, maxAddressBits: 28 } as const;
/** The steps alone make time pass here. */
const FREE = { readNs: 0, writeNs: 0, identicalReadsMax: Infinity } as const;
const WORD = 0x1_0000_0000n;

export class DiffSide {
  readonly target: Target;
  readonly #plan: DiffPlan;
  #world!: World;
  #hardware!: PciHardware;
  #port!: PciPort;
  #scene!: DiffScene;
  #mapping!: DmaMapping;
  #level = false;
  #messages = 0;
  #gone: string | undefined;

  constructor(target: Target, plan: DiffPlan) {
    this.target = target;
    this.#plan = plan;
  }

  /** A fresh device, prepared. */
  async open(interrupts: Program['interrupts']): Promise<void> {
    const { pace } = this.target;
    this.#world = new World({ seed: 0, settle: async () => {}, ...(pace && { pace }) });
    this.#hardware = onBus('pci', this.target.open(this.#world));
    const { function: pci, peer } = this.#hardware;
    this.#port = new PciPort(this.#world, pci, FREE);
    const buffer = pci.memory.allocate(BUFFER_BYTES, 4096);
    this.#mapping = pci.memory.map(buffer, 0, BUFFER_BYTES, RIGHTS);
    this.#gone = undefined;
    this.#level = false;
    this.#messages = 0;
    pci.listen({
      level: (level) => (this.#level = level),
      message: () => this.#messages++,
    });
    const pass = async (ns: number): Promise<void> => {
      this.#world.advance(ns);
      await pace?.idle(this.#world.now, this.#world.now);
    };
    this.#scene = { function: pci, peer, buffer, pass };
    if (interrupts === 'msi') pci.route('msi', 1);
    await this.#plan.prepare(this.#scene);
  }

  async perform(program: Program, index: number): Promise<Answer> {
    const step = program.steps[index];
    if (step === undefined) throw new RangeError(`The program has no step ${index}.`);
    this.#messages = 0;
    this.#hardware.peer?.forget();
    let value = 0n;
    try {
      value = await this.#do(step);
      await this.#plan.settle(this.#scene, program, index);
    } catch (error) {
      if (!(error instanceof TargetUnavailable)) throw error;
    }
    this.#gone = this.#hardware.lost?.()?.message;
    const gone = this.#gone;
    const { peer } = this.#hardware;
    return {
      value,
      level: this.#level,
      messages: this.#messages,
      heard: peer === undefined || gone !== undefined ? [] : [...peer.received()],
      memory: step.kind === 'wait' ? [...this.#scene.buffer.read(0, BUFFER_BYTES)] : [],
      gone,
    };
  }

  /** The last accesses, as the report shows them. */
  journal(): JournalEntry[] {
    const { journal } = this.#world;
    return entriesAround(journal, this.#hardware.maps, journal.count - 1);
  }

  async #do(step: Step): Promise<bigint> {
    const port = this.#port;
    switch (step.kind) {
      case 'read': {
        const low = port.read(step.bar, step.offset, step.size);
        const high = step.size === 8 ? port.high : 0;
        return this.#common(BigInt(high) * WORD + BigInt(low));
      }
      case 'write':
        port.write(
          step.bar,
          step.offset,
          step.size,
          Number(step.value % WORD),
          Number(step.value / WORD),
        );
        return 0n;
      case 'write-address':
        port.write(step.bar, step.offset, step.size, this.#mapping.address + step.plus);
        return 0n;
      case 'config-read':
        return BigInt(port.configRead(step.offset, step.size));
      case 'config-write':
        port.configWrite(step.offset, step.size, step.value);
        return 0n;
      case 'fill':
        this.#scene.buffer.write(step.at, Uint8Array.from(step.bytes));
        return 0n;
      case 'wait':
        await this.#scene.pass(step.ns);
        return 0n;
      case 'send':
        this.#hardware.peer?.send(step.bytes);
        return 0n;
    }
  }

  /** An address in our buffer, as if that lay where both sides agree. */
  #common(value: bigint): bigint {
    const { address, length } = this.#mapping;
    const offset = value - BigInt(address);
    return offset >= 0n && offset < BigInt(length) ? BUFFER_AT + offset : value;
  }
}
