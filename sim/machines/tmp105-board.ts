/** A TMP105 alone on an I2C bus, with its ALERT output on a line of the board. */
import { GpioLine } from '../buses/gpio/line.ts';
import { SimI2cBus } from '../buses/i2c/sim-bus.ts';
import type { World } from '../kernel/world.ts';
import { compile } from '../registers/compile.ts';
import { Tmp105 } from '../devices/tmp105/model.ts';
import { ALERT_RESPONSE, GENERAL_CALL, registers } from '../devices/tmp105/registers.ts';
import type { I2cBoard } from './board.ts';

/** A0 is low. */
const ADDRESS = 0x48;
const FAST_MODE_HZ = 400_000;

export function tmp105Board(world: World): I2cBoard {
  const i2c = new SimI2cBus(world, { clockHz: FAST_MODE_HZ });
  const alert = new GpioLine(world, 'ALERT', { number: 0, pull: 'up' });
  const sensor = new Tmp105(world, ADDRESS, alert);
  i2c.attach(ADDRESS, sensor);
  i2c.attach(ALERT_RESPONSE, sensor.alertResponse);
  i2c.attach(GENERAL_CALL, sensor.generalCall);
  return {
    bus: 'i2c',
    compatible: 'ti,tmp105',
    i2c,
    address: ADDRESS,
    lines: new Map([['ALERT', alert]]),
    maps: new Map([[0, compile(registers)]]),
    coverage: new Map([[0, sensor.bank.coverage]]),
    ambient: { set: (millidegrees) => (sensor.ambient = millidegrees) },
    cutPower: () => sensor.cutPower(),
  };
}
