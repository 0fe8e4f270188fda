import { describe, expect, it } from 'vitest';
import { EventKind } from '../../sim/kernel/journal.ts';
import { IOBufferMemoryDescriptor } from './io-buffer-memory-descriptor.ts';
import {
  IODMACommand,
  kIODMACommandPerformOperationOptionRead as READ,
  kIODMACommandPerformOperationOptionWrite as WRITE,
  kIODMACommandPerformOperationOptionZero as ZERO,
} from './io-dma-command.ts';
import {
  IOMemoryDescriptor,
  kIOMemoryDirectionIn as IN,
  kIOMemoryDirectionInOut as BOTH,
  kIOMemoryDirectionOut as OUT,
} from './io-memory-descriptor.ts';
import { IOService } from './io-service.ts';
import { brokenRules, testHost } from './test-host.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

function bench() {
  const made = testHost({ card: { memoryBytes: 65_536 } });
  const owner = new IOService(made.host);
  made.provider.Open(owner);
  made.provider.ConfigurationWrite16(4, 6);
  const buffer = (length = 16, direction = BOTH) =>
    IOBufferMemoryDescriptor.Create(owner, direction, length);
  return { ...made, owner, buffer };
}

describe('IOBufferMemoryDescriptor', () => {
  it.each([0, -1, 1.5, Number.NaN, 2 ** 53])('is refused with %d bytes', (length) => {
    const { buffer } = bench();
    expect(() => buffer(length)).toThrow('kIOReturnBadArgument');
  });

  it('is refused for directions that there are none of, and where memory is used up', () => {
    const { host, buffer } = bench();
    const before = host.outstanding();
    for (const direction of [0, 4, 1.5]) {
      expect(() => buffer(16, direction)).toThrow('kIOReturnBadArgument');
    }
    expect(() => buffer(65_537)).toThrow('kIOReturnNoMemory');
    expect(host.outstanding()).toEqual(before);
    buffer(65_536).release();
    buffer(65_536);
  });

  it('has a length within its capacity', () => {
    const { host, buffer } = bench();
    const memory = buffer();
    memory.SetLength(8);
    expect(memory.GetLength()).toBe(8);
    expect(() => memory.CreateMapping().read(8, 1)).toThrow('kIOReturnVMError');
    expect(() => memory.SetLength(17)).toThrow('kIOReturnBadArgument');
    expect(() => memory.SetLength(-1)).toThrow('kIOReturnBadArgument');
    memory.SetLength(16);
    expect(memory.CreateMapping().read(8, 1)).toEqual(bytes(0));
    expect(brokenRules(host)).toEqual(['HOST-MEMORY']);
  });

  it('cannot be released twice, nor touched after', () => {
    const { host, buffer } = bench();
    const memory = buffer();
    const mapping = memory.CreateMapping();
    memory.release();
    expect(() => memory.release()).toThrow('kIOReturnError');
    expect(() => memory.CreateMapping()).toThrow('kIOReturnNotReady');
    expect(() => mapping.read(0, 1)).toThrow('kIOReturnVMError');
    expect(() => mapping.write(0, bytes(1))).toThrow('kIOReturnVMError');
    expect(brokenRules(host)).toEqual(['HOST-MEMORY', 'HOST-MEMORY']);
  });
});

describe('IOMemoryMap', () => {
  it.each([
    [-1, 1],
    [16, 1],
    [0, 17],
    [0, -1],
    [0.5, 1],
    [Number.NaN, 1],
  ])('offset %d with %d bytes is a violation', (offset, length) => {
    const { host, buffer } = bench();
    expect(() => buffer().CreateMapping().read(offset, length)).toThrow('kIOReturnVMError');
    expect(brokenRules(host)).toEqual(['HOST-MEMORY']);
  });

  it('journals accesses with an address that tells buffers apart', () => {
    const { buffer, world } = bench();
    const { journal } = world;
    const addresses: number[] = [];
    const note = (at: number) => void addresses.push(journal.addressAt(at));
    journal.observe(EventKind.BufferRead, note);
    journal.observe(EventKind.BufferWrite, note);
    const [one, two] = [buffer().CreateMapping(), buffer().CreateMapping()];
    one.read(0, 4);
    one.write(4, bytes(1, 2));
    two.read(0, 4);
    expect(addresses[1]! - addresses[0]!).toBe(4);
    expect(Math.abs(addresses[2]! - addresses[0]!)).toBeGreaterThanOrEqual(16);
  });
});

