/** A BME280 alone on an I2C bus. */
import { SimI2cBus } from '../buses/i2c/sim-bus.ts';
import { Bme280 } from '../devices/bme280/model.ts';
import { registers } from '../devices/bme280/registers.ts';
import type { World } from '../kernel/world.ts';
import { compile } from '../registers/compile.ts';
import type { I2cBoard } from './board.ts';

/** SDO is low (section 6.2). */
const ADDRESS = 0x76;
const FAST_MODE_HZ = 400_000;

export function bme280Board(world: World): I2cBoard {
  const i2c = new SimI2cBus(world, { clockHz: FAST_MODE_HZ });
  const sensor = new Bme280(world);
  i2c.attach(ADDRESS, sensor);
  return {
    bus: 'i2c',
    compatible: 'bosch,bme280',
    i2c,
    address: ADDRESS,
    lines: new Map(),
    maps: new Map([[0, compile(registers)]]),
    coverage: new Map([[0, sensor.bank.coverage]]),
    ambient: {
      set: (millidegrees) =>
        (sensor.environment = { ...sensor.environment, celsius: millidegrees / 1000 }),
      setAir: (pascals, percent) =>
        (sensor.environment = { ...sensor.environment, pascals, percent }),
    },
    cutPower: () => sensor.cutPower(),
  };
}
