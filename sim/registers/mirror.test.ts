import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RegisterBank } from './bank.ts';
import { compile } from './compile.ts';
import type { RegisterMap } from './declare.ts';
import { type MirrorFinding, RegisterMirror, describeFinding } from './mirror.ts';
import { accesses, maps } from './register-arbitraries.ts';

const map = {
  name: 'sample',
  width: 32,
  sizes: [1, 2, 4],
  registers: {
    ID: { at: 0, access: 'RO', reset: 0x1234 },
    CTRL: {
      at: 4,
      fields: {
        EN: { bits: [0, 0] },
        MODE: { bits: [5, 4], reset: 2 },
        BUSY: { bits: [8, 8], access: 'RO' },
        TICKS: { bits: [31, 24], access: 'RO', volatile: true },
      },
    },
    STATUS: { at: 8, access: 'W1C', reset: 0xff },
    COMMAND: { at: 12, access: 'WO', sizes: [4] },
    DRAIN: { at: 16, access: 'RC', reset: 7 },
    LOCK: { at: 20, access: 'W1' },
  },
} as const satisfies RegisterMap;

function watched(): { mirror: RegisterMirror; found: MirrorFinding[] } {
  const found: MirrorFinding[] = [];
  const mirror = new RegisterMirror(compile(map), (finding) => found.push(finding));
  mirror.reset();
  return { mirror, found };
}

test('a bank never contradicts its mirror, and both count the same coverage', () => {
  fc.assert(
    fc.property(maps(), accesses(), (declaration, steps) => {
      const bank = new RegisterBank(declaration);
      const found: MirrorFinding[] = [];
      const mirror = new RegisterMirror(bank.map, (finding) => found.push(finding));
      mirror.reset();
      for (const { side, offset, size, low, high, domain } of steps) {
        if (domain !== undefined) {
          const name = bank.map.domains[domain % bank.map.domains.length] as string;
          bank.reset(name);
          mirror.reset(name);
        } else if (side === 'read') {
          const value = bank.read(offset, size);
          mirror.read(offset, size, value, size === 8 ? bank.high : 0);
        } else {
          bank.write(offset, size, low, high);
          mirror.write(offset, size, low, high);
        }
      }
      expect(found.filter(({ subject }) => subject === 'device')).toEqual([]);
      expect(mirror.coverage.record()).toEqual(bank.coverage.record());
    }),
    { numRuns: 500 },
  );
});

