/** What a driver of QEMU's education device offers its clients. */
export interface EduDevice {
  /** Major and minor version from the identification register. */
  identify(): { major: number; minor: number } | Promise<{ major: number; minor: number }>;
  /** Writes a pattern to the liveness register and compares what comes back. */
  checkLiveness(pattern: number): boolean | Promise<boolean>;
  /**
   * n! for 0 .. 12; larger results do not fit 32 bits.
   * @throws kIOReturnBadArgument without touching the device.
   */
  factorial(n: number): Promise<number>;
  /**
   * Copies bytes into the device's buffer of 4096 bytes, or out of it, by DMA.
   * @throws kIOReturnBadArgument when they do not fit, without touching the device.
   */
  copyIn(offset: number, bytes: Uint8Array): Promise<void>;
  copyOut(offset: number, length: number): Promise<Uint8Array>;
  /** Makes the device interrupt with these status bits, and waits until that was handled. */
  interruptSelfTest(bits: number): Promise<void>;
  statistics(): EduStatistics | Promise<EduStatistics>;
}

export interface EduStatistics {
  /** Interrupts handled, and those of them with no status bit set. */
  readonly interrupts: number;
  readonly spurious: number;
  readonly timeouts: number;
}

/** Every method, by name: what a client can call. */
export const EDU_DEVICE_METHODS = [
  'identify',
  'checkLiveness',
  'factorial',
  'copyIn',
  'copyOut',
  'interruptSelfTest',
  'statistics',
] as const satisfies readonly (keyof EduDevice)[];
