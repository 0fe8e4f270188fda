/** One of two targets compared by register accesses: performs them and says what they show. */
import { PciPort } from '../../sim/buses/pci/port.ts';
import { World } from '../../sim/kernel/world.ts';
import type { DmaBuffer, DmaMapping, PciFunction } from '../../sim/buses/pci/function.ts';
import type { SerialFarEnd } from '../../sim/buses/uart/peer.ts';
import type { JournalEntry } from '../../reports/verdict.ts';
import type { Answer, DiffSide } from '../divergence.ts';
import { type AccessProgram, BUFFER_AT, type Step } from '../generators/access-steps.ts';
import { type PciHardware, type Target, TargetUnavailable, onBus } from '../target.ts';
import { entriesAround } from './journal-entries.ts';

/** One target in a program of accesses. */
export interface AccessScene {
  readonly function: PciFunction;
  readonly peer: SerialFarEnd | undefined;
  readonly buffer: DmaBuffer;
  /** Lets this much time pass, or just what is due now. */
  pass(ns: number): Promise<void>;
}

/** What a device needs before the first step, and after each. */
export interface AccessCare {
  /** Brings the target to the first state; nothing of it is compared. */
  prepare(scene: AccessScene): Promise<void>;
  /** Waits until the device has come to rest. */
  settle(scene: AccessScene, program: AccessProgram, index: number): Promise<void>;
}

/** Bytes of the DMA buffer that programs use. */
const BUFFER_BYTES = 64;
const RIGHTS = { deviceReads: true, deviceWrites: true, maxAddressBits: 28 } as const;
/** The steps alone make time pass here. */
const FREE = { readNs: 0, writeNs: 0, identicalReadsMax: Infinity } as const;
const WORD = 0x1_0000_0000n;

export class AccessSide implements DiffSide<AccessProgram> {
  readonly #target: Target;
  readonly #care: AccessCare;
  #world!: World;
  #hardware!: PciHardware;
  #port!: PciPort;
  #scene!: AccessScene;
  #mapping!: DmaMapping;
  #level = false;
  #messages = 0;
  #gone: string | undefined;

  constructor(target: Target, care: AccessCare) {
    this.#target = target;
    this.#care = care;
  }

  /** A fresh device, prepared. */
  async open({ interrupts }: AccessProgram): Promise<void> {
    const { pace } = this.#target;
    this.#world = new World({ seed: 0, settle: async () => {}, ...(pace && { pace }) });
    this.#hardware = onBus('pci', this.#target.open(this.#world));
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
    await this.#care.prepare(this.#scene);
  }

  async perform(program: AccessProgram, index: number): Promise<Answer> {
    const step = program.steps[index];
    if (step === undefined) throw new RangeError(`The program has no step ${index}.`);
    this.#messages = 0;
    this.#hardware.peer?.forget();
    let value = 0n;
    try {
      value = await this.#do(step);
      await this.#care.settle(this.#scene, program, index);
    } catch (error) {
      if (!(error instanceof TargetUnavailable)) throw error;
    }
    this.#gone = this.#hardware.lost?.()?.message;
    const gone = this.#gone !== undefined;
    const { peer } = this.#hardware;
    const heard = peer === undefined || gone ? [] : peer.received();
    const waited = step.kind === 'wait';
    return {
      parts: [
        { name: 'target', value: gone ? 'the device is gone' : 'the device is there' },
        { name: 'value', value },
        { name: 'INTx', value: this.#level ? 'raised' : 'low' },
        { name: 'messages', value: BigInt(this.#messages) },
        { name: 'heard', value: Uint8Array.from(heard) },
        { name: 'memory', value: this.#scene.buffer.read(0, waited ? BUFFER_BYTES : 0) },
      ],
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
