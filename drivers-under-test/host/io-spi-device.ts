/**
 * IOSPIDevice: the provider of a driver for a device at a chip select of an SPI bus. DriverKit has
 * no family for this bus; the class is named and behaves in the manner of its others.
 */
import type { GpioLine } from '../../sim/buses/gpio/line.ts';
import type { SpiMode, SpiSegment } from '../../sim/buses/spi/bus.ts';
import type { SpiPort } from '../../sim/buses/spi/port.ts';
import { BoardLines } from './board-lines.ts';
import { IOMessageDevice } from './io-message-device.ts';
import type { ServiceHost } from './service-host.ts';

export interface SpiPlace {
  readonly port: SpiPort;
  readonly select: number;
  readonly compatible: string;
  readonly lines: ReadonlyMap<string, GpioLine>;
}

export class IOSPIDevice extends IOMessageDevice {
  readonly lines: BoardLines;
  readonly #place: SpiPlace;

  constructor(host: ServiceHost, place: SpiPlace) {
    super(host, 'com.apple.developer.driverkit.transport.spi');
    this.#place = place;
    this.lines = new BoardLines(host, place.lines);
    const { select, compatible } = place;
    this.publish({ IOClass: 'IOSPIDevice', compatible, IOSPISelect: select });
  }

  /** Mode and clock from the next transaction on. @throws kIOReturnNotOpen */
  Configure(mode: SpiMode): void {
    this.checkOpen();
    this.#place.port.configure(this.#place.select, mode);
  }

  /**
   * One transaction under one chip select; in order with others.
   * @returns what the reading segments read
   * @throws kIOReturnNotOpen
   */
  async Transfer(segments: readonly SpiSegment[]): Promise<readonly Uint8Array[]> {
    this.checkOpen();
    return this.answer(this.#place.port.transfer(this.#place.select, segments));
  }
}
