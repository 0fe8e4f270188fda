import { expect, test } from 'vitest';
import { Contents, isWild } from './explained.ts';

const explains = (contents: Contents, from: number, ...seen: number[]) => {
  try {
    contents.explains(from, Uint8Array.from(seen), 'a read');
    return true;
  } catch {
    return false;
  }
};

test('what was programmed on erased bytes is known, and only that explains a read', () => {
  const contents = new Contents(8);
  contents.program(2, Uint8Array.of(0xf0));
  contents.program(2, Uint8Array.of(0x3c));
  expect(explains(contents, 1, 0xff, 0x30, 0xff)).toBe(true);
  expect(explains(contents, 2, 0x3c)).toBe(false);
  expect(explains(contents, 3, 0x00)).toBe(false);
});

test('what is forgotten explains anything, until it is erased', () => {
  const contents = new Contents(8);
  contents.forget(2, 2);
  contents.program(2, Uint8Array.of(0x12));
  expect(explains(contents, 1, 0xff, 0x55, 0x66, 0xff)).toBe(true);
  expect(explains(contents, 1, 0x00)).toBe(false);
  contents.erase(2, 2);
  expect(explains(contents, 2, 0x55)).toBe(false);
  expect(explains(contents, 2, 0xff, 0xff)).toBe(true);
});

test('only what the flash hears makes it wild', () => {
  expect(isWild({ kind: 'flipped-bits', at: 1, bits: 1 })).toBe(true);
  expect(isWild({ kind: 'flipped-bits', at: 1, bits: 1, onlyAnswers: true })).toBe(false);
  expect(isWild({ kind: 'floating-data', at: 1, bytes: 9, value: 0 })).toBe(false);
});
