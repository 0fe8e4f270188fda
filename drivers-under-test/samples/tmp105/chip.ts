/** The registers of a TMP105 over a bus that fails now and then. */
import { POINTER } from '../../../sim/devices/tmp105/registers.ts';
import type { I2cPart, IOI2CDevice } from '../../host/io-i2c-device.ts';
import { fail, IOReturnError, type IOReturnName } from '../../host/io-return.ts';
import { bytesOf, wordOf } from './encoding.ts';

/** Failures of the bus that one transfer, and mismatches that one access, may have. */
const TRIES_MAX = 4;
/** What the bus gets over. */
const PASSING: readonly IOReturnName[] = [
  'kIOReturnBusy',
  'kIOReturnIOError',
  'kIOReturnTimeout',
  'kIOReturnOffline',
  'kIOReturnNotResponding',
];

/** What the driver wants the writable registers to hold. */
export interface Wanted {
  readonly configuration: number;
  readonly low: number;
  readonly high: number;
}

export class Tmp105Chip {
  readonly #device: IOI2CDevice;

  constructor(device: IOI2CDevice) {
    this.#device = device;
  }

  /** Writes all of them until they read back so. @throws kIOReturnIOError when they do not */
  async put(wanted: Wanted): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      await this.#transfer([{ write: Uint8Array.of(POINTER.low, ...bytesOf(wanted.low)) }]);
      await this.#transfer([{ write: Uint8Array.of(POINTER.high, ...bytesOf(wanted.high)) }]);
      await this.configure(wanted.configuration);
      if ((await this.look(wanted)).isIntact) return;
    }
    fail('kIOReturnIOError', 'the device does not keep what is written');
  }

  /** One write of the configuration, not looked at. */
  async configure(configuration: number): Promise<void> {
    await this.#transfer([{ write: Uint8Array.of(POINTER.configuration, configuration) }]);
  }

  /**
   * The temperature register, twice the same, and whether the others are as wanted.
   * @throws kIOReturnIOError when it changes from one look to the next for ever
   */
  async look(wanted: Wanted): Promise<{ temperature: number; isIntact: boolean }> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const [first, configuration, low, high, second] = await this.#transfer([
        ...reading(POINTER.temperature, 2),
        ...reading(POINTER.configuration, 1),
        ...reading(POINTER.low, 2),
        ...reading(POINTER.high, 2),
        ...reading(POINTER.temperature, 2),
      ]);
      if (wordOf(first) !== wordOf(second)) continue;
      const isIntact =
        configuration?.[0] === wanted.configuration &&
        wordOf(low) === wanted.low &&
        wordOf(high) === wanted.high;
      // What one look finds wrong may have been the bus.
      if (isIntact || tries > 0) return { temperature: wordOf(first), isIntact };
    }
    return fail('kIOReturnIOError', 'the temperature is never twice the same');
  }

  /** One transfer, again after what the bus gets over: doing it twice is harmless. */
  async #transfer(parts: readonly I2cPart[]): Promise<readonly Uint8Array[]> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#device.Transfer(parts);
      } catch (error) {
        if (tries === TRIES_MAX || !(error instanceof IOReturnError)) throw error;
        if (!PASSING.includes(error.codeName)) throw error;
        if (error.codeName === 'kIOReturnOffline') await this.#device.RecoverBus();
      }
    }
  }
}

function reading(pointer: number, length: number): I2cPart[] {
  return [{ write: Uint8Array.of(pointer) }, { read: length }];
}
