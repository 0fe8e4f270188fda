import { describe, expect, it } from 'vitest';
import { bitStates, clauseId, shellLine, virtualTime, visible } from './text.ts';

describe('visible', () => {
  it.each([
    ['plain text, Ünïcode, 日本, 🧪', 'plain text, Ünïcode, 日本, 🧪'],
    ['\u001b[31m', '\\u{1b}[31m'],
    ['a\nb\tc\rd', 'a\\nb\\tc\\rd'],
    ['\u0000\u0085', '\\u{0}\\u{85}'],
    ['\u202egnp', '\\u{202e}gnp'],
    ['\ud800x', '\\u{d800}x'],
    ['x\udc00', 'x\\u{dc00}'],
  ])('shows %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('cuts and says how long it was', () => {
    expect(visible('x'.repeat(50), 10)).toBe(`${'x'.repeat(10)}… (50 characters)`);
  });
});

describe('a shell line', () => {
  it('quotes what the shell would take apart', () => {
    expect(shellLine(['dyno', 'run', 'a b', "it's", '$x', '--seed=1'])).toBe(
      "dyno run 'a b' 'it'\\''s' '$x' --seed=1",
    );
  });
});

it('reads virtual times without losing a nanosecond', () => {
  expect([0, 999, 1_500, 16_494_050, 2_000_000_001].map(virtualTime)).toEqual([
    '0 ns',
    '999 ns',
    '1.5 us',
    '16.49405 ms',
    '2.000000001 s',
  ]);
});

it('reads bit states from the most significant bit', () => {
  expect(bitStates(1, '0x81', '0x03')).toEqual([
    'zero',
    ...Array.from({ length: 5 }, () => 'none'),
    'one',
    'both',
  ]);
  expect(bitStates(8, '8000000000000000', '0').indexOf('zero')).toBe(0);
});

it('takes the suite off an address', () => {
  expect(clauseId({ address: 'a/b/C-1', suite: 'a/b' })).toBe('C-1');
  expect(clauseId({ address: 'C-1', suite: 'a/b' })).toBe('C-1');
});
