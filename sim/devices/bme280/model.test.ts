import { expect, it } from 'vitest';
import { SimI2cBus } from '../../buses/i2c/sim-bus.ts';
import type { I2cOutcome } from '../../buses/i2c/bus.ts';
import { Random } from '../../kernel/random.ts';
import { World } from '../../kernel/world.ts';
import { Bme280 } from './model.ts';
import { convert, fineTemperature, humidity, pressure } from './transducer.ts';
import { drawTrim, EXAMPLE, highBytes, lowBytes } from './trim.ts';

const ADDRESS = 0x76;

/** A sensor past its start-up, at its bus. */
function bench() {
  const world = new World({ seed: 1, settle: async () => {} });
  const i2c = new SimI2cBus(world, { clockHz: 400_000 });
  const sensor = new Bme280(world);
  i2c.attach(ADDRESS, sensor);
  const transfer = (...messages: Parameters<SimI2cBus['transfer']>[0]): I2cOutcome => {
    let seen: I2cOutcome | undefined;
    i2c.transfer(messages, (outcome) => (seen = outcome));
    world.advance(10e6);
    return seen as I2cOutcome;
  };
  const write = (...bytes: number[]) =>
    transfer({ address: ADDRESS, write: Uint8Array.from(bytes) }).end;
  const read = (from: number, length: number): number[] => {
    const { read: all } = transfer(
      { address: ADDRESS, write: Uint8Array.of(from) },
      { address: ADDRESS, read: length },
    );
    return [...(all[0] ?? [])];
  };
  world.advance(2e6);
  return { world, sensor, write, read };
}

it('computes the worked example of the data sheet: 25.08 degrees, 100653 pascals', () => {
  const fine = fineTemperature(EXAMPLE, 519_888);
  expect(fine / 5120).toBeCloseTo(25.08, 2);
  expect(pressure(EXAMPLE, 415_148, fine)).toBeCloseTo(100_653.27, 0);
});

it('converts an environment into what compensates to it, for any part', () => {
  const random = new Random(7, 'parts');
  for (let part = 0; part < 50; part++) {
    const trim = drawTrim(random);
    const environment = { celsius: part - 20, pascals: 40_000 + part * 1000, percent: part };
    const adc = convert(trim, environment);
    const fine = fineTemperature(trim, adc.temperature);
    expect(fine / 5120).toBeCloseTo(environment.celsius, 6);
    expect(pressure(trim, adc.pressure, fine)).toBeCloseTo(environment.pascals, 3);
    expect(humidity(trim, adc.humidity, fine)).toBeCloseTo(environment.percent, 6);
  }
});

it('holds its trimming words as Table 16 says', () => {
  const trim = { ...EXAMPLE, h: [75, 362, 1, -313, -50, -30] };
  expect([...lowBytes(trim).subarray(0, 6)]).toEqual([0x70, 0x6b, 0x43, 0x67, 0x18, 0xfc]);
  expect(lowBytes(trim)[25]).toBe(75);
  // -313 is EC7h, -50 is FCEh in twelve bits.
  expect([...highBytes(trim).subarray(0, 7)]).toEqual([0x6a, 0x01, 0x01, 0xec, 0xe7, 0xfc, 0xe2]);
});

it('measures when it is forced, and sleeps again', () => {
  const { write, read } = bench();
  expect(read(0xf7, 3)).toEqual([0x80, 0, 0]);
  expect(write(0xf2, 1, 0xf4, 0x25)).toBe('done');
  expect(read(0xf4, 1)).toEqual([0x24]);
  const [first] = read(0xf7, 1);
  expect(first).not.toBe(0x80);
});

it('catches up with any number of measurements when somebody looks', () => {
  const { world, sensor, write, read } = bench();
  write(0xf5, 0x10);
  write(0xf2, 1, 0xf4, 0x27);
  const before = read(0xf7, 8);
  sensor.environment = { celsius: 50, pascals: 90_000, percent: 10 };
  world.advance(3600e9);
  const after = read(0xf7, 8);
  expect(after).not.toEqual(before);
  world.advance(3600e9);
  expect(read(0xf7, 8)).toEqual(after);
});

it('has parts of its own for other seeds', () => {
  const words = [1, 2].map((seed) => {
    const world = new World({ seed, settle: async () => {} });
    const sensor = new Bme280(world);
    world.advance(2e6);
    sensor.start(false);
    sensor.write(0x88);
    sensor.start(true);
    return sensor.read();
  });
  expect(words[0]).not.toBe(words[1]);
});
