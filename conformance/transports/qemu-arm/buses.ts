/** The board's controllers behind the contracts of buses, in the world's time. */
import {
  type I2cBus,
  type I2cMessage,
  type I2cOutcome,
  checkMessages,
} from '../../../sim/buses/i2c/bus.ts';
import {
  type SpiBus,
  type SpiMode,
  type SpiSegment,
  checkSegments,
} from '../../../sim/buses/spi/bus.ts';
import type { World } from '../../../sim/kernel/world.ts';
import type { AspeedI2c } from './aspeed-i2c.ts';
import type { AspeedSmc } from './aspeed-smc.ts';

/** Runs what reaches QEMU; undefined once QEMU has died. */
export type Guard = <T>(what: string, action: () => T) => T | undefined;

const FAST_MODE_HZ = 400_000;
const DEFAULT_SPI_HZ = 10_000_000;
const BITS_OF_BYTE = 8;
const IDLE = 0xff;

/** Nobody answers at a dead board. */
const DEAD: I2cOutcome = { end: 'no-address', message: 0, bytes: 0, read: [] };

/** What is on the wires happens at the beginning, and takes its time then. */
export function i2cBus(world: World, controller: () => AspeedI2c, guard: Guard): I2cBus {
  let isBusy = false;
  return {
    clockHz: FAST_MODE_HZ,
    transfer(messages: readonly I2cMessage[], done) {
      checkMessages(messages);
      if (isBusy) throw new RangeError('A transfer is under way; wait for its end.');
      isBusy = true;
      world.after(0, () => {
        const performed = guard('an I2C transfer', () => controller().perform(messages));
        const { outcome, clocks } = performed ?? { outcome: DEAD, clocks: 0 };
        world.after(Math.ceil((clocks * 1e9) / FAST_MODE_HZ), () => {
          isBusy = false;
          done(outcome);
        });
      });
    },
    // Nothing on this board ever holds SDA.
    recover: (done) => void world.after(0, () => done(true)),
  };
}

/** @param select the chip select with something on it */
export function spiBus(
  world: World,
  { controller, select: occupied }: { controller: AspeedSmc; select: number },
  guard: Guard,
): SpiBus {
  const modes = new Map<number, SpiMode>();
  let isBusy = false;
  return {
    configure(select, mode) {
      if (mode.mode !== 0) throw new RangeError('The AST2500 has mode 0 only.');
      modes.set(select, mode);
    },
    transfer(select, segments, done) {
      checkSegments(segments);
      if (segments.some(({ write, read }) => write !== undefined && read !== undefined)) {
        throw new RangeError('The AST2500 cannot read while it writes: use two segments.');
      }
      if (isBusy) throw new RangeError('A transaction is under way; wait for its end.');
      isBusy = true;
      world.after(0, () => {
        const there = select === occupied;
        const exchange = (): Uint8Array[] => controller.exchange(segments);
        const seen = there ? guard('an SPI transaction', exchange) : undefined;
        const clockHz = modes.get(select)?.clockHz ?? DEFAULT_SPI_HZ;
        world.after(Math.ceil((clocksOf(segments) * 1e9) / clockHz), () => {
          isBusy = false;
          done(seen ?? idle(segments));
        });
      });
    },
  };
}

function clocksOf(segments: readonly SpiSegment[]): number {
  let clocks = 0;
  for (const { write, read = 0, lines = 1 } of segments) {
    clocks += ((write?.length ?? read) * BITS_OF_BYTE) / lines;
  }
  return clocks;
}

function idle(segments: readonly SpiSegment[]): Uint8Array[] {
  return segments.flatMap(({ read }) =>
    read === undefined ? [] : [new Uint8Array(read).fill(IDLE)],
  );
}
