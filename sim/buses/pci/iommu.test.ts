import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Journal } from '../../kernel/journal.ts';
import { Iommu } from './iommu.ts';

const both = { deviceReads: true, deviceWrites: true, maxAddressBits: 64 };

it('reaches exactly the mapped bytes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9000 }),
      fc.integer({ min: 0, max: 8999 }),
      fc.constantFrom(1, 64, 4096, 65_536),
      (length, start, alignment) => {
        const memory = new Iommu(new Journal());
        const offset = start % length;
        const buffer = memory.allocate(length, alignment);
        const { address } = memory.map(buffer, offset, length - offset, both);
        const end = address + length - offset;
        expect((address - offset) % alignment).toBe(0);
        expect(memory.load(address, new Uint8Array(length - offset))).toBeUndefined();
        expect(memory.load(address - 1, new Uint8Array(1))).toBe('unmapped');
        expect(memory.load(end, new Uint8Array(1))).toBe('unmapped');
        expect(memory.store(end - 1, new Uint8Array(2))).toBe('unmapped');
      },
    ),
  );
});

it('never gives an address again soon, nor one that a live mapping is next to', () => {
  const memory = new Iommu(new Journal());
  const buffer = memory.allocate(4096, 1);
  const seen = new Set<number>();
  for (let round = 0; round < 100; round++) {
    const kept = memory.map(buffer, 0, 4096, both);
    const { address, unmap } = memory.map(buffer, 0, 4096, both);
    expect(Math.abs(address - kept.address)).toBeGreaterThan(4096);
    expect(seen.has(address)).toBe(false);
    seen.add(address).add(kept.address);
    unmap();
  }
});

it('keeps the address bits of a device and reuses room when they are used up', () => {
  const memory = new Iommu(new Journal());
  const buffer = memory.allocate(16, 1);
  const rights = { ...both, maxAddressBits: 21 };
  const live = memory.map(buffer, 0, 16, rights);
  for (let round = 0; round < 1000; round++) {
    const { address, unmap } = memory.map(buffer, 0, 16, rights);
    expect(address).toBeLessThan(2 ** 21);
    expect(address).not.toBe(live.address);
    unmap();
  }
  expect(() => memory.map(buffer, 0, 16, { ...both, maxAddressBits: 16 })).toThrow(/No 16 bytes/);
});

it('gives its memory out once', () => {
  const memory = new Iommu(new Journal(), 8192);
  const buffer = memory.allocate(8000, 1);
  expect(() => memory.allocate(200, 1)).toThrow(/192 of 8192/);
  buffer.free();
  expect(() => buffer.free()).toThrow(/free already/);
  expect(() => buffer.read(0, 1)).toThrow(/allocate another/);
  expect(memory.allocate(8192, 1)).toHaveLength(8192);
});

it('does not reach a buffer that was freed while mapped', () => {
  const memory = new Iommu(new Journal());
  const buffer = memory.allocate(16, 1);
  const { address } = memory.map(buffer, 0, 16, both);
  buffer.free();
  expect(memory.load(address, new Uint8Array(1))).toBe('unmapped');
});

it('keeps the direction', () => {
  const memory = new Iommu(new Journal());
  const buffer = memory.allocate(16, 1);
  const out = memory.map(buffer, 0, 16, { ...both, deviceWrites: false });
  expect(memory.store(out.address, new Uint8Array(1))).toBe('direction');
  expect(memory.load(out.address, new Uint8Array(1))).toBeUndefined();
});
