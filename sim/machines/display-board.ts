/** A display of 128 x 64 dots alone on an I2C bus. */
import { SimI2cBus } from '../buses/i2c/sim-bus.ts';
import { Ssd1306 } from '../devices/ssd1306/model.ts';
import type { World } from '../kernel/world.ts';
import type { I2cBoard } from './board.ts';

/** SA0 low (section 8.1.5). */
const ADDRESS = 0x3c;
const FAST_MODE_HZ = 400_000;

export function displayBoard(world: World): I2cBoard {
  const i2c = new SimI2cBus(world, { clockHz: FAST_MODE_HZ });
  const display = new Ssd1306(world);
  i2c.attach(ADDRESS, display);
  return {
    bus: 'i2c',
    compatible: 'solomon,ssd1306',
    i2c,
    address: ADDRESS,
    lines: new Map(),
    maps: new Map(),
    coverage: new Map(),
    picture: () => display.picture(),
    contrast: () => display.contrast,
  };
}
