/**
 * What surrounds QEMU's tmp105: the temperature, which QMP sets, and its ALERT output, which qtest
 * reports. The device measures at once, whatever its configuration.
 */
import { GpioLine } from '../../../sim/buses/gpio/line.ts';
import type { I2cBus } from '../../../sim/buses/i2c/bus.ts';
import type { World } from '../../../sim/kernel/world.ts';
import type { Ambient } from '../../../sim/machines/board.ts';
import type { Qemu } from '../qemu-qtest/qemu.ts';
import { setAmbient } from './board.ts';
import type { Guard } from './buses.ts';

/** The device's only output. */
const ALERT_LINE = 0;
/** A step of its finest resolution, in millidegrees; and the range that QEMU takes. */
const STEP = 62.5;
const LOWEST = -128_000;
const HIGHEST = 127_999;

export class QemuSensor {
  readonly alert: GpioLine;
  readonly #qemu: () => Qemu;
  readonly #guard: Guard;
  #millidegrees: number | undefined;

  /** @param qemu the process that runs now */
  constructor(world: World, qemu: () => Qemu, guard: Guard) {
    this.alert = new GpioLine(world, 'ALERT', { number: 0, pull: 'up' });
    this.#qemu = qemu;
    this.#guard = guard;
  }

  readonly ambient: Ambient = {
    set: (millidegrees) => {
      // QEMU takes whole ones and rounds towards zero: hand it what has the step that we mean.
      const step = Math.ceil(Math.floor(millidegrees / STEP) * STEP);
      this.#millidegrees = Math.min(Math.max(step, LOWEST), HIGHEST);
      this.again();
    },
  };

  /** Another process feels the same temperature. */
  again(): void {
    const millidegrees = this.#millidegrees;
    this.#guard('a temperature', () => {
      if (millidegrees !== undefined) setAmbient(this.#qemu(), millidegrees);
    });
    this.#look();
  }

  /** The bus, and after each transfer a look at ALERT. */
  watching(bus: I2cBus): I2cBus {
    return {
      clockHz: bus.clockHz,
      recover: (done) => bus.recover(done),
      transfer: (messages, done) =>
        bus.transfer(messages, (outcome) => {
          this.#look();
          done(outcome);
        }),
    };
  }

  #look(): void {
    const isHigh = this.#qemu().qtest.irqLevels[ALERT_LINE] === 1;
    this.alert.drive(this, isHigh ? 'released' : 'low');
  }
}
