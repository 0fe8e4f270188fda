import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNumber, parsePattern, patternValues } from './numbers.ts';

describe('numbers', () => {
  it.each([
    ['0x1F', 31n],
    ['0X1f', 31n],
    ['#101', 5n],
    ['0b101', 5n],
    ['42', 42n],
    ['+42', 42n],
    ['010', 10n],
    ['1F', 31n],
    ['4k', 4096n],
    ['0x2M', 2n << 20n],
    ['1G', 1n << 30n],
    [' 0x 10 ', 16n],
    ['0x0000_00FF', 255n],
    ['0x10UL', 16n],
    ['0xFFFFFFFFFFFFFFFF', (1n << 64n) - 1n],
    ['-1', -1n],
  ])('reads %s', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });

  it.each(['', '0x', 'zero', '#12', '0b2', '1.5', '12 apples', '--1'])('refuses %j', (text) => {
    expect(parseNumber(text)).toBeUndefined();
  });

  it('reads every number in every notation', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 80n) - 1n }), (value) => {
        const texts = [
          String(value),
          `0x${value.toString(16)}`,
          `0X${value.toString(16).toUpperCase()}`,
          `#${value.toString(2)}`,
          `0b${value.toString(2)}`,
          `+${value}`,
        ];
        for (const text of texts) expect(parseNumber(text)).toBe(value);
        expect(parseNumber(`${value}k`)).toBe(value * 1024n);
      }),
    );
  });
});

describe('patterns', () => {
  it('lists the values of don’t-care bits', () => {
    const pattern = parsePattern('#1x0X');
    expect(pattern).toEqual({ value: 8n, free: [0, 2] });
    expect(pattern && patternValues(pattern).toSorted(ascending)).toEqual([8n, 9n, 12n, 13n]);
  });

  it('lists exactly the values that match', () => {
    const digits = fc.array(fc.constantFrom('0', '1', 'x'), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(digits, (pattern) => {
        const matching: bigint[] = [];
        for (let value = 0; value < 2 ** pattern.length; value++) {
          const bits = value.toString(2).padStart(pattern.length, '0');
          if (pattern.every((digit, at) => digit === 'x' || digit === bits[at])) {
            matching.push(BigInt(value));
          }
        }
        const parsed = parsePattern(`0b${pattern.join('')}`);
        expect(parsed && patternValues(parsed).toSorted(ascending)).toEqual(matching);
      }),
    );
  });
});

function ascending(a: bigint, b: bigint): number {
  return Number(a - b);
}
