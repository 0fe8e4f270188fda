import { describe, expect, it } from 'vitest';
import { EVENT_KINDS, EventKind } from '../../kernel/journal.ts';
import type { World } from '../../kernel/world.ts';
import { Command, interruptsOf, testCard } from './test-card.ts';

const COMMAND = 0x04;
const STATUS = 0x06;

function kinds({ journal }: World): string[] {
  return Array.from({ length: journal.count }, (_, at) => EVENT_KINDS[journal.kindAt(at) - 1]!);
}

describe('decoding', () => {
  it('is off after power-on: reads are all ones, writes are lost', () => {
    const { pci, bank } = testCard();
    pci.write(0, 0, 4, 5);
    expect(pci.read(0, 0, 4)).toBe(0xffffffff);
    expect(pci.read(0, 0, 1)).toBe(0xff);
    expect([pci.read(0, 0, 8), pci.high]).toEqual([0xffffffff, 0xffffffff]);
    expect(bank.registers.SCRATCH.value).toBe(0);
  });

  it('goes by the kind of the BAR', () => {
    const { pci } = testCard();
    pci.configWrite(COMMAND, 2, Command.Memory);
    pci.write(0, 0, 4, 5);
    expect(pci.read(0, 0, 4)).toBe(5);
    expect(pci.read(1, 0, 4)).toBe(0xffffffff);
    pci.configWrite(COMMAND, 2, Command.Io);
    expect(pci.read(0, 0, 4)).toBe(0xffffffff);
    expect(pci.read(1, 0, 4)).toBe(5);
  });

  it('carries eight bytes in two halves', () => {
    const { pci } = testCard();
    pci.configWrite(COMMAND, 2, Command.Memory);
    pci.write(0, 0, 8, 1, 2);
    expect([pci.read(2, 0, 8), pci.high]).toEqual([1, 2]);
  });

  it('stops where the driver moves the BAR away from its address', () => {
    const { pci } = testCard();
    pci.configWrite(COMMAND, 2, Command.Memory);
    pci.configWrite(0x10, 4, 0);
    expect(pci.read(0, 0, 4)).toBe(0xffffffff);
    pci.configWrite(0x10, 4, pci.bars[0]!.address);
    expect(pci.read(0, 0, 4)).toBe(0);
  });
});

describe('BAR sizing', () => {
  it.each([
    [0x10, 0xfffff000],
    [0x14, 0xfffffff9],
    [0x18, 0x0000000c],
    [0x1c, 0xfffffffe],
    [0x20, 0],
  ])('BAR at 0x%s answers all ones with its size and kind', (offset, answer) => {
    const { pci } = testCard();
    pci.configWrite(offset, 4, 0xffffffff);
    expect(pci.configRead(offset, 4)).toBe(answer);
  });
});

describe('INTx', () => {
  it('follows the device, unless disabled; the status bit tells the request', () => {
    const { pci, world } = testCard();
    const seen = interruptsOf(pci);
    pci.device.interrupt.drive(true);
    pci.configWrite(COMMAND, 2, Command.IntxDisable);
    expect(pci.configRead(STATUS, 2) & 8).toBe(8);
    pci.configWrite(COMMAND, 2, 0);
    pci.device.interrupt.drive(false);
    expect(pci.configRead(STATUS, 2) & 8).toBe(0);
    expect(seen).toEqual([true, false, true, false]);
    expect(kinds(world).filter((kind) => kind === 'Interrupt')).toHaveLength(4);
  });
});

describe('MSI', () => {
  it('needs to be on and bus mastering; then INTx is silent', () => {
    const { pci } = testCard();
    const seen = interruptsOf(pci);
    expect(pci.device.message(0)).toBe(false);
    expect(pci.route('msi', 4)).toBe(true);
    expect(pci.device.message(1)).toBe(true);
    pci.configWrite(COMMAND, 2, Command.Master);
    pci.device.message(2);
    pci.device.interrupt.drive(true);
    expect(seen).toEqual([2]);
  });
});

describe('DMA', () => {
  const both = { deviceReads: true, deviceWrites: true, maxAddressBits: 32 };

  it('reaches live mappings while bus mastering is on', () => {
    const { pci, world } = testCard();
    const buffer = pci.memory.allocate(16, 1);
    const mapping = pci.memory.map(buffer, 4, 8, both);
    expect(pci.device.dma.read(mapping.address, 1)).toBeUndefined();
    pci.configWrite(COMMAND, 2, Command.Master);
    expect(pci.device.dma.write(mapping.address + 6, Uint8Array.of(1, 2))).toBe(true);
    expect([...buffer.read(10, 2)]).toEqual([1, 2]);
    expect(pci.device.dma.read(mapping.address + 7, 2)).toBeUndefined();
    mapping.unmap();
    expect(pci.device.dma.read(mapping.address, 1)).toBeUndefined();
    expect(kinds(world)).toEqual([
      'DmaMap',
      'DmaFault',
      'DmaWrite',
      'DmaFault',
      'DmaUnmap',
      'DmaFault',
    ]);
    expect(pci.configRead(STATUS, 2) & 0x2000).toBe(0x2000);
    pci.configWrite(STATUS, 2, 0x2000);
    expect(pci.configRead(STATUS, 2) & 0x2000).toBe(0);
  });

  it('keeps the direction of a mapping', () => {
    const { pci } = testCard();
    pci.configWrite(COMMAND, 2, Command.Master);
    const buffer = pci.memory.allocate(4, 1);
    const { address } = pci.memory.map(buffer, 0, 4, { ...both, deviceWrites: false });
    expect(pci.device.dma.write(address, Uint8Array.of(1))).toBe(false);
    expect(pci.device.dma.read(address, 4)).toEqual(new Uint8Array(4));
  });
});

describe('power and removal', () => {
  const PMCSR = 0x44;

  it('answers no memory access in D3 and is reset on the way back', () => {
    const { pci } = testCard();
    const resets: string[] = [];
    pci.device.onReset((domain) => resets.push(domain));
    pci.configWrite(COMMAND, 2, Command.Memory);
    pci.configWrite(PMCSR, 2, 3);
    expect(pci.read(0, 0, 4)).toBe(0xffffffff);
    pci.configWrite(PMCSR, 2, 0);
    expect(resets).toEqual(['d3']);
    expect(pci.configRead(COMMAND, 2)).toBe(0);
    expect(pci.configRead(0x10, 4)).toBe(0);
  });

  it('reads all ones everywhere once removed, and says so once', () => {
    const { pci, world } = testCard();
    pci.configWrite(COMMAND, 2, Command.Memory + Command.Master);
    const seen = interruptsOf(pci);
    pci.device.interrupt.drive(true);
    pci.remove();
    pci.remove();
    expect(pci.configRead(0, 4)).toBe(0xffffffff);
    expect(pci.read(0, 0, 2)).toBe(0xffff);
    expect(pci.device.dma.write(0x100000, Uint8Array.of(1))).toBe(false);
    expect(seen).toEqual([true, false]);
    expect(kinds(world).filter((kind) => kind === 'Removed')).toHaveLength(1);
    expect(world.journal.textAt(1)).toBe('removed');
    expect(world.journal.kindAt(1)).toBe(EventKind.Removed);
  });

  it('keeps its BARs over a hot reset, by the hand of the platform', () => {
    const { pci } = testCard();
    pci.configWrite(COMMAND, 2, Command.Memory);
    expect(pci.reset('hot')).toBe(true);
    expect(pci.configRead(COMMAND, 2)).toBe(0);
    expect(pci.configRead(0x10, 4)).toBe(pci.bars[0]!.address);
  });
});
