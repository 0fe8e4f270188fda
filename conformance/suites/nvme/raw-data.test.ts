import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Iommu } from '../../../sim/buses/pci/iommu.ts';
import { Journal } from '../../../sim/kernel/journal.ts';
import { RawData } from './raw-data.ts';

const PAGE = 4096;

/** The bytes as a controller finds them that follows the PRP entries. */
function walk(memory: Iommu, { prp1, prp2, bytes }: RawData): Uint8Array {
  const found: number[] = [];
  const take = (address: number) => {
    const count = Math.min(PAGE - (address % PAGE), bytes - found.length);
    found.push(...(memory.peek(address, count) ?? []));
  };
  take(prp1);
  if (bytes - found.length <= PAGE) {
    if (found.length < bytes) take(prp2);
    return Uint8Array.from(found);
  }
  for (let at = prp2; found.length < bytes;) {
    const entry = Number(new DataView(memory.peek(at, 8)!.buffer).getBigUint64(0, true));
    at += 8;
    const isLast = at % PAGE === 0;
    if (isLast && bytes - found.length > PAGE) at = entry;
    else take(entry);
  }
  return Uint8Array.from(found);
}

it('names its bytes by PRP entries in any layout', () => {
  const layout = fc.record({
    bytes: fc.integer({ min: 1, max: 12 * PAGE }),
    offset: fc.nat({ max: PAGE / 4 - 1 }).map((dword) => dword * 4),
    listOffset: fc.integer({ min: 500, max: 511 }).map((entry) => entry * 8),
    order: fc.shuffledSubarray([...Array(13).keys()], { minLength: 13 }),
  });
  fc.assert(
    fc.property(layout, ({ bytes, offset, listOffset, order }) => {
      const memory = new Iommu(new Journal());
      const pages = Math.ceil((offset + bytes) / PAGE);
      const places = order.filter((page) => page < pages);
      const data = new RawData(memory, bytes, { offset, listOffset, order: places });
      const pattern = Uint8Array.from({ length: bytes }, (_, index) => (index * 7 + 1) % 251);
      data.fill(0xee);
      data.write(pattern);
      expect(walk(memory, data)).toEqual(pattern);
      expect(data.read()).toEqual(pattern);
      expect(data.isFilledAround(0xee)).toBe(true);
      data.free();
      expect(memory.live()).toEqual([]);
    }),
  );
});
