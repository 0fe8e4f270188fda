/**
 * IOI2CDevice: the provider of a driver for a device on an I2C bus. DriverKit has no family for
 * this bus; the class is named and behaves in the manner of its others (exclusive Open, errors by
 * kIOReturn code), with the messages of Linux's I2C_RDWR (secondary source).
 */
import type { GpioLine } from '../../sim/buses/gpio/line.ts';
import type { I2cEnd, I2cMessage, I2cOutcome } from '../../sim/buses/i2c/bus.ts';
import type { I2cPort } from '../../sim/buses/i2c/port.ts';
import { fail, type IOReturnName } from './io-return.ts';
import { BoardLines } from './board-lines.ts';
import { IOMessageDevice } from './io-message-device.ts';
import type { ServiceHost } from './service-host.ts';

export interface I2cPlace {
  readonly port: I2cPort;
  readonly address: number;
  readonly compatible: string;
  readonly lines: ReadonlyMap<string, GpioLine>;
}

/**
 * A message to this device, whose address is known; `block`: so many addresses above it, for parts
 * that answer at several.
 */
export type I2cPart = ({ readonly write: Uint8Array } | { readonly read: number }) & {
  readonly block?: number;
};

const CODES: Readonly<Record<Exclude<I2cEnd, 'done'>, IOReturnName>> = {
  'no-address': 'kIOReturnNotResponding',
  'no-data': 'kIOReturnIOError',
  'arbitration-lost': 'kIOReturnBusy',
  stuck: 'kIOReturnOffline',
  timeout: 'kIOReturnTimeout',
};

export class IOI2CDevice extends IOMessageDevice {
  readonly lines: BoardLines;
  readonly #place: I2cPlace;

  constructor(host: ServiceHost, place: I2cPlace) {
    super(host, 'com.apple.developer.driverkit.transport.i2c');
    this.#place = place;
    this.lines = new BoardLines(host, place.lines);
    const { address, compatible } = place;
    this.publish({ IOClass: 'IOI2CDevice', compatible, IOI2CAddress: address });
  }

  /**
   * One transfer with repeated starts between its parts; in order with others.
   * @returns what the reading parts read
   * @throws kIOReturnNotOpen; kIOReturnNotResponding when nobody acknowledges the address,
   * kIOReturnIOError when a byte is not acknowledged, kIOReturnBusy when arbitration is lost,
   * kIOReturnOffline when the bus is stuck, kIOReturnTimeout when the clock is held too long
   */
  async Transfer(parts: readonly I2cPart[]): Promise<readonly Uint8Array[]> {
    this.checkOpen();
    const { port } = this.#place;
    return read(await this.answer(port.transfer(this.#messages(parts))));
  }

  /**
   * The same, and the driver's whole process waits for it: for foreign code whose calls block.
   * @throws as Transfer
   */
  TransferNow(parts: readonly I2cPart[]): readonly Uint8Array[] {
    this.checkOpen();
    return read(this.#place.port.transferNow(this.#messages(parts)));
  }

  #messages(parts: readonly I2cPart[]): I2cMessage[] {
    const { address } = this.#place;
    return parts.map(({ block = 0, ...part }) => ({ address: address + block, ...part }));
  }

  /** Nine clocks and a stop. @throws kIOReturnOffline when the bus stays stuck */
  async RecoverBus(): Promise<void> {
    this.checkOpen();
    const free = await this.answer(this.#place.port.recover());
    if (!free) fail('kIOReturnOffline', 'SDA stays low after nine clocks');
  }
}

function read({ end, message, read: bytes }: I2cOutcome): readonly Uint8Array[] {
  if (end === 'done') return bytes;
  return fail(CODES[end], `part ${message} of the transfer: ${end}`);
}
