import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FieldPlace, StructureField, structure } from './structure.ts';

const places = fc
  .oneof(
    fc
      .tuple(fc.integer({ min: 0, max: 11 }), fc.nat(31), fc.integer({ min: 1, max: 32 }))
      .filter(([, bit, width]) => (bit % 8) + width <= 32),
    fc.tuple(fc.integer({ min: 0, max: 8 }), fc.constant(0), fc.constant(64)),
  )
  .filter(([byte, bit, width]) => byte * 8 + bit + width <= 128);
const memory = fc.uint8Array({ minLength: 24, maxLength: 24 });

/** A second opinion: single bits. */
function bitsOf(bytes: Uint8Array, at: number, [byte, bit, width]: FieldPlace): bigint {
  let value = 0n;
  for (let index = width - 1; index >= 0; index--) {
    const place = (at + byte) * 8 + bit + index;
    const one = Math.floor((bytes[Math.floor(place / 8)] ?? 0) / 2 ** (place % 8)) % 2;
    value = value * 2n + BigInt(one);
  }
  return value;
}

test('a field reads as its bits say, little-endian', () => {
  fc.assert(
    fc.property(places, memory, fc.nat(8), (place, bytes, at) => {
      const field = new StructureField(place[0], place[1], place[2]);
      const expected = bitsOf(bytes, at, place);
      expect(field.getBig(bytes, at)).toBe(expected);
      expect(field.get(bytes, at)).toBe(Number(expected));
    }),
  );
});

test('a field that is written reads back, and nothing around it changes', () => {
  fc.assert(
    fc.property(
      places,
      memory,
      fc.nat(8),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      (place, bytes, at, raw) => {
        const field = new StructureField(place[0], place[1], place[2]);
        const value = raw % 2n ** BigInt(Math.min(place[2], 53));
        const after = bytes.slice();
        field.set(after, at, Number(value));
        expect(bitsOf(after, at, place)).toBe(value);
        const big = bytes.slice();
        field.setBig(big, at, value);
        expect(big).toEqual(after);
        field.setBig(after, at, bitsOf(bytes, at, place));
        expect(after).toEqual(bytes);
      },
    ),
  );
});

test('texts are filled with spaces', () => {
  const { NAME } = structure({ name: 's', bytes: 10, fields: { NAME: [1, 0, 64] } });
  const bytes = new Uint8Array(10);
  NAME.setText(bytes, 0, 'ab');
  expect([...bytes]).toEqual([0, 0x61, 0x62, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0]);
  expect(NAME.getText(bytes)).toBe('ab');
});

test.each<[string, FieldPlace, RegExp]>([
  ['leaves the structure', [3, 4, 8], /leaves the 4 bytes/],
  ['overlaps', [1, 0, 4], /overlaps/],
  ['crosses four bytes', [0, 4, 32], /within four bytes|leaves/],
])('a field that %s is refused', (_, place, message) => {
  expect(() => structure({ name: 's', bytes: 4, fields: { A: [1, 0, 1], B: place } })).toThrow(
    message,
  );
});
