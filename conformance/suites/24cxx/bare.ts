/** A 24Cxx EEPROM at its bus, without a driver. Sizes are restated. */
import { withI2cFaults } from '../../../sim/faults/faulty-i2c-bus.ts';
import type { I2cFaultPlan } from '../../../sim/faults/i2c-plan.ts';
import { I2cPort } from '../../../sim/buses/i2c/port.ts';
import type { I2cMessage, I2cOutcome } from '../../../sim/buses/i2c/bus.ts';
import { expect, Inconclusive } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { CYCLE_NS } from '../memory-device/facts.ts';

interface Size {
  readonly bytes: number;
  readonly pageBytes: number;
  readonly addressBytes: number;
}

/** By what follows the vendor in `compatible`. */
const SIZES: Readonly<Record<string, Size>> = {
  '24c02': { bytes: 256, pageBytes: 8, addressBytes: 1 },
  '24c16': { bytes: 2048, pageBytes: 16, addressBytes: 1 },
  '24c32': { bytes: 4096, pageBytes: 32, addressBytes: 2 },
  '24c64': { bytes: 8192, pageBytes: 32, addressBytes: 2 },
  '24c256': { bytes: 32_768, pageBytes: 64, addressBytes: 2 },
};

export class Bare {
  readonly size: Size;
  readonly #scene: Scene;
  readonly #port: I2cPort;

  /** @param faults of the bus */
  constructor(scene: Scene, faults: I2cFaultPlan = []) {
    const name = scene.i2c.compatible.split(',')[1] ?? '';
    const size = SIZES[name];
    if (size === undefined) throw new Inconclusive(`No size of ${name} is known.`);
    this.size = size;
    this.#scene = scene;
    this.#port = new I2cPort(scene.world, withI2cFaults(scene.i2c.i2c, faults, scene.world));
  }

  address(at: number): number[] {
    return this.size.addressBytes === 1 ? [at % 256] : [Math.floor(at / 256), at % 256];
  }

  /** What the word address cannot say is in the device address. */
  #device(at: number): number {
    return this.#scene.i2c.address + Math.floor(at / 256 ** this.size.addressBytes);
  }

  write(bytes: Iterable<number>, at = 0): Promise<I2cOutcome> {
    return this.#port.transfer([{ address: this.#device(at), write: Uint8Array.from(bytes) }]);
  }

  /** Program, and wait for the cycle. */
  async program(at: number, bytes: Iterable<number>): Promise<void> {
    const { end } = await this.write([...this.address(at), ...bytes], at);
    expect.equal(end, 'done', 'the transfer of a write');
    await this.#scene.pass(CYCLE_NS);
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    const address = this.#device(at);
    const write = Uint8Array.from(this.address(at));
    const { end, read } = await this.#port.transfer([
      { address, write },
      { address, read: length },
    ]);
    expect.equal(end, 'done', 'the transfer of a read');
    return read[0] ?? new Uint8Array(0);
  }

  recover(): Promise<boolean> {
    return this.#port.recover();
  }

  /** Messages as they are. */
  transfer(...messages: readonly I2cMessage[]): Promise<I2cOutcome> {
    return this.#port.transfer(messages);
  }

  async readOn(length: number): Promise<Uint8Array> {
    const { address } = this.#scene.i2c;
    const { read } = await this.#port.transfer([{ address, read: length }]);
    return read[0] ?? new Uint8Array(0);
  }
}
