import { describe, expect, expectTypeOf, test } from 'vitest';
import { RegisterBank } from './bank.ts';
import type { RegisterMap } from './declare.ts';
import { driverAccess } from './driver-access.ts';
import { halves, joined } from './split.ts';

const map = {
  name: 'm',
  width: 32,
  registers: {
    CTRL: {
      at: 0,
      reset: 0x100,
      fields: {
        EN: { bits: [0, 0] },
        MODE: { bits: [6, 4] },
        BUSY: { bits: [8, 8], access: 'RO' },
        GO: { bits: [9, 9], access: 'WO' },
        TOP: { bits: [31, 16] },
      },
    },
    ID: { at: 4, access: 'RO', reset: 0xffff_ffff },
    COMMAND: { at: 8, access: 'WO' },
    LANES: { at: 12, array: { count: 2, stride: 4 } },
    WIDE: { at: 24, width: 64, fields: { LOW: { bits: [19, 0] }, HIGH: { bits: [40, 20] } } },
    DRAIN: { at: 32, read: 'clear', write: 'ignore', reset: 3 },
    MIXED: {
      at: 36,
      access: 'RO',
      fields: { OPEN: { bits: [0, 0], write: 'value' }, SHUT: { bits: [1, 1] } },
    },
  },
} as const satisfies RegisterMap;

function attached() {
  const bank = new RegisterBank(map);
  const registers = driverAccess(map, {
    read: (offset, size) => bank.read(offset, size),
    write: (offset, size, value) => bank.write(offset, size, value),
    read64: (offset) => {
      const low = bank.read(offset, 8);
      return joined(low, bank.high);
    },
    write64: (offset, value) => bank.write(offset, 8, ...halves(value)),
  });
  return { bank, registers };
}

test('fields are read and written by name, one access each', () => {
  const { bank, registers } = attached();
  registers.CTRL.write({ EN: 1, MODE: 5, TOP: 0xffff });
  expect(registers.CTRL.fields()).toEqual({ EN: 1, MODE: 5, BUSY: 1, TOP: 0xffff });
  expect(registers.CTRL.get('TOP')).toBe(0xffff);
  const [ctrl] = bank.coverage.record().registers;
  expect(ctrl).toMatchObject({ reads: 2, writes: 1 });
});

test('an update changes the named fields only', () => {
  const { registers } = attached();
  registers.CTRL.write({ EN: 1, MODE: 5 });
  registers.CTRL.update({ MODE: 2 });
  expect(registers.CTRL.fields()).toMatchObject({ EN: 1, MODE: 2 });
});

test('32 bits are unsigned, 64 bits are bigint', () => {
  const { registers } = attached();
  expect(registers.ID.read()).toBe(0xffff_ffff);
  registers.WIDE.write({ LOW: 3, HIGH: 0x1f_ffff });
  expect(registers.WIDE.read()).toBe(0x1ff_fff0_0003n);
  expect(registers.WIDE.get('HIGH')).toBe(0x1f_ffff);
});

test('an array of registers is an array', () => {
  const { bank, registers } = attached();
  registers.LANES[1]?.write(7);
  expect(bank.registers.LANES[1]?.value).toBe(7);
});

describe('types', () => {
  const { registers } = attached();
  type Registers = typeof registers;

  test('what the declaration does not allow does not exist', () => {
    expectTypeOf<Registers['ID']>().not.toHaveProperty('write');
    expectTypeOf<Registers['COMMAND']>().not.toHaveProperty('read');
    expectTypeOf<Registers['DRAIN']>().not.toHaveProperty('write');
    expectTypeOf<Registers['DRAIN']>().toHaveProperty('read');
    expectTypeOf<Registers>().not.toHaveProperty('NOWHERE');
    expectTypeOf(registers.WIDE.read()).toBeBigInt();
    expectTypeOf(registers.CTRL.read()).toBeNumber();
    expectTypeOf(registers.CTRL.get).parameter(0).toEqualTypeOf<'EN' | 'MODE' | 'BUSY' | 'TOP'>();
    expectTypeOf(registers.MIXED.write)
      .parameter(0)
      .toEqualTypeOf<number | Readonly<{ OPEN?: number }>>();
  });

  test('misuse does not compile', () => {
    // @ts-expect-error BUSY is read-only.
    expect(() => registers.CTRL.write({ BUSY: 1 })).not.toThrow();
    // @ts-expect-error GO is write-only.
    expect(registers.CTRL.get('GO')).toBe(0);
    // @ts-expect-error SHUT takes the rights of its register.
    expect(() => registers.MIXED.write({ SHUT: 1 })).not.toThrow();
    // @ts-expect-error There is no such field.
    expect(() => registers.CTRL.write({ NOTHING: 1 })).toThrow('has no field named NOTHING');
    // @ts-expect-error A 64-bit register takes a bigint.
    expect(() => registers.WIDE.write(1)).not.toThrow();
  });
});