describe('IOMemoryDescriptor', () => {
  it('of a part reads and writes that part', () => {
    const { host, buffer } = bench();
    const whole = buffer();
    const part = whole.CreateSubMemoryDescriptor(BOTH, 4, 8);
    part.CreateSubMemoryDescriptor(BOTH, 2, 2).CreateMapping().write(0, bytes(7, 8));
    expect(whole.CreateMapping().read(5, 4)).toEqual(bytes(0, 7, 8, 0));
    expect(() => part.CreateMapping().read(7, 2)).toThrow('kIOReturnVMError');
    expect(() => whole.CreateSubMemoryDescriptor(BOTH, 9, 8)).toThrow('kIOReturnBadArgument');
    expect(() => whole.CreateSubMemoryDescriptor(BOTH, 0, 0)).toThrow('kIOReturnBadArgument');
    expect(host.outstanding()).toContain('part of 8 bytes (IOService)');
    part.release();
    expect(host.outstanding()).not.toContain('part of 8 bytes (IOService)');
    expect(whole.CreateMapping().read(6, 1)).toEqual(bytes(7));
  });

  it('of several is one after the other', () => {
    const { owner, buffer } = bench();
    const parts = [buffer(4), buffer(2), buffer(4)];
    const all = IOMemoryDescriptor.CreateWithMemoryDescriptors(owner, BOTH, parts);
    expect(all.GetLength()).toBe(10);
    all.CreateMapping().write(3, bytes(1, 2, 3, 4));
    expect(parts.map((each) => [...each.CreateMapping().read(0, each.GetLength())])).toEqual([
      [0, 0, 0, 1],
      [2, 3],
      [4, 0, 0, 0],
    ]);
    expect(all.CreateMapping().read(2, 6)).toEqual(bytes(0, 1, 2, 3, 4, 0));
    parts[1]?.release();
    expect(() => all.CreateMapping()).toThrow('kIOReturnNotReady');
  });

  it('is made of 1 to 32', () => {
    const { owner, buffer } = bench();
    const of = (count: number) =>
      IOMemoryDescriptor.CreateWithMemoryDescriptors(
        owner,
        BOTH,
        Array.from({ length: count }, () => buffer(1)),
      );
    expect(() => of(0)).toThrow('kIOReturnBadArgument');
    expect(() => of(33)).toThrow('kIOReturnBadArgument');
    expect(of(32).GetLength()).toBe(32);
  });
});

