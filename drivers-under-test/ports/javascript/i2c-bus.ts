/**
 * The npm module `i2c-bus` (5.2.3), as far as the drivers here use it, over a device of ours.
 * Its synchronous calls block the whole program; errors carry the codes that Linux gives
 * (Documentation/i2c/fault-codes.rst, secondary).
 */
import type { I2cPart, IOI2CDevice } from '../../host/io-i2c-device.ts';
import { IOReturnError, type IOReturnName } from '../../host/io-return.ts';

const CODES: Readonly<Partial<Record<IOReturnName, string>>> = {
  kIOReturnNotResponding: 'ENXIO',
  kIOReturnIOError: 'EIO',
  kIOReturnBusy: 'EAGAIN',
  kIOReturnTimeout: 'ETIMEDOUT',
  kIOReturnOffline: 'EBUSY',
};

/** An error as Node.js makes it of errno. */
export class SystemError extends Error {
  readonly code: string;
  readonly syscall = 'ioctl';
  /** What our bus said. */
  readonly codeName: IOReturnName;

  constructor(code: string, cause: IOReturnError) {
    super(`${code}: ${cause.message}`, { cause });
    this.code = code;
    this.codeName = cause.codeName;
  }
}

/** What `readI2cBlock` resolves with. */
export interface BlockRead {
  readonly bytesRead: number;
  readonly buffer: Uint8Array;
}

/**
 * The whole module, for packages that require it by name: its promises only. As in Linux transfers
 * of several calls take turns, and the adapter frees a bus that is stuck, once the transfer failed.
 * @param own the one address at which something is
 */
export function i2cBusModule(device: IOI2CDevice, own: number) {
  const transfer = async (address: number, parts: readonly I2cPart[]): Promise<Uint8Array> => {
    try {
      if (address !== own) throw new IOReturnError('kIOReturnNotResponding', 'nobody is there');
      const [bytes] = await device.Transfer(parts);
      return bytes ?? new Uint8Array(0);
    } catch (error) {
      if (isStuck(error)) await device.RecoverBus().catch(() => {});
      throw asSystemError(error);
    }
  };
  const bus = {
    async readByte(address: number, command: number): Promise<number> {
      const read = await transfer(address, [{ write: Uint8Array.of(command) }, { read: 1 }]);
      return read[0] ?? 0;
    },
    async writeByte(address: number, command: number, byte: number): Promise<void> {
      await transfer(address, [{ write: Uint8Array.of(command, byte) }]);
    },
    async readI2cBlock(
      address: number,
      command: number,
      length: number,
      buffer: Uint8Array,
    ): Promise<BlockRead> {
      const parts = [{ write: Uint8Array.of(command) }, { read: length }];
      buffer.set(await transfer(address, parts));
      return { bytesRead: length, buffer };
    },
    async close(): Promise<void> {},
  };
  return { openPromisified: async () => bus };
}

/** @param own the one address at which something is */
export function i2cBus(device: IOI2CDevice, own: number) {
  const transfer = (address: number, part: I2cPart): Uint8Array => {
    try {
      if (address !== own) throw new IOReturnError('kIOReturnNotResponding', 'nobody is there');
      return device.TransferNow([part])[0] ?? new Uint8Array(0);
    } catch (error) {
      throw asSystemError(error);
    }
  };
  return {
    i2cWriteSync(address: number, length: number, buffer: Uint8Array): number {
      transfer(address, { write: Uint8Array.from(buffer.subarray(0, length)) });
      return length;
    },
    i2cReadSync(address: number, length: number, buffer: Uint8Array): number {
      buffer.set(transfer(address, { read: length }));
      return length;
    },
    closeSync(): void {},
  };
}

function isStuck(error: unknown): boolean {
  return error instanceof IOReturnError && error.codeName === 'kIOReturnOffline';
}

function asSystemError(error: unknown): unknown {
  if (!(error instanceof IOReturnError)) return error;
  const code = CODES[error.codeName];
  return code === undefined ? error : new SystemError(code, error);
}
