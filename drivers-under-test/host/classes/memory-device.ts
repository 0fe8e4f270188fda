/**
 * What a driver of a small non-volatile memory (an EEPROM) offers its clients. Offsets and lengths
 * in bytes. Calls may overlap; each ends exactly once. After Stop and while asleep each that needs
 * the device fails with kIOReturnOffline, without touching it.
 */
export interface MemoryFacts {
  readonly bytes: number;
  /** Bytes that one write cycle programs at the most; a page begins at a multiple of it. */
  readonly pageBytes: number;
}

export interface MemoryStatistics {
  readonly reads: number;
  readonly writes: number;
  /** Write cycles that the device was asked for. */
  readonly cycles: number;
  /** Asked whether a write cycle is over, and it was not. */
  readonly polls: number;
  readonly retries: number;
  readonly errors: number;
}

export interface MemoryDevice {
  facts(): MemoryFacts | Promise<MemoryFacts>;
  /**
   * @throws kIOReturnBadArgument when it leaves the memory, without touching the device;
   * kIOReturnNotResponding when the device does not answer, kIOReturnIOError when the bus fails for
   * good
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * Whatever the page boundaries. When it ends the bytes last.
   * @throws as `read`; kIOReturnNotWritable where the device is write-protected and the driver can
   * know; kIOReturnTimeout when a write cycle does not end
   */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  statistics(): MemoryStatistics | Promise<MemoryStatistics>;
}

/** Every method, by name: what a client can call. */
export const MEMORY_DEVICE_METHODS = [
  'facts',
  'read',
  'write',
  'statistics',
] as const satisfies readonly (keyof MemoryDevice)[];
