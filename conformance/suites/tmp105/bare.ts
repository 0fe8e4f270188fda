/** A TMP105 at its bus, without a driver. */
import { I2cPort } from '../../../sim/buses/i2c/port.ts';
import type { I2cOutcome } from '../../../sim/buses/i2c/bus.ts';
import type { Scene } from '../../scene.ts';
import { warm, word } from '../temperature-sensor/facts.ts';

export const CONFIGURATION = 1;
/** Three conversions of nine bits. */
export const SOON_NS = 90_000_000;

export class Bare {
  readonly #scene: Scene;
  readonly #port: I2cPort;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#port = new I2cPort(scene.world, scene.i2c.i2c);
  }

  write(...bytes: number[]): Promise<I2cOutcome> {
    return this.to(this.#scene.i2c.address, ...bytes);
  }

  to(address: number, ...bytes: number[]): Promise<I2cOutcome> {
    return this.#port.transfer([{ address, write: Uint8Array.from(bytes) }]);
  }

  from(address: number, length: number): Promise<I2cOutcome> {
    return this.#port.transfer([{ address, read: length }]);
  }

  /** What the pointer points at, from there. */
  async readOn(length: number): Promise<Uint8Array | undefined> {
    return (await this.from(this.#scene.i2c.address, length)).read[0];
  }

  async word(pointer: number): Promise<number> {
    await this.write(pointer);
    return word(await this.readOn(2));
  }

  async configuration(): Promise<number> {
    await this.write(CONFIGURATION);
    return (await this.readOn(1))?.[0] ?? -1;
  }

  get alertIsHigh(): boolean | undefined {
    return this.#scene.i2c.lines.get('ALERT')?.level;
  }

  /** It becomes so warm, and the device sees it. */
  async warm(millidegrees: number): Promise<void> {
    warm(this.#scene, millidegrees);
    await this.#scene.pass(SOON_NS);
  }
}
