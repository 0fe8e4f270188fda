/** The device's own way to host memory: what stops it is a fault in the journal. */
import { EventKind, type Journal } from '../../kernel/journal.ts';
import type { Iommu, Stopped } from './iommu.ts';

/** `space` of `DmaFault` events: what stopped the device. */
export const DmaStop = { Unmapped: 0, Direction: 1, NoMaster: 2 } as const;
export type DmaStop = (typeof DmaStop)[keyof typeof DmaStop];

export interface DmaGate {
  isPresent(): boolean;
  /** Bus mastering is on and the function is awake. */
  mayMaster(): boolean;
  /** A transaction of the function was not claimed. */
  aborted(): void;
}

export class DeviceDma {
  readonly #journal: Journal;
  readonly #memory: Iommu;
  readonly #gate: DmaGate;

  constructor(journal: Journal, memory: Iommu, gate: DmaGate) {
    this.#journal = journal;
    this.#memory = memory;
    this.#gate = gate;
  }

  /** A copy of host memory, or undefined when the device may not reach it. */
  read(address: number, length: number): Uint8Array | undefined {
    const bytes = new Uint8Array(length);
    return this.readInto(address, bytes) ? bytes : undefined;
  }

  /** Fills `into`; false, and nothing changed, when the device may not reach the memory. */
  readInto(address: number, into: Uint8Array): boolean {
    if (!this.#maySend(address, into.length)) return false;
    const stopped = this.#memory.load(address, into);
    if (stopped !== undefined) return this.#stopped(stopped, address, into.length);
    this.#journal.recordBytes(EventKind.DmaRead, 0, address, into);
    return true;
  }

  /** False, and nothing written, when the device may not reach it. */
  write(address: number, bytes: Uint8Array): boolean {
    if (!this.#maySend(address, bytes.length)) return false;
    const stopped = this.#memory.store(address, bytes);
    if (stopped !== undefined) return this.#stopped(stopped, address, bytes.length);
    this.#journal.recordBytes(EventKind.DmaWrite, 0, address, bytes);
    return true;
  }

  #maySend(address: number, length: number): boolean {
    if (!this.#gate.isPresent()) return false;
    if (this.#gate.mayMaster()) return true;
    this.#journal.record(EventKind.DmaFault, DmaStop.NoMaster, address, length);
    return false;
  }

  #stopped(why: Stopped, address: number, length: number): false {
    const { Unmapped, Direction } = DmaStop;
    const code = why === 'unmapped' ? Unmapped : Direction;
    this.#journal.record(EventKind.DmaFault, code, address, length);
    this.#gate.aborted();
    return false;
  }
}
