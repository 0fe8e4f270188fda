/** An SSD1306 panel at its bus, without a driver. */
import type { I2cFaultPlan } from '../../../sim/faults/i2c-plan.ts';
import { withI2cFaults } from '../../../sim/faults/faulty-i2c-bus.ts';
import { I2cPort } from '../../../sim/buses/i2c/port.ts';
import type { I2cOutcome } from '../../../sim/buses/i2c/bus.ts';
import type { Scene } from '../../scene.ts';
import { expect } from '../../expect.ts';
import { dotsOf, HEIGHT, WIDTH } from '../display/facts.ts';

/** Control bytes: all that follows is commands, or data. */
const COMMANDS = 0x00;
const DATA = 0x40;
export const MODE = { horizontal: 0, vertical: 1, page: 2 } as const;

export class Bare {
  readonly #scene: Scene;
  readonly #port: I2cPort;

  /** @param faults of the bus */
  constructor(scene: Scene, faults: I2cFaultPlan = []) {
    this.#scene = scene;
    this.#port = new I2cPort(scene.world, withI2cFaults(scene.i2c.i2c, faults, scene.world));
  }

  send(...bytes: readonly number[]): Promise<I2cOutcome> {
    return this.to(this.#scene.i2c.address, ...bytes);
  }

  to(address: number, ...bytes: readonly number[]): Promise<I2cOutcome> {
    return this.#port.transfer([{ address, write: Uint8Array.from(bytes) }]);
  }

  async commands(...bytes: readonly number[]): Promise<void> {
    expect.equal((await this.send(COMMANDS, ...bytes)).end, 'done', 'a transfer of commands');
  }

  async data(...bytes: readonly number[]): Promise<void> {
    expect.equal((await this.send(DATA, ...bytes)).end, 'done', 'a transfer of data');
  }

  async status(): Promise<number> {
    const { address } = this.#scene.i2c;
    const { read } = await this.#port.transfer([{ address, read: 1 }]);
    return read[0]?.[0] ?? -1;
  }

  recover(): Promise<boolean> {
    return this.#port.recover();
  }

  /**
   * As drivers set the usual module up: page 0 on top, column 0 on the left, all dark, on; with
   * horizontal addressing and the pointer at the beginning.
   */
  async setUp(): Promise<void> {
    await this.commands(0xae, 0xa8, 0x3f, 0xd3, 0x00, 0x40, 0xa1, 0xc8, 0xa4, 0xa6);
    await this.window(0, WIDTH - 1, 0, HEIGHT / 8 - 1);
    await this.data(...new Uint8Array((WIDTH * HEIGHT) / 8));
    await this.commands(0xaf);
  }

  /** Horizontal addressing from here on. */
  window(left: number, right: number, top: number, bottom: number): Promise<void> {
    return this.commands(0x20, MODE.horizontal, 0x21, left, right, 0x22, top, bottom);
  }

  /** Where it shines, as `x,y`, row by row. */
  get lit(): string[] {
    return [...dotsOf(this.#scene)].flatMap((dot, at) =>
      dot === 1 ? [`${at % WIDTH},${Math.floor(at / WIDTH)}`] : [],
    );
  }

  get contrast(): number | undefined {
    return this.#scene.device.contrast?.();
  }
}