describe('IODMACommand', () => {
  it('lets the device at memory while prepared, in its direction', () => {
    const { provider, buffer, pci } = bench();
    const { dma } = pci.device;
    const memory = buffer(16, OUT);
    memory.CreateMapping().write(4, bytes(9));
    const command = IODMACommand.Create(provider);
    const { segments, flags } = command.PrepareForDMA(memory, 4);
    expect(flags).toBe(OUT);
    const { address, length } = segments[0]!;
    expect(length).toBe(12);
    expect(dma.read(address, 1)).toEqual(bytes(9));
    expect(dma.write(address, bytes(1))).toBe(false);
    expect(dma.read(address + 12, 1)).toBeUndefined();
    command.CompleteDMA();
    expect(dma.read(address, 1)).toBeUndefined();
  });

  it('says what is prepared, once at a time', () => {
    const { provider, buffer } = bench();
    const memory = buffer();
    const command = IODMACommand.Create(provider);
    expect(() => command.GetPreparation()).toThrow('kIOReturnNotReady');
    expect(() => command.CompleteDMA()).toThrow('kIOReturnNotReady');
    command.PrepareForDMA(memory, 2, 3);
    expect(command.GetPreparation()).toEqual({ memory, offset: 2, length: 3 });
    expect(() => command.PrepareForDMA(memory)).toThrow('kIOReturnBusy');
    expect(() => command.CompleteDMA(1)).toThrow('kIOReturnBadArgument');
    command.CompleteDMA();
    command.PrepareForDMA(memory);
  });

  it('refuses bytes that are not there, released memory and impossible widths', () => {
    const { provider, buffer } = bench();
    const memory = buffer();
    const command = IODMACommand.Create(provider);
    for (const [offset, length] of [
      [0, 17],
      [16, 0],
      [-1, 1],
      [20, 0],
    ] as const) {
      expect(() => command.PrepareForDMA(memory, offset, length)).toThrow('kIOReturnBadArgument');
    }
    memory.release();
    expect(() => command.PrepareForDMA(memory)).toThrow('kIOReturnNotReady');
    for (const bits of [0, 65, 1.5]) {
      expect(() => IODMACommand.Create(provider, bits)).toThrow('kIOReturnBadArgument');
    }
  });

  it('keeps segments below the bits that the device can drive, or fails', () => {
    const { provider, buffer, pci } = bench();
    expect(() => IODMACommand.Create(provider, 8).PrepareForDMA(buffer())).toThrow(
      'kIOReturnNoResources',
    );
    expect(pci.memory.live()).toHaveLength(0);
    const { segments } = IODMACommand.Create(provider, 28).PrepareForDMA(buffer());
    expect(segments[0]!.address).toBeLessThan(2 ** 28);
  });

  it('makes one segment of each range, and all or none', () => {
    const { owner, provider, buffer, pci } = bench();
    const parts = [buffer(4), buffer(2)];
    const all = IOMemoryDescriptor.CreateWithMemoryDescriptors(owner, BOTH, parts);
    const command = IODMACommand.Create(provider);
    expect(() => command.PrepareForDMA(all, 0, 0, 1)).toThrow('kIOReturnNoSpace');
    const { segments } = command.PrepareForDMA(all, 1);
    expect(segments.map(({ length }) => length)).toEqual([3, 2]);
    expect(pci.device.dma.write(segments[1]!.address, bytes(5))).toBe(true);
    expect(parts[1]?.CreateMapping().read(0, 1)).toEqual(bytes(5));
    command.CompleteDMA();
    expect(pci.memory.live()).toHaveLength(0);
    const twice = IOMemoryDescriptor.CreateWithMemoryDescriptors(
      owner,
      BOTH,
      Array.from({ length: 17 }, () => all),
    );
    expect(() => command.PrepareForDMA(twice)).toThrow('kIOReturnNoSpace');
  });

  it('lets the CPU read, write and zero what is prepared', () => {
    const { provider, buffer } = bench();
    const [memory, data] = [buffer(), buffer()];
    memory.CreateMapping().write(0, bytes(0, 1, 2, 3, 4, 5, 6, 7));
    const command = IODMACommand.Create(provider);
    expect(() => command.PerformOperation(READ, 0, 1, 0, data)).toThrow('kIOReturnNotReady');
    command.PrepareForDMA(memory, 2, 6);
    command.PerformOperation(READ, 1, 3, 4, data);
    expect(data.CreateMapping().read(3, 5)).toEqual(bytes(0, 3, 4, 5, 0));
    command.PerformOperation(WRITE, 0, 2, 5, data);
    expect(memory.CreateMapping().read(0, 8)).toEqual(bytes(0, 1, 4, 5, 4, 5, 6, 7));
    command.PerformOperation(ZERO, 4, 2);
    expect(memory.CreateMapping().read(0, 8)).toEqual(bytes(0, 1, 4, 5, 4, 5, 0, 0));
    expect(() => command.PerformOperation(READ, 0, 7, 0, data)).toThrow('kIOReturnBadArgument');
    expect(() => command.PerformOperation(READ, 0, 1)).toThrow('kIOReturnBadArgument');
    expect(() => command.PerformOperation(3, 0, 1, 0, data)).toThrow('kIOReturnBadArgument');
  });

  it('and its memory are released after CompleteDMA only', () => {
    const { host, provider, buffer, pci } = bench();
    const command = IODMACommand.Create(provider);
    const memory = buffer(16, IN);
    command.PrepareForDMA(memory);
    memory.release();
    command.release();
    expect(() => command.release()).toThrow('kIOReturnError');
    expect(() => command.PrepareForDMA(buffer())).toThrow('kIOReturnNotReady');
    expect(brokenRules(host)).toEqual(['HOST-DMA', 'HOST-DMA']);
    expect(pci.memory.live()).toHaveLength(0);
  });
});
