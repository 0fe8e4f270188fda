import { expect, it } from 'vitest';
import { packed } from './packed-picture.ts';

it('puts four dots in a digit, row by row, the leftmost highest', () => {
  const dots = Uint8Array.from([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  expect(packed({ width: 6, height: 3, dots })).toEqual({
    width: 6,
    height: 3,
    rows: ['84', '00', 'fc'],
  });
});
