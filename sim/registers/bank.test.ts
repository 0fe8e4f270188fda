import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { RegisterBank } from './bank.ts';
import type { AccessSize, RegisterMap } from './declare.ts';
import { READ_EFFECTS, WRITE_EFFECTS } from './effects.ts';
import { accesses, maps } from './register-arbitraries.ts';
import { SlowRegisters } from './slow-reference.ts';
import { halves, joined } from './split.ts';

function access(bank: RegisterBank<RegisterMap>, offset: number, size: AccessSize): bigint {
  const low = bank.read(offset, size);
  return joined(low, size === 8 ? bank.high : 0);
}

describe('against a slow register file', () => {
  test('random maps and accesses agree', () => {
    fc.assert(
      fc.property(maps(), accesses(), (map, steps) => {
        const bank = new RegisterBank(map);
        const slow = new SlowRegisters(map);
        const seen: bigint[] = [];
        const expected: bigint[] = [];
        for (const { side, offset, size, low, high, domain } of steps) {
          if (domain !== undefined) {
            const name = bank.map.domains[domain] as string;
            bank.reset(name);
            slow.reset(name);
          } else if (side === 'read') {
            seen.push(access(bank, offset, size));
            expected.push(slow.read(offset, size));
          } else {
            bank.write(offset, size, low, high);
            const carried = joined(low, high) % 2n ** BigInt(size * 8);
            slow.write(offset, size, carried);
          }
        }
        expect(seen).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  const policies = READ_EFFECTS.flatMap((read) => WRITE_EFFECTS.map((write) => ({ read, write })));
  const widths = [8, 16, 32, 64] as const;
  const cases = policies.flatMap((policy) => widths.map((width) => ({ ...policy, width })));

  test('there are 44 policies', () => {
    expect(policies).toHaveLength(44);
  });

  test.each(cases)('read $read, write $write, $width bits', ({ read, write, width }) => {
    const all = 2n ** BigInt(width) - 1n;
    const value = fc.bigInt({ min: 0n, max: all });
    const step = fc.tuple(fc.constantFrom('read', 'write', 'reset'), value);
    const size = (width / 8) as AccessSize;
    fc.assert(
      fc.property(value, fc.array(step), (reset, steps) => {
        const map: RegisterMap = {
          name: 'one',
          width,
          registers: { R: { at: 0, read, write, reset } },
        };
        const bank = new RegisterBank(map);
        const slow = new SlowRegisters(map);
        const seen: bigint[] = [];
        const expected: bigint[] = [];
        for (const [what, written] of steps) {
          if (what === 'read') {
            seen.push(access(bank, 0, size));
            expected.push(slow.read(0, size));
          } else if (what === 'write') {
            bank.write(0, size, ...halves(written));
            slow.write(0, size, written);
          } else {
            bank.reset();
            slow.reset('power');
          }
        }
        expect(seen).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

test('a read that clears shows the value once', () => {
  const bank = new RegisterBank({
    name: 'm',
    width: 8,
    registers: { R: { at: 0, access: 'RC', reset: 0x5a } },
  });
  expect([bank.read(0, 1), bank.read(0, 1)]).toEqual([0x5a, 0]);
});

const uart = {
  name: 'uart',
  width: 8,
  pages: ['main', 'divisor'],
  pageBy: ['LCR', 'DLAB'],
  registers: {
    RBR: { at: 0, page: 'main', access: 'RO' },
    THR: { at: 0, page: 'main', access: 'WO' },
    DLL: { at: 0, page: 'divisor', reset: 1 },
    LCR: { at: 3, fields: { WLS: { bits: [1, 0] }, DLAB: { bits: [7, 7] } } },
    LSR: { at: 5, access: 'RO', fields: { DR: { bits: [0, 0] }, THRE: { bits: [5, 5] } } },
    SCR: { at: 7 },
    DEEP: { at: 0x12_0000, width: 32 },
  },
} as const satisfies RegisterMap;

test('a page is selected by its field', () => {
  const bank = new RegisterBank(uart);
  bank.write(3, 1, 0x80);
  bank.write(0, 1, 0x42);
  expect(bank.read(0, 1)).toBe(0x42);
  bank.write(3, 1, 3);
  expect(bank.read(0, 1)).toBe(0);
  expect(bank.registers.DLL.value).toBe(0x42);
});

test('a page that the model names and the map does not know is the model at fault', () => {
  const bank = new RegisterBank(uart, { page: () => 'third' });
  expect(() => bank.read(0, 1)).toThrow('uart: third is no page.');
});

test.each([0x12_0000, 2 ** 32, 2 ** 32 + 5, -8, 0.5, NaN])(
  'offset %d is decoded whole',
  (offset) => {
    const bank = new RegisterBank(uart);
    bank.registers.DEEP.value = 0x1234_5678;
    expect(bank.read(offset, 4)).toBe(offset === 0x12_0000 ? 0x1234_5678 : 0xffff_ffff);
  },
);

describe('hooks', () => {
  test('a status register is composed before it is read, and before it is peeked at', () => {
    let full = true;
    const bank = new RegisterBank(uart, {
      compose: {
        LSR(register) {
          register.DR = full ? 1 : 0;
        },
      },
    });
    expect(bank.read(5, 1)).toBe(1);
    full = false;
    expect(bank.peek('LSR')).toBe(0n);
  });

  test('a read hook says what the bus sees, cut to the width', () => {
    const fifo = [0x141, 2];
    const bank = new RegisterBank(uart, { read: { RBR: () => fifo.shift() ?? 0 } });
    expect([bank.read(0, 1), bank.read(0, 1), bank.read(0, 1)]).toEqual([0x41, 2, 0]);
  });

  test('peeking runs no read hook', () => {
    const taken = vi.fn<() => number>(() => 7);
    const bank = new RegisterBank(uart, { read: { RBR: taken } });
    bank.peek('RBR');
    expect(taken).not.toHaveBeenCalled();
  });

  test('a 64-bit read hook runs once and fills both halves', () => {
    const hook = vi.fn<() => number>(() => 0x5_0000_0001);
    const bank = new RegisterBank(
      { name: 'm', width: 64, registers: { R: { at: 0 } } },
      { read: { R: hook } },
    );
    expect([bank.read(0, 8), bank.high]).toEqual([1, 5]);
    expect(hook).toHaveBeenCalledTimes(1);
  });

  test('a write hook sees what was written and what was before, by field', () => {
    const seen: number[] = [];
    const bank = new RegisterBank(uart, {
      write: {
        LCR(written, before) {
          seen.push(written.WLS, before.WLS, written.DLAB, bank.registers.LCR.WLS);
        },
      },
    });
    bank.write(3, 1, 0x02);
    bank.write(3, 1, 0x83);
    expect(seen).toEqual([2, 0, 0, 2, 3, 2, 1, 3]);
  });

  test('of a narrow write the hook sees the other bytes as they were', () => {
    const seen: number[] = [];
    const bank = new RegisterBank(
      { name: 'm', width: 32, sizes: [1, 4], registers: { R: { at: 0, reset: 0x1122_3344 } } },
      { write: { R: (written) => void seen.push(written.value) } },
    );
    bank.write(1, 1, 0xaa);
    expect(seen).toEqual([0x1122_aa44]);
  });

  test('the elements of an array share a hook and are told apart by their index', () => {
    const seen: number[] = [];
    const bank = new RegisterBank(
      { name: 'm', width: 32, registers: { R: { at: 0, array: { count: 3, stride: 8 } } } },
      { write: { R: (_, __, index) => void seen.push(index) } },
    );
    bank.write(16, 4, 1);
    bank.write(0, 4, 1);
    expect(seen).toEqual([2, 0]);
    expect(bank.registers.R.map(({ value }) => value)).toEqual([1, 0, 1]);
  });

  test('settled ends each access that may have changed something', () => {
    const settled = vi.fn<() => void>();
    const bank = new RegisterBank(
      { name: 'm', width: 8, registers: { R: { at: 0 }, C: { at: 1, access: 'RC', reset: 1 } } },
      { settled },
    );
    bank.read(0, 1);
    expect(settled).toHaveBeenCalledTimes(0);
    bank.write(0, 1, 1);
    expect(settled).toHaveBeenCalledTimes(1);
    bank.read(1, 1);
    expect(settled).toHaveBeenCalledTimes(2);
  });
});

describe('the observer', () => {
  const map = {
    name: 'm',
    width: 32,
    sizes: [2, 4],
    registers: {
      R: {
        at: 0,
        reset: 0x8000_0000,
        fields: {
          A: { bits: [3, 0] },
          B: { bits: [7, 4], gap: { word: 'unimplemented', note: 'b' } },
          C: { bits: [11, 8], gap: { word: 'limitation', note: 'c' } },
        },
      },
      WIDE: { at: 8, width: 64, sizes: [8], fields: { LOW: { bits: [3, 0] } } },
      RO: { at: 16, access: 'RO' },
      WO: { at: 20, access: 'WO' },
    },
  } as const satisfies RegisterMap;

  function observed() {
    const heard: string[] = [];
    const bank = new RegisterBank(map);
    bank.observer = {
      refused: (offset, size, side, why) => heard.push(`${side} ${size} at ${offset}: ${why}`),
      gap: (register, word, side) => heard.push(`${side} ${register.name}: ${word}`),
    };
    return { bank, heard };
  }

  test.each<[what: string, value: number, heard: string[]]>([
    ['nothing, where only named bits change', 0x8000_0005, []],
    ['an unnamed bit', 0x8000_1000, ['write R: reserved']],
    ['an unnamed bit that resets to one', 0, ['write R: reserved']],
    ['a field with a gap', 0x8000_0010, ['write R: unimplemented']],
    ['each gap that it changes', 0x8000_0110, ['write R: unimplemented', 'write R: limitation']],
  ])('hears of %s', (_, value, expected) => {
    const { bank, heard } = observed();
    bank.write(0, 4, value);
    expect(heard).toEqual(expected);
  });

  test('hears of reserved bits in the upper half', () => {
    const { bank, heard } = observed();
    bank.write(8, 8, 0, 1);
    expect(heard).toEqual(['write WIDE: reserved']);
  });

  test('hears of a read only for the gaps that it carries', () => {
    const { bank, heard } = observed();
    bank.read(2, 2);
    expect(heard).toEqual([]);
    bank.read(0, 2);
    expect(heard).toEqual(['read R: unimplemented', 'read R: limitation']);
  });

  test.each<[AccessSize, number, 'read' | 'write', string]>([
    [4, 64, 'read', 'undefined'],
    [4, 16, 'write', 'read-only'],
    [4, 20, 'read', 'write-only'],
    [4, 2, 'read', 'undefined'],
    [4, 18, 'write', 'unaligned'],
    [8, 16, 'write', 'size'],
    [8, 4, 'write', 'undefined'],
  ])('hears of a refused access of %d at %d to %s: %s', (size, offset, side, why) => {
    const { bank, heard } = observed();
    if (side === 'read') bank.read(offset, size);
    else bank.write(offset, size, 0);
    expect(heard).toEqual([`${side} ${size} at ${offset}: ${why}`]);
    expect(bank.coverage.record().refused).toEqual({ [why]: 1 });
  });
});

test('unnamed bits read as zero and ignore writes', () => {
  const bank = new RegisterBank(uart);
  bank.write(3, 1, 0xff);
  expect(bank.read(3, 1)).toBe(0x83);
});

describe('state', () => {
  const map = {
    name: 'm',
    width: 32,
    domains: ['power', 'soft'],
    registers: {
      LOCK: { at: 0, access: 'W1', keptBy: ['soft'] },
      R: { at: 4 },
      W: { at: 8, width: 64 },
    },
  } as const satisfies RegisterMap;

  test('a snapshot brings everything back, write-once included', () => {
    fc.assert(
      fc.property(maps(), accesses(), accesses(), (declaration, before, after) => {
        const bank = new RegisterBank(declaration);
        const play = (steps: typeof before) =>
          steps.map(({ side, offset, size, low, high }) => {
            if (side === 'read') return access(bank, offset, size);
            return bank.write(offset, size, low, high);
          });
        play(before);
        const words = bank.snapshot();
        const hash = bank.hash();
        const first = play(after);
        bank.restore(words);
        expect(bank.hash()).toBe(hash);
        expect(bank.diff(words)).toEqual([]);
        expect(play(after)).toEqual(first);
      }),
    );
  });

  test('a difference names the registers, and changes the hash', () => {
    const bank = new RegisterBank(map);
    const words = bank.snapshot();
    const hash = bank.hash();
    bank.write(8, 8, 0, 1);
    expect(bank.diff(words)).toEqual(['W']);
    expect(bank.hash()).not.toBe(hash);
    bank.write(0, 4, 0);
    expect(bank.diff(words)).toEqual(['LOCK', 'W']);
  });

  test('a write-once register opens again after a reset of its domain only', () => {
    const bank = new RegisterBank(map);
    bank.write(0, 4, 5);
    bank.reset('soft');
    bank.write(0, 4, 6);
    expect(bank.read(0, 4)).toBe(5);
    bank.reset('power');
    bank.write(0, 4, 7);
    expect(bank.read(0, 4)).toBe(7);
  });

  test('another map’s snapshot is refused', () => {
    const bank = new RegisterBank(map);
    expect(() => bank.restore(new Uint32Array(3))).toThrow(
      'm: this snapshot belongs to another map.',
    );
  });

  test('an unknown reset domain or register is refused with the names', () => {
    const bank = new RegisterBank(map);
    expect(() => bank.reset('hot')).toThrow('m: reset domain hot is none of power, soft.');
    expect(() => bank.peek('X')).toThrow('m has no register named X.');
  });
});

test('views reach fields across the halves of 64 bits, and 32-bit fields whole', () => {
  const bank = new RegisterBank({
    name: 'm',
    width: 64,
    registers: {
      A: { at: 0, fields: { LOW: { bits: [31, 0] }, HIGH: { bits: [63, 32] } } },
      B: { at: 8, fields: { MIDDLE: { bits: [40, 20] } } },
    },
  });
  const { A, B } = bank.registers;
  A.LOW = 0xffff_ffff;
  A.HIGH = 0x8000_0001;
  B.MIDDLE = 0x1f_0f0f;
  expect([A.LOW, A.HIGH, A.value]).toEqual([0xffff_ffff, 0x8000_0001, 0x8000_0001_ffff_ffffn]);
  expect([B.MIDDLE, B.value]).toEqual([0x1f_0f0f, 0x1f_0f0fn << 20n]);
});
