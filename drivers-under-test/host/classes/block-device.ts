/**
 * What a driver of block storage offers its clients. A *unit* is one medium behind the driver (an
 * NVMe namespace, a SCSI logical unit), counted from 0. Blocks are those of the unit's geometry.
 * Calls may overlap without limit; every one ends exactly once. After Stop, while asleep and when
 * the device is gone each fails with kIOReturnOffline (kIOReturnNoDevice once it is known to be
 * gone) without touching the device.
 */
import type { IOBufferMemoryDescriptor } from '../io-buffer-memory-descriptor.ts';

export interface BlockGeometry {
  /** Bytes of a block: a power of two, 512 or more. */
  readonly blockBytes: number;
  readonly blocks: number;
  /** Blocks that one read or write moves at the most. */
  readonly maxTransferBlocks: number;
  /** Blocks that are written whole or not at all, whatever happens to the power; 1 or more. */
  readonly atomicBlocks: number;
  readonly readOnly: boolean;
  /** A completed write may still be in a volatile cache: flush or FUA make it last. */
  readonly volatileCache: boolean;
}

export interface BlockIdentity {
  readonly vendor: string;
  readonly product: string;
  readonly revision: string;
  readonly serial: string;
}

/** A piece of host memory. A transfer goes through its pieces in order, as if they were one. */
export interface BlockSegment {
  readonly buffer: IOBufferMemoryDescriptor;
  readonly offset: number;
  readonly length: number;
}

export interface BlockRange {
  readonly lba: number;
  readonly blocks: number;
}

export type BlockEvent =
  | { readonly kind: 'temperature' | 'spare' | 'reliability' | 'read-only' | 'backup-failed' }
  /** The unit's geometry changed, or units came or went. */
  | { readonly kind: 'media-changed'; readonly unit: number }
  /** The driver reset the device to recover; requests in flight were issued again or failed. */
  | { readonly kind: 'recovered' };

export interface BlockStatistics {
  readonly reads: number;
  readonly writes: number;
  readonly flushes: number;
  /** Requests that ended with an error. */
  readonly errors: number;
  readonly timeouts: number;
  readonly aborts: number;
  readonly resets: number;
  /** Answers of the device that belong to no request, or that make no sense. */
  readonly strays: number;
  readonly interrupts: number;
  readonly spurious: number;
}

export interface BlockDevice {
  units(): number | Promise<number>;
  geometry(unit: number): BlockGeometry | Promise<BlockGeometry>;
  identity(unit: number): BlockIdentity | Promise<BlockIdentity>;
  /**
   * Fills the segments, together a multiple of the block size, from `lba` on. Segments begin at any
   * multiple of four bytes in their buffers.
   * @throws kIOReturnBadArgument when it is empty, too long, out of range or no whole blocks,
   * without touching the device; kIOReturnNotReadable and kIOReturnIOError for what the medium
   * says; kIOReturnTimeout when the device did not answer and recovery failed too
   */
  read(unit: number, lba: number, segments: readonly BlockSegment[]): Promise<void>;
  /**
   * As `read`; with `fua` the data last when it ends.
   * @throws kIOReturnNotWritable, kIOReturnNoSpace besides
   */
  write(
    unit: number,
    lba: number,
    segments: readonly BlockSegment[],
    options?: { readonly fua?: boolean },
  ): Promise<void>;
  /** Everything whose write had completed before lasts when this ends. */
  flush(unit: number): Promise<void>;
  /**
   * The contents are no longer needed. Each block then reads as before, as zeros, or as ones, and
   * the same from then on. @throws kIOReturnUnsupported where the ICS has no `trim`
   */
  trim(unit: number, ranges: readonly BlockRange[]): Promise<void>;
  /** @throws kIOReturnUnsupported where the ICS has no `writeZeroes` */
  writeZeroes(unit: number, range: BlockRange): Promise<void>;
  /** The next event; undefined when the timeout (virtual nanoseconds) passes first. */
  nextEvent(timeoutNs: number): Promise<BlockEvent | undefined>;
  statistics(): BlockStatistics | Promise<BlockStatistics>;
  /**
   * Erases the unit and gives it this block size. Requests in flight end first, new ones wait.
   * @throws kIOReturnUnsupported where the ICS has no `format`, or the device not this size
   */
  format(unit: number, blockBytes: number): Promise<void>;
  /**
   * Loads an image (a multiple of four bytes) and activates it with a reset.
   * @throws kIOReturnUnsupported where the ICS has no `firmware`; kIOReturnBadMedia when the device
   * refuses the image, which then leaves the old firmware running
   */
  updateFirmware(image: Uint8Array): Promise<void>;
}

/** Every method, by name: what a client can call. */
export const BLOCK_DEVICE_METHODS = [
  'units',
  'geometry',
  'identity',
  'read',
  'write',
  'flush',
  'trim',
  'writeZeroes',
  'nextEvent',
  'statistics',
  'format',
  'updateFirmware',
] as const satisfies readonly (keyof BlockDevice)[];
