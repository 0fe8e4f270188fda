import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BAR_KINDS } from './function.ts';
import { isWide } from './header.ts';
import { testCard } from './test-card.ts';

const bar = fc.record({
  kind: fc.constantFrom(...BAR_KINDS),
  exponent: fc.integer({ min: 4, max: 30 }),
});

it('answers sizing for every kind and size', () => {
  fc.assert(
    fc.property(bar, ({ kind, exponent }) => {
      const size = 2 ** exponent;
      const { pci } = testCard({ bars: [{ kind, size }], capabilities: [] });
      pci.configWrite(0x10, 4, 0xffffffff);
      const low = pci.configRead(0x10, 4);
      const typeBits = kind === 'IO' ? 4 : 16;
      expect(2 ** 32 - (low - (low % typeBits))).toBe(size);
      if (!isWide(kind)) return;
      pci.configWrite(0x14, 4, 0xffffffff);
      expect(pci.configRead(0x14, 4)).toBe(0xffffffff);
    }),
  );
});

it('has a list of capabilities that ends', () => {
  const { pci } = testCard({
    capabilities: [{ kind: 'express' }, { kind: 'power-management' }, { kind: 'msi', vectors: 1 }],
  });
  const ids: number[] = [];
  for (let at = pci.configRead(0x34, 1); at !== 0; at = pci.configRead(at + 1, 1)) {
    expect(at % 4).toBe(0);
    ids.push(pci.configRead(at, 1));
  }
  expect(ids).toEqual([0x10, 0x01, 0x05]);
  pci.reset('hot');
  expect(pci.configRead(0x41, 1)).toBe(0x7c);
});

it('shows who it is, and keeps it', () => {
  const { pci } = testCard({ subsystem: { vendor: 0x1af4, id: 0x1100 } });
  for (const offset of [0x00, 0x08, 0x2c]) pci.configWrite(offset, 4, 0);
  expect(pci.configRead(0x00, 4)).toBe(0x11e81234);
  expect(pci.configRead(0x08, 4)).toBe(0x00ff0010);
  expect(pci.configRead(0x2c, 4)).toBe(0x11001af4);
  expect(pci.configRead(0x3d, 1)).toBe(1);
});

it('reads the same in any size', () => {
  const { pci } = testCard();
  for (let offset = 0; offset < 256; offset += 4) {
    const bytes = [0, 1, 2, 3].map((at) => pci.configRead(offset + at, 1) * 256 ** at);
    expect(bytes.reduce((sum, byte) => sum + byte)).toBe(pci.configRead(offset, 4));
  }
});

it('takes a double word whose other parts are read-only', () => {
  const { pci } = testCard();
  pci.configWrite(0x0c, 4, 0xffffffff);
  pci.configWrite(0x3c, 4, 0xffffffff);
  pci.configWrite(0x48, 4, 0x0001_0000);
  expect(pci.configRead(0x0c, 4)).toBe(0xff);
  expect(pci.configRead(0x3c, 4)).toBe(0x1ff);
  expect(pci.device.message(0)).toBe(true);
});

it('refuses accesses that are unaligned or leave it', () => {
  const { pci } = testCard();
  expect(pci.configRead(0x01, 2)).toBe(0xffff);
  expect(pci.configRead(256, 1)).toBe(0xff);
  expect(pci.configRead(-4, 4)).toBe(0xffffffff);
});

it.each([
  [[{ kind: 'M32', size: 24 }], /power of two/],
  [[{ kind: 'M32', size: 2 ** 32 }], /64-bit BAR/],
  [
    [
      { kind: 'M64', size: 16 },
      { kind: 'IO', size: 4 },
    ],
    /left empty/,
  ],
] as const)('refuses BARs that no function can have: %j', (bars, message) => {
  expect(() => testCard({ bars })).toThrow(message);
});
