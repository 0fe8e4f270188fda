/** A W25Q flash alone on an SPI bus, with its write-protect pin on a line of the board. */
import { GpioLine } from '../buses/gpio/line.ts';
import { SimSpiBus } from '../buses/spi/sim-bus.ts';
import type { World } from '../kernel/world.ts';
import { SpiNor } from '../devices/spi-nor/model.ts';
import { type NorName, PARTS } from '../devices/spi-nor/parts.ts';
import type { SpiBoard } from './board.ts';

const SELECT = 0;

export function flashBoard(world: World, name: NorName): SpiBoard {
  const spi = new SimSpiBus(world);
  const writeProtect = new GpioLine(world, 'WP', { number: 0, pull: 'up' });
  const flash = new SpiNor(world, PARTS[name], writeProtect);
  spi.attach(SELECT, flash);
  return {
    bus: 'spi',
    compatible: 'jedec,spi-nor',
    spi,
    select: SELECT,
    lines: new Map([['WP', writeProtect]]),
    maps: new Map([[0, flash.status.bank.map]]),
    coverage: new Map([[0, flash.status.bank.coverage]]),
    cutPower: () => flash.cutPower(),
  };
}
