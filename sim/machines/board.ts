/** An assembly of a bus of messages, a device on it, and the lines of the board. */
import type { GpioLine } from '../buses/gpio/line.ts';
import type { I2cBus } from '../buses/i2c/bus.ts';
import type { Picture } from '../buses/panel/picture.ts';
import type { SpiBus } from '../buses/spi/bus.ts';
import type { CompiledMap } from '../registers/compile.ts';
import type { RegisterCoverage } from '../registers/coverage.ts';

/** What is around the devices. */
export interface Ambient {
  /** The temperature, in millidegrees Celsius. */
  set(millidegrees: number): void;
  /** Pressure and relative humidity, in percent. */
  setAir?(pascals: number, percent: number): void;
}

interface BoardBase {
  /** What a device tree would call the device: drivers match by it. */
  readonly compatible: string;
  readonly lines: ReadonlyMap<string, GpioLine>;
  readonly maps: ReadonlyMap<number, CompiledMap>;
  readonly coverage: ReadonlyMap<number, RegisterCoverage>;
  /** Power fails and comes back: what was not durable is lost. */
  cutPower?(): void;
  /** What a display shows; and how bright, 0 .. 255. */
  picture?(): Picture;
  contrast?(): number;
  /** Where a device feels it. */
  readonly ambient?: Ambient;
}

export interface I2cBoard extends BoardBase {
  readonly bus: 'i2c';
  readonly i2c: I2cBus;
  readonly address: number;
}

export interface SpiBoard extends BoardBase {
  readonly bus: 'spi';
  readonly spi: SpiBus;
  readonly select: number;
}

export type Board = I2cBoard | SpiBoard;
