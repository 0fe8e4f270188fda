/** The device's own way to host memory: what stops it is a fault in the journal. */
import { EventKind, type Journal } from '../../kernel/journal.ts';
import type { Iommu } from './iommu.ts';

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
    const bytes = this.#reach(address, length, 'read');
    if (bytes === undefined) return undefined;
    this.#journal.recordBytes(EventKind.DmaRead, 0, address, bytes);
    return bytes.slice();
  }

  /** Fills `into`; false, and nothing changed, when the device may not reach the memory. */
  readInto(address: number, into: Uint8Array): boolean {
    const bytes = this.#reach(address, into.length, 'read');
    if (bytes === undefined) return false;
    this.#journal.recordBytes(EventKind.DmaRead, 0, address, bytes);
    into.set(bytes);
    return true;
  }

  /** False, and nothing written, when the device may not reach it. */
  write(address: number, bytes: Uint8Array): boolean {
    const target = this.#reach(address, bytes.length, 'write');
    if (target === undefined) return false;
    target.set(bytes);
    this.#journal.recordBytes(EventKind.DmaWrite, 0, address, bytes);
    return true;
  }

  #reach(address: number, length: number, access: 'read' | 'write'): Uint8Array | undefined {
    if (!this.#gate.isPresent()) return undefined;
    if (!this.#gate.mayMaster()) {
      this.#journal.record(EventKind.DmaFault, DmaStop.NoMaster, address, length);
      return undefined;
    }
    const reached = this.#memory.reach(address, length, access);
    if (typeof reached !== 'string') return reached;
    const why = reached === 'unmapped' ? DmaStop.Unmapped : DmaStop.Direction;
    this.#journal.record(EventKind.DmaFault, why, address, length);
    this.#gate.aborted();
    return undefined;
  }
}
