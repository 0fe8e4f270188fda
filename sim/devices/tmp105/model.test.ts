import { setImmediate as settled } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { GpioLine } from '../../buses/gpio/line.ts';
import { World } from '../../kernel/world.ts';
import { Tmp105 } from './model.ts';

const ADDRESS = 0x48;
const MS = 1_000_000;
const CONVERSION_MS = 27.5;
const TM = 0x02;

function sensor() {
  const world = new World({ seed: 1, settle: () => settled() });
  const alert = new GpioLine(world, 'ALERT', { number: 0, pull: 'up' });
  const model = new Tmp105(world, ADDRESS, alert);
  const write = (...bytes: number[]) => {
    model.start(false);
    for (const byte of bytes) model.write(byte);
    model.stop();
  };
  const read = (pointer: number, length: number) => {
    write(pointer);
    model.start(true);
    const bytes = Array.from({ length }, () => model.read());
    model.stop();
    return bytes;
  };
  const pass = (ms: number) => world.advance(ms * MS);
  return { world, alert, model, write, read, pass };
}

describe('a sensor left alone', () => {
  test('has no event once its conversions change nothing', async () => {
    const { world } = sensor();
    const end = await world.run(() => new Promise(() => {}));
    expect(end).toEqual({ end: 'stuck' });
    expect(world.now).toBe(CONVERSION_MS * MS);
  });

  test('goes on in its rhythm when the temperature changes', () => {
    const { model, read, pass } = sensor();
    pass(10.5 * CONVERSION_MS);
    model.ambient = 50_000;
    pass(0.4 * CONVERSION_MS);
    expect(read(0, 2)).toEqual([0x19, 0x00]);
    pass(0.2 * CONVERSION_MS);
    expect(read(0, 2)).toEqual([0x32, 0x00]);
  });

  test('has no event while a latched alert is not read', async () => {
    const { world, model, write } = sensor();
    write(1, TM);
    model.ambient = 90_000;
    expect(await world.run(() => new Promise(() => {}))).toEqual({ end: 'stuck' });
    expect(world.now).toBe(2 * CONVERSION_MS * MS);
  });
});

describe('registers', () => {
  test('take one byte of two as the upper one', () => {
    const { write, read } = sensor();
    write(3, 0x12);
    expect(read(3, 2)).toEqual([0x12, 0x00]);
  });

  test('ignore bytes too many, and read as ones beyond their end', () => {
    const { write, read } = sensor();
    write(2, 0x12, 0x30, 0x77);
    expect(read(2, 3)).toEqual([0x12, 0x30, 0xff]);
    expect(read(1, 2)).toEqual([0x00, 0xff]);
  });

  test('shut down when the conversion under way is complete', () => {
    const { model, write, read, pass } = sensor();
    pass(CONVERSION_MS);
    write(1, 0x01);
    model.ambient = 50_000;
    pass(CONVERSION_MS);
    model.ambient = 60_000;
    pass(10 * CONVERSION_MS);
    expect(read(0, 2)).toEqual([0x32, 0x00]);
  });

  test('keep a conversion going that OS asks for again', () => {
    const { model, write, read, pass } = sensor();
    write(1, 0x01);
    pass(CONVERSION_MS);
    write(1, 0x81);
    pass(0.9 * CONVERSION_MS);
    write(1, 0x81);
    model.ambient = 50_000;
    pass(0.2 * CONVERSION_MS);
    expect(read(0, 2)).toEqual([0x32, 0x00]);
  });
});

describe('the thermostat', () => {
  test('counts faults in a row only', () => {
    const { model, alert, write, pass } = sensor();
    write(1, 0x08);
    pass(CONVERSION_MS);
    for (const millidegrees of [90_000, 20_000, 90_000]) {
      model.ambient = millidegrees;
      pass(CONVERSION_MS);
    }
    expect(alert.level).toBe(true);
    pass(CONVERSION_MS);
    expect(alert.level).toBe(false);
  });

  test('begins anew when TM changes', () => {
    const { model, alert, write, pass } = sensor();
    model.ambient = 90_000;
    pass(CONVERSION_MS);
    expect(alert.level).toBe(false);
    write(1, TM);
    expect(alert.level).toBe(true);
    pass(CONVERSION_MS);
    expect(alert.level).toBe(false);
  });

  test('answers an alert response in comparator mode without an end of the alert', () => {
    const { model, alert, pass } = sensor();
    model.ambient = 90_000;
    pass(CONVERSION_MS);
    expect(model.alertResponse.start(true)).toBe(true);
    expect(model.alertResponse.read(true)).toBe(ADDRESS * 2 + 1);
    expect(alert.level).toBe(false);
  });

  test('lets the address of the alert response be written by nobody', () => {
    const { model, pass } = sensor();
    model.ambient = 90_000;
    pass(CONVERSION_MS);
    expect(model.alertResponse.start(false)).toBe(false);
  });
});

test('a general call knows two commands, and no reads', () => {
  const { model } = sensor();
  expect(model.generalCall.start(true)).toBe(false);
  expect(model.generalCall.write(0x06)).toBe(true);
  expect(model.generalCall.write(0x04)).toBe(true);
  expect(model.generalCall.write(0x05)).toBe(false);
});
