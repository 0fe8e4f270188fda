import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RegisterBank } from './bank.ts';
import type { RegisterMap } from './declare.ts';
import { accesses, maps } from './register-arbitraries.ts';

describe('coverage', () => {
  const map = {
    name: 'm',
    width: 8,
    sizes: [1, 2],
    registers: {
      MODE: {
        at: 0,
        fields: {
          M: { bits: [1, 0], values: { OFF: 0, ON: 1, AUTO: 2 } },
          BUSY: { bits: [4, 4], access: 'RO' },
        },
      },
      FLAGS: { at: 1, access: 'W1C', reset: 0x0f },
    },
  } as const satisfies RegisterMap;

  test('counts accesses, sizes, values and effects, and only bits that exist', () => {
    const bank = new RegisterBank(map);
    bank.write(0, 1, 0x01);
    bank.read(0, 1);
    bank.write(1, 1, 0x03);
    bank.write(1, 1, 0x03);
    bank.read(0, 2);
    expect(bank.coverage.record().registers).toEqual([
      {
        name: 'MODE',
        reads: 2,
        writes: 1,
        sizes: [2, 1, 0, 0],
        ones: [0x01],
        zeros: [0x12],
        values: { M: ['ON'] },
        effects: {},
      },
      {
        name: 'FLAGS',
        reads: 1,
        writes: 2,
        sizes: [2, 1, 0, 0],
        ones: [0x0f],
        zeros: [0xff],
        values: {},
        effects: { 'write-clear': 1 },
      },
    ]);
  });

  test('of two runs is joined as if they were one', () => {
    fc.assert(
      fc.property(maps(), accesses(), accesses(), (declaration, first, second) => {
        const run = (...parts: (typeof first)[]) => {
          const bank = new RegisterBank(declaration);
          for (const steps of parts) {
            bank.reset();
            for (const { side, offset, size, low, high } of steps) {
              if (side === 'read') bank.read(offset, size);
              else bank.write(offset, size, low, high);
            }
          }
          return bank.coverage;
        };
        // A reset that keeps nothing makes the second part begin like a new bank.
        const registers = Object.entries(declaration.registers).map(([name, register]) => {
          const { fields = {}, ...rest } = register;
          const kept = Object.entries(fields).map(([key, field]) => [
            key,
            { ...field, keptBy: [] },
          ]);
          return [
            name,
            { ...rest, keptBy: [], ...(register.fields && { fields: Object.fromEntries(kept) }) },
          ];
        });
        declaration = { ...declaration, registers: Object.fromEntries(registers) };
        const joint = run(first);
        joint.merge(run(second));
        expect(joint.record()).toEqual(run(first, second).record());
      }),
      { numRuns: 50 },
    );
  });

  test('of different maps is not joined', () => {
    const { coverage } = new RegisterBank(map);
    expect(() => coverage.merge(new RegisterBank({ ...map, name: 'other' }).coverage)).toThrow(
      'Coverage of other cannot join m.',
    );
  });
});