test('a mirror that saw no reset never blames a device for what it was before', () => {
  fc.assert(
    fc.property(maps(), accesses(), accesses(), (declaration, before, after) => {
      const bank = new RegisterBank(declaration);
      const found: MirrorFinding[] = [];
      const mirror = new RegisterMirror(bank.map, (finding) => found.push(finding));
      const run = (steps: typeof before, seen: boolean) => {
        for (const { side, offset, size, low, high } of steps) {
          if (side === 'read') {
            const value = bank.read(offset, size);
            if (seen) mirror.read(offset, size, value, size === 8 ? bank.high : 0);
          } else {
            bank.write(offset, size, low, high);
            if (seen) mirror.write(offset, size, low, high);
          }
        }
      };
      run(before, false);
      run(after, true);
      expect(found.filter(({ subject }) => subject === 'device')).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('a read-only register that reads differently is the device at fault', () => {
  const { mirror, found } = watched();
  mirror.read(0, 4, 0x1235);
  expect(found).toMatchObject([
    { subject: 'device', kind: 'value', register: 'ID', bits: 1n, expected: 0n, seen: 1n },
  ]);
  expect(describeFinding(found[0]!)).toBe(
    'ID at offset 0x0 (VALUE) read as 0x1, but it can only hold 0x0.',
  );
});

test('volatile fields are not judged, their neighbours are', () => {
  const { mirror, found } = watched();
  mirror.read(4, 4, 0x5500_0020);
  expect(found).toEqual([]);
  mirror.read(4, 4, 0x5600_0021);
  expect(found).toMatchObject([{ subject: 'device', fields: ['EN'] }]);
});

test('after a difference was reported, the mirror goes on from what was seen', () => {
  const { mirror, found } = watched();
  mirror.read(8, 4, 0xfe);
  mirror.read(8, 4, 0xfe);
  expect(found).toHaveLength(1);
});

test('a write of ones to clear is predicted', () => {
  const { mirror, found } = watched();
  mirror.write(8, 4, 0x0f);
  mirror.read(8, 4, 0xf0);
  expect(found).toEqual([]);
  expect(mirror.expected('STATUS')).toEqual({ value: 0xf0n, known: 0xffff_ffffn });
});

test('a register that clears on read must be clear the second time', () => {
  const { mirror, found } = watched();
  mirror.read(16, 4, 7);
  mirror.read(16, 4, 7);
  expect(found).toMatchObject([{ subject: 'device', register: 'DRAIN', expected: 0n, seen: 7n }]);
});

test('a second write of a write-once register counts nothing', () => {
  const { mirror, found } = watched();
  mirror.write(20, 4, 5);
  mirror.write(20, 4, 6);
  mirror.read(20, 4, 6);
  expect(found).toMatchObject([{ subject: 'device', register: 'LOCK', expected: 1n, seen: 2n }]);
});

test.each([
  ['reserved bits', 4, 4, 0x0000_0021 | 0x2, 'reserved', 'CTRL'],
  ['a one in a read-only field', 4, 4, 0x0000_0121, 'read-only', 'CTRL'],
  ['a read-only register', 0, 4, 0x4321, 'read-only', 'ID'],
  ['no register', 0x40, 4, 0, 'undefined', undefined],
  ['part of a register that takes whole accesses', 12, 2, 0, 'size', 'COMMAND'],
  ['half of two words', 6, 4, 0, 'unaligned', 'CTRL'],
] as const)('a write to %s is the driver at fault', (_, offset, size, value, kind, register) => {
  const { mirror, found } = watched();
  mirror.write(offset, size, value);
  expect(found).toMatchObject([{ subject: 'driver', access: 'write', kind, register }]);
});

test('reading a write-only register is the driver at fault', () => {
  const { mirror, found } = watched();
  mirror.read(12, 4, 0xffff_ffff);
  expect(found).toMatchObject([{ subject: 'driver', kind: 'write-only', register: 'COMMAND' }]);
});

test.each([
  ['a read-only register its own value', 0, 0x1234],
  ['zeros to read-only fields', 4, 0x21],
])('writing back %s changes nothing and is no fault', (_, offset, value) => {
  const { mirror, found } = watched();
  mirror.write(offset, 4, value);
  expect(found).toEqual([]);
});

test('reserved bits that read as one must be written as one', () => {
  const { mirror, found } = watched();
  mirror.read(4, 4, 0x0000_8020);
  mirror.write(4, 4, 0x0000_8021);
  expect(found).toEqual([]);
  mirror.write(4, 4, 0x0000_0021);
  expect(found).toMatchObject([{ kind: 'reserved', bits: 0x8000n }]);
});

const paged = {
  name: 'paged',
  width: 8,
  pages: ['main', 'divisor'],
  pageBy: ['LCR', 'DLAB'],
  registers: {
    DATA: { at: 0, page: 'main' },
    DLL: { at: 0, page: 'divisor', reset: 1 },
    LCR: { at: 3, fields: { DLAB: { bits: [7, 7] } } },
  },
} as const satisfies RegisterMap;

test('the page is followed through the field that selects it', () => {
  const found: MirrorFinding[] = [];
  const mirror = new RegisterMirror(compile(paged), (finding) => found.push(finding));
  mirror.reset();
  mirror.write(0, 1, 0x55);
  mirror.write(3, 1, 0x80);
  mirror.read(0, 1, 1);
  expect(found).toEqual([]);
  mirror.read(0, 1, 0x55);
  expect(found).toMatchObject([{ subject: 'device', register: 'DLL' }]);
});

test('while the page is unknown, nothing on a page is judged', () => {
  const found: MirrorFinding[] = [];
  const mirror = new RegisterMirror(compile(paged), (finding) => found.push(finding));
  mirror.write(0, 1, 0x55);
  mirror.read(0, 1, 0x66);
  expect(found).toEqual([]);
  expect(mirror.coverage.record().registers.map(({ reads }) => reads)).toEqual([0, 0, 0]);
  mirror.read(3, 1, 0x80);
  mirror.read(0, 1, 1);
  expect(mirror.coverage.record().registers.map(({ reads }) => reads)).toEqual([0, 1, 1]);
});

test('forget drops what was known', () => {
  const { mirror, found } = watched();
  mirror.forget();
  mirror.read(0, 4, 0xffff);
  expect(found).toEqual([]);
  expect(mirror.expected('ID').value).toBe(0xffffn);
});
