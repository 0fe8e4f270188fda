import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Random } from '../../../sim/kernel/random.ts';
import { RegisterBank } from '../../../sim/registers/bank.ts';
import { compile } from '../../../sim/registers/compile.ts';
import type { RegisterDeclaration, RegisterMap } from '../../../sim/registers/declare.ts';
import { READ_EFFECTS, WRITE_EFFECTS } from '../../../sim/registers/effects.ts';
import { maps } from '../../../sim/registers/register-arbitraries.ts';
import { registerChecks } from './checks.ts';
import { exclusions } from './exclusions.ts';
import type { RegisterFinding } from './probe.ts';
import { type RegisterTarget, bankTarget } from './target.ts';

function run(target: RegisterTarget): RegisterFinding[] {
  return registerChecks.flatMap((check) => check.run(target, new Random(1, check.id)));
}

/** The checks that a device as `actual` declares fails, judged by `map`. */
function killers(map: RegisterMap, actual: RegisterMap): string[] {
  return registerChecks
    .filter(({ id, run: check }) => {
      const target = bankTarget(new RegisterBank(actual), compile(map));
      return check(target, new Random(1, id)).length > 0;
    })
    .map(({ id }) => id);
}

test('a bank passes every check of its own map', () => {
  fc.assert(
    fc.property(maps(), (map) => {
      expect(run(bankTarget(new RegisterBank(map)))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

describe('a device with another policy', () => {
  const policies = READ_EFFECTS.flatMap((read) => WRITE_EFFECTS.map((write) => ({ read, write })));
  const one = (policy: { read: string; write: string }, reset: number): RegisterMap => ({
    name: 'one',
    width: 32,
    registers: {
      // The neighbours make the register readable and writable, whatever the field is.
      R: {
        at: 0,
        fields: {
          KEPT: { bits: [3, 0] },
          F: { bits: [11, 8], reset, ...(policy as { read: 'none'; write: 'ignore' }) },
        },
      },
    },
  });

  // What a read of a field without a readable value returns is nobody's fault.
  test.each(policies.filter(({ read }) => read !== 'none'))(
    'than read $read, write $write is caught',
    (declared) => {
      const survivors = policies.filter(
        (actual) => actual !== declared && killers(one(declared, 5), one(actual, 5)).length === 0,
      );
      expect(survivors).toEqual([]);
    },
  );
});

const sample = {
  name: 'sample',
  width: 32,
  domains: ['power', 'soft'],
  sizes: [1, 2, 4],
  pages: ['main', 'other'],
  pageBy: ['SELECT', 'PAGE'],
  registers: {
    ID: { at: 0, access: 'RO', reset: 0x1234_5678 },
    CTRL: {
      at: 4,
      fields: { EN: { bits: [0, 0] }, MODE: { bits: [9, 8], reset: 2, keptBy: ['soft'] } },
    },
    DATA: { at: 8, array: { count: 3, stride: 4 } },
    WIDE: { at: 24, width: 64, sizes: [8], reset: 0x8000_0000_0000_0001n },
    NARROW: { at: 32, width: 16, sizes: [2] },
    SELECT: { at: 36, fields: { PAGE: { bits: [31, 31] } } },
    FRONT: { at: 40, page: 'main' },
    BACK: { at: 40, page: 'other', reset: 7 },
    SINK: { at: 44, access: 'WO' },
    COUNT: { at: 48, access: 'RO', volatile: true },
    GO: { at: 52, exclude: { rw: 'starts the machine', all: 'starts the machine' } },
  },
} as const satisfies RegisterMap;

function changed(name: string, change: RegisterDeclaration | object): RegisterMap {
  const registers: Record<string, RegisterDeclaration> = { ...sample.registers };
  registers[name] = { ...(registers[name] as RegisterDeclaration), ...change };
  return { ...sample, registers };
}

const { EN, MODE } = sample.registers.CTRL.fields;

test.each<[what: string, actual: RegisterMap, killer: string]>([
  ['another reset value', changed('ID', { reset: 0x1234_5679 }), 'hw-reset'],
  ['another reset value above bit 31', changed('WIDE', { reset: 1 }), 'hw-reset'],
  ['another reset value of a field', changed('CTRL', { reset: 0x200, fields: { EN } }), 'hw-reset'],
  [
    'a field that every reset clears',
    changed('CTRL', { fields: { EN, MODE: { bits: [9, 8], reset: 2 } } }),
    'hw-reset',
  ],
  ['a register that a reset keeps', changed('NARROW', { keptBy: ['soft'] }), 'hw-reset'],
  ['a narrower register', changed('NARROW', { width: 8, sizes: [1, 2] }), 'hw-reset'],
  ['a field that is one bit short', changed('DATA', { fields: { LOW: { bits: [30, 0] } } }), 'rw'],
  ['a read-only register', changed('DATA', { access: 'RO' }), 'rw'],
  [
    'a field in another place',
    changed('CTRL', { fields: { EN: { bits: [1, 1] }, MODE } }),
    'bit-bash',
  ],
  [
    'a reserved bit that can be written',
    changed('CTRL', { fields: undefined, reset: 0x200 }),
    'reserved',
  ],
  ['a reserved bit that reads as one', changed('CTRL', { reset: 0x8000_0200 }), 'reserved'],
  ['a register in another place', changed('NARROW', { at: 34 }), 'rw'],
  ['a narrow access more', changed('NARROW', { sizes: [1, 2] }), 'access-size'],
  ['a narrow access less', changed('DATA', { sizes: [4] }), 'access-size'],
  ['another byte order', { ...sample, endian: 'big' }, 'access-size'],
  ['unaligned access', { ...sample, unaligned: true }, 'access-size'],
  ['another answer to what it refuses', { ...sample, refused: 'zeros' }, 'access-size'],
  ['a read that clears', changed('DATA', { access: 'WRC' }), 'read-effects'],
  ['pages that are one', changed('SELECT', { fields: { PAGE: { bits: [30, 30] } } }), 'hw-reset'],
])('a device with %s is caught', (_, actual, killer) => {
  expect(killers(sample, actual)).toContain(killer);
});

test('two registers that are one are caught by aliasing alone', () => {
  const bank = new RegisterBank(sample);
  const target = bankTarget(bank);
  const one = (offset: number) => (offset === 12 ? 16 : offset);
  const alias: RegisterTarget = {
    ...target,
    read: (offset, size) => target.read(one(offset), size),
    write: (offset, size, value) => target.write(one(offset), size, value),
  };
  const killed = registerChecks.filter((check) => check.run(alias, new Random(1, '')).length > 0);
  expect(killed.map(({ id }) => id)).toContain('aliasing');
});

test('a device that behaves as declared is not blamed', () => {
  expect(killers(sample, sample)).toEqual([]);
});

test('excluded registers are not touched, and are listed with the reason', () => {
  const bank = new RegisterBank(sample);
  run(bankTarget(bank));
  const go = bank.coverage.record().registers.find(({ name }) => name === 'GO');
  expect(go).toMatchObject({ reads: 0, writes: 0 });
  expect(exclusions(bank.map)).toContainEqual({
    register: 'GO',
    test: 'all',
    reason: 'starts the machine',
  });
});

test('registers on a page that nothing selects are excluded with the reason', () => {
  const { pageBy: _, ...rest } = sample;
  const bank = new RegisterBank(rest, {
    page: ({ SELECT }) => (SELECT.PAGE === 1 ? 'other' : 'main'),
  });
  expect(run(bankTarget(bank))).toEqual([]);
  expect(exclusions(bank.map).map(({ register }) => register)).toEqual(
    expect.arrayContaining(['FRONT', 'BACK']),
  );
});

test('a finding names the register, the bits and the accesses that show them', () => {
  const target = bankTarget(new RegisterBank(changed('ID', { reset: 1 })), compile(sample));
  const [check] = registerChecks;
  const [finding] = check?.run(target, new Random(1, '')) ?? [];
  expect(finding).toMatchObject({
    register: 'ID',
    fields: ['VALUE'],
    sequence: [
      { kind: 'reset', domain: 'power' },
      { kind: 'read', register: 'ID', offset: 0, size: 4, value: 1n },
    ],
  });
  expect(finding?.text).toMatch(/^ID at offset 0x0 \(VALUE\) read as/);
});

test('the same seed makes the same accesses', () => {
  const hashes = [1, 2].map(() => {
    const bank = new RegisterBank(sample);
    run(bankTarget(bank));
    return bank.hash();
  });
  expect(hashes[0]).toBe(hashes[1]);
});
