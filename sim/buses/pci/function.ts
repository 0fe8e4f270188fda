/**
 * The contract of the PCI bus: one function as the host sees it, whatever makes it reachable
 * (a model in this process, QEMU, VFIO). Faults, rules and drivers are written against it.
 *
 * Offsets and sizes in bytes, addresses as numbers up to 2^53. A function never throws for what
 * hardware would answer: nobody home reads as all ones, a lost write is lost.
 */

/** Names of the memory types as in PCIDriverKit's GetBARInfo. */
export const BAR_KINDS = ['M32', 'M32PF', 'M64', 'M64PF', 'IO'] as const;
export type BarKind = (typeof BAR_KINDS)[number];

export interface BarInfo {
  readonly kind: BarKind;
  readonly size: number;
  /** Where the host's enumeration put it. */
  readonly address: number;
}

/** Memory of the host that a device may reach once it is mapped. */
export interface DmaBuffer {
  readonly length: number;
  /**
   * Where it lies in the host's memory, below 2^32: names its bytes in the journal (`BufferRead`,
   * `BufferWrite`, and `high` of `DmaMap`). Where it is absent, double fetches cannot be seen.
   */
  readonly address?: number;
  /** The memory itself, where it lies in this process: what is done to it is not recorded. */
  readonly bytes?: Uint8Array;
  read(offset: number, length: number): Uint8Array;
  write(offset: number, bytes: Uint8Array): void;
  free(): void;
}

/** A live window through the IOMMU: the device may use `address` until `unmap`. */
export interface DmaMapping {
  readonly address: number;
  readonly length: number;
  unmap(): void;
}

/** What a device may do inside a mapping. */
export interface DmaRights {
  readonly deviceReads: boolean;
  readonly deviceWrites: boolean;
  /** Highest address bit that the device can drive. */
  readonly maxAddressBits: number;
}

export interface DmaMemory {
  /** @throws RangeError when the length is not 1 .. the target's limit, or memory is used up. */
  allocate(length: number, alignment: number): DmaBuffer;
  map(buffer: DmaBuffer, offset: number, length: number, rights: DmaRights): DmaMapping;
  /** Mappings that are live now, by address. */
  live(): readonly DmaMapping[];
  /**
   * A copy of mapped memory by its I/O address, for rules: nothing is recorded. Undefined where
   * nothing, or not all of it, is mapped.
   */
  peek(address: number, length: number): Uint8Array | undefined;
}

/** How a function signals: INTx is a level, MSI and MSI-X are messages by vector. */
export interface InterruptListener {
  level(asserted: boolean): void;
  message(vector: number): void;
}

export type ResetKind = 'function' | 'hot';

export interface PciFunction {
  /** By BAR index 0 .. 5; the upper half of a 64-bit BAR is undefined. */
  readonly bars: readonly (BarInfo | undefined)[];
  readonly memory: DmaMemory;
  configRead(offset: number, size: 1 | 2 | 4): number;
  configWrite(offset: number, size: 1 | 2 | 4, value: number): void;
  /** Of eight bytes the upper half is left in `high`. */
  read(bar: number, offset: number, size: 1 | 2 | 4 | 8): number;
  write(bar: number, offset: number, size: 1 | 2 | 4 | 8, value: number, high?: number): void;
  /** Upper half of the last eight-byte read. */
  readonly high: number;
  /** False when this function cannot be reset so. */
  reset(kind: ResetKind): boolean;
  /** One listener; the host's interrupt controller. */
  listen(listener: InterruptListener): void;
  /**
   * Routes the messages of MSI (one capability) or MSI-X (a table in a BAR) to the listener, as a
   * platform's interrupt controller would program them, and turns the mechanism on; `none` turns
   * both off, which leaves INTx. False when the function lacks it.
   */
  route(mechanism: 'none' | 'msi' | 'msix', vectors: number): boolean;
}
