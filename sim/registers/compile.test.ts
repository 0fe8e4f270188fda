import { describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import type { RegisterMap } from './declare.ts';

describe('a declaration is refused', () => {
  const one = (registers: RegisterMap['registers'], more: Partial<RegisterMap> = {}) =>
    ({ name: 'm', width: 8, registers, ...more }) satisfies RegisterMap;

  test.each<[message: string, map: RegisterMap]>([
    [
      'registers A and B overlap at offset 0x1 for a read',
      one({ A: { at: 0, width: 16 }, B: { at: 1 } }),
    ],
    [
      'm.A: fields X and Y overlap',
      one({ A: { at: 0, fields: { X: { bits: [3, 0] }, Y: { bits: [4, 3] } } } }),
    ],
    [
      'm.A.X: bits 8:0 do not lie in a register of 8 bits',
      one({ A: { at: 0, fields: { X: { bits: [8, 0] } } } }),
    ],
    ['m.A: reset value 256 does not fit into 8 bits', one({ A: { at: 0, reset: 256 } })],
    [
      'm.A.X: reset value 4 does not fit into bits 1:0',
      one({ A: { at: 0, fields: { X: { bits: [1, 0], reset: 4 } } } }),
    ],
    [
      'm.A.X resets to 1, but its register says 0',
      one({ A: { at: 0, reset: 4, fields: { X: { bits: [1, 0], reset: 1 } } } }),
    ],
    [
      'two registers are named A1',
      one({ A: { at: 0, array: { count: 2, stride: 1 } }, A1: { at: 4 } }),
    ],
    ['m.A: page x is none of main', one({ A: { at: 0, page: 'x' } })],
    ['m.A.VALUE: reset domain x is none of power', one({ A: { at: 0, keptBy: ['x'] } })],
    ['m.A: its offset -1 is no whole number of bytes', one({ A: { at: -1 } })],
    ['m.A: an array of 0 registers is none', one({ A: { at: 0, array: { count: 0, stride: 1 } } })],
    [
      'm.A.X: value ON = 2 does not fit into 1 bits',
      one({ A: { at: 0, fields: { X: { bits: [0, 0], values: { ON: 2 } } } } }),
    ],
    ['pageBy names A.X', one({ A: { at: 0 } }, { pages: ['a', 'b'], pageBy: ['A', 'X'] })],
    ['m.A is 12 bits wide', one({ A: { at: 0, width: 12 as 8 } })],
    ['m.A: access sizes are 1, 2, 4 or 8 bytes, not 3', one({ A: { at: 0, sizes: [3 as 4] } })],
    ['spans 268435457 bytes', one({ A: { at: 1 << 28 } })],
  ])('%s', (message, map) => {
    expect(() => compile(map)).toThrow(message);
  });

  test('but a read-only and a write-only register may share a place', () => {
    expect(() =>
      compile(one({ A: { at: 0, access: 'RO' }, B: { at: 0, access: 'WO' } })),
    ).not.toThrow();
  });
});
