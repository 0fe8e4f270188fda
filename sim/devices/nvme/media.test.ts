import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlockState, Media } from './media.ts';

const TIB = 2 ** 40;

function filled(bytes: number, value: number): Uint8Array {
  return new Uint8Array(bytes).fill(value);
}

it('reads as zeros what was never written, wherever that is', () => {
  const media = new Media(512, TIB / 512);
  const bytes = filled(1024, 9);
  media.read(TIB / 512 - 2, 2, bytes);
  expect(bytes).toEqual(new Uint8Array(1024));
  expect(media.stateOf(TIB / 512 - 1)).toBe(BlockState.Deallocated);
});

it('deallocates a terabyte at the cost of what is stored', () => {
  const media = new Media(4096, TIB / 4096);
  media.write(7, 1, filled(4096, 1));
  media.write(TIB / 4096 - 1, 1, filled(4096, 2));
  media.deallocate(8, TIB / 4096 - 8);
  expect(media.used).toBe(1);
  expect(media.stateOf(7)).toBe(BlockState.Written);
});

it('refuses more than it can hold, and nothing of it is written', () => {
  const media = new Media(4096, TIB / 4096);
  expect(media.spoil(0, 300_000)).toBe(false);
  expect(media.used).toBe(0);
});

it('refuses block sizes that do not exist', () => {
  expect(() => new Media(256, 1)).toThrow(RangeError);
  expect(() => new Media(520, 1)).toThrow(RangeError);
});

const BLOCKS = 40;
const step = fc
  .record({
    action: fc.constantFrom('write', 'zero', 'deallocate', 'spoil'),
    lba: fc.nat(BLOCKS - 1),
    count: fc.integer({ min: 1, max: BLOCKS }),
    value: fc.integer({ min: 1, max: 255 }),
  })
  .map((each) => ({ ...each, count: Math.min(each.count, BLOCKS - each.lba) }));

it.each([512, 1024, 4096, 8192])('is an array of blocks of %s bytes', (blockBytes) => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const media = new Media(blockBytes, BLOCKS);
      const values = Array.from({ length: BLOCKS }, () => 0);
      const states: number[] = Array.from({ length: BLOCKS }, () => BlockState.Deallocated);
      for (const { action, lba, count, value } of steps) {
        if (action === 'write') media.write(lba, count, filled(count * blockBytes, value));
        else if (action === 'spoil') media.spoil(lba, count);
        else if (action === 'zero') media.zero(lba, count);
        else media.deallocate(lba, count);
        values.fill(action === 'write' ? value : 0, lba, lba + count);
        const { Written, Uncorrectable, Deallocated } = BlockState;
        const state = {
          write: Written,
          zero: Written,
          spoil: Uncorrectable,
          deallocate: Deallocated,
        }[action];
        states.fill(state, lba, lba + count);
      }
      const bytes = new Uint8Array(BLOCKS * blockBytes + 8).fill(77);
      media.read(0, BLOCKS, bytes, 8);
      const expected = values.flatMap((value) => [value, value]);
      const seen = values.flatMap((_, block) => [
        bytes[8 + block * blockBytes],
        bytes[8 + (block + 1) * blockBytes - 1],
      ]);
      expect(seen).toEqual(expected);
      expect(bytes[7]).toBe(77);
      expect(states.map((_, block) => media.stateOf(block))).toEqual(states);
      expect(media.used).toBe(states.filter((state) => state !== 0).length);
      expect(media.uncorrectable).toBe(states.filter((state) => state === 2).length);
      expect(media.find(BlockState.Uncorrectable, 0, BLOCKS)).toBe(states.indexOf(2));
      expect(media.firstUncorrectable()).toBe(states.indexOf(2));
    }),
  );
});
