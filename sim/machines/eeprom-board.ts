/** A 24Cxx EEPROM alone on an I2C bus, with its write-protect pin on a line of the board. */
import { GpioLine } from '../buses/gpio/line.ts';
import { SimI2cBus } from '../buses/i2c/sim-bus.ts';
import type { World } from '../kernel/world.ts';
import { Eeprom } from '../devices/24cxx/model.ts';
import { PARTS, type PartName } from '../devices/24cxx/registers.ts';
import type { I2cBoard } from './board.ts';

/** Control code 1010; chip select pins low, or the first block. */
const ADDRESS = 0x50;
const FAST_MODE_HZ = 400_000;

export function eepromBoard(world: World, name: PartName): I2cBoard {
  const i2c = new SimI2cBus(world, { clockHz: FAST_MODE_HZ });
  const writeProtect = new GpioLine(world, 'WP', { number: 0, pull: 'down' });
  const eeprom = new Eeprom(world, PARTS[name], writeProtect);
  eeprom.blocks.forEach((block, index) => i2c.attach(ADDRESS + index, block));
  return {
    bus: 'i2c',
    compatible: `microchip,${name}`,
    i2c,
    address: ADDRESS,
    lines: new Map([['WP', writeProtect]]),
    maps: new Map(),
    coverage: new Map(),
    cutPower: () => eeprom.cutPower(),
  };
}
