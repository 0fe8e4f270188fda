/**
 * What a driver of a NOR flash offers its clients. Offsets and lengths in bytes. Calls may overlap;
 * each ends exactly once. After Stop and while asleep each that needs the device fails with
 * kIOReturnOffline, without touching it.
 */
export interface FlashFacts {
  /** JEDEC id: manufacturer, memory type, capacity. */
  readonly id: readonly [number, number, number];
  readonly bytes: number;
  readonly pageBytes: number;
  /** Sizes that can be erased at once, smallest first. */
  readonly eraseBytes: readonly number[];
  readonly fourByteAddresses: boolean;
}

export interface FlashStatistics {
  readonly reads: number;
  readonly programs: number;
  readonly erases: number;
  /** Asked whether it is still busy. */
  readonly polls: number;
  readonly errors: number;
}

export interface FlashDevice {
  facts(): FlashFacts | Promise<FlashFacts>;
  /**
   * @throws kIOReturnBadArgument when it leaves the flash, without touching the device;
   * kIOReturnNoDevice once a call has found the flash gone
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /**
   * Clears bits, whatever the page boundaries; the bytes last when it ends. Nothing is erased.
   * @throws kIOReturnBadArgument; kIOReturnNotWritable where the area is protected;
   * kIOReturnIOError when the device says so or the bytes are not there afterwards;
   * kIOReturnTimeout when the device stays busy
   */
  program(offset: number, bytes: Uint8Array): Promise<void>;
  /**
   * All bits are ones afterwards. Offset and length are multiples of the smallest erase size.
   * @throws as `program`
   */
  erase(offset: number, length: number): Promise<void>;
  eraseAll(): Promise<void>;
  /**
   * Protects so many bytes from the first on, or none; sizes as the device has them.
   * @throws kIOReturnUnsupported
   */
  protect(bytes: number): Promise<void>;
  /** Bytes of the unique id. @throws kIOReturnUnsupported */
  uniqueId(): Promise<Uint8Array>;
  statistics(): FlashStatistics | Promise<FlashStatistics>;
}

/** Every method, by name: what a client can call. */
export const FLASH_DEVICE_METHODS = [
  'facts',
  'read',
  'program',
  'erase',
  'eraseAll',
  'protect',
  'uniqueId',
  'statistics',
] as const satisfies readonly (keyof FlashDevice)[];
