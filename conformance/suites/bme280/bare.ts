/** A BME280 at its bus, without a driver. Values of the data sheet are restated. */
import { I2cPort } from '../../../sim/buses/i2c/port.ts';
import type { Scene } from '../../scene.ts';
import { MILD, surround, type Weather } from '../environment-sensor/facts.ts';
import { type Held, compensate, type Compensated } from './compensation.ts';

export const Register = {
  trimLow: 0x88,
  id: 0xd0,
  reset: 0xe0,
  trimHigh: 0xe1,
  humidity: 0xf2,
  status: 0xf3,
  control: 0xf4,
  config: 0xf5,
  data: 0xf7,
} as const;
export const DATA_RESET = [0x80, 0, 0, 0x80, 0, 0, 0x80, 0];
/** Bits of the status. */
export const MEASURING = 0x08;
export const UPDATING = 0x01;
export const RESET_WORD = 0xb6;
/** What a transfer of ten bytes takes, and the rounding of times. */
export const TRANSFER_NS = 300_000;
/** The start-up time; one sample of each, typical and at most (section 9.1). */
export const STARTED_NS = 2_000_000;
export const SINGLE_NS = { typical: 8_000_000, max: 9_300_000 };
/** One sample of temperature and pressure, by mode. */
export const control = (mode: number, samples = 1): number => samples * 32 + samples * 4 + mode;
export const FORCED = 1;
export const NORMAL = 3;

export class Bare {
  readonly #scene: Scene;
  readonly #port: I2cPort;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#port = new I2cPort(scene.world, scene.i2c.i2c);
  }

  /** Past its start-up, in mild weather. */
  static async of(scene: Scene, weather: Weather = MILD): Promise<Bare> {
    const { ambient } = scene.i2c;
    if (ambient?.setAir !== undefined) surround(scene, weather);
    await scene.pass(STARTED_NS);
    return new Bare(scene);
  }

  /** @returns how it ended */
  async write(...bytes: number[]): Promise<string> {
    const { address } = this.#scene.i2c;
    return (await this.#port.transfer([{ address, write: Uint8Array.from(bytes) }])).end;
  }

  async read(from: number, length: number): Promise<Uint8Array> {
    const { address } = this.#scene.i2c;
    const outcome = await this.#port.transfer([
      { address, write: Uint8Array.of(from) },
      { address, read: length },
    ]);
    return outcome.read[0] ?? new Uint8Array(0);
  }

  async byte(from: number): Promise<number> {
    return (await this.read(from, 1))[0] ?? -1;
  }

  /** As numbers, for comparisons. */
  async data(): Promise<number[]> {
    return [...(await this.read(Register.data, DATA_RESET.length))];
  }

  async held(): Promise<Held> {
    // First what changes.
    const data = await this.read(Register.data, 8);
    const low = await this.read(Register.trimLow, 26);
    return { low, high: await this.read(Register.trimHigh, 7), data };
  }

  async compensated(): Promise<Compensated> {
    return compensate(await this.held());
  }

  /** One sample of each, once. */
  async measure(settings = control(FORCED)): Promise<void> {
    await this.write(Register.humidity, 1);
    await this.write(Register.control, settings);
    await this.#scene.pass(SINGLE_NS.max);
  }
}
