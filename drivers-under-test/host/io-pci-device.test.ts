import { describe, expect, it } from 'vitest';
import {
  kIOInterruptTypePCIMessaged as MSI,
  kIOInterruptTypePCIMessagedX as MSIX,
  kIOPCIDeviceResetTypeFunctionReset,
  kIOPCIDeviceResetTypeHotReset,
  PCI_BAR_TYPES,
} from './io-pci-device.ts';
import {
  IOInterruptDispatchSource,
  kIOInterruptTypeLevel,
} from './io-interrupt-dispatch-source.ts';
import { IOService } from './io-service.ts';
import { kPCIPMCD1Support, kPCIPMCD3Support } from './pci-power.ts';
import { testHost, type TestHostOptions } from './test-host.ts';

function bench(card: TestHostOptions['card'] = {}) {
  const made = testHost({ card });
  const client = new IOService(made.host);
  made.provider.Open(client);
  made.provider.ConfigurationWrite16(4, 7);
  return { ...made, client, pciDevice: made.provider };
}

describe('Open and Close', () => {
  it('are exclusive', () => {
    const { host, pciDevice, client } = bench();
    const other = new IOService(host);
    expect(() => pciDevice.Open(other)).toThrow('kIOReturnExclusiveAccess');
    pciDevice.Open(client);
    expect(() => pciDevice.Close(other)).toThrow('kIOReturnNotOpen');
    expect(() => pciDevice.Open(client, 1)).toThrow('kIOReturnBadArgument');
    expect(() => pciDevice.Close(client, 1)).toThrow('kIOReturnBadArgument');
    expect(host.outstanding()).toEqual(['open IOPCIDevice (IOService)']);
    pciDevice.Close(client);
    expect(host.outstanding()).toEqual([]);
    expect(() => pciDevice.Close(client)).toThrow('kIOReturnNotOpen');
    pciDevice.Open(other);
    expect(pciDevice.isOpen).toBe(true);
  });

  it('need the entitlement of the transport', () => {
    const { host, provider } = testHost({ manifest: { entitlements: {} } });
    expect(() => provider.Open(new IOService(host))).toThrow('kIOReturnNotPermitted');
  });

  it('leave bus mastering and memory off, and I/O as it is', () => {
    const { pciDevice, client, pci } = bench();
    pciDevice.Close(client);
    expect(pci.configRead(4, 2)).toBe(1);
  });
});

describe('accesses', () => {
  it('need an open device', () => {
    const { pciDevice, client } = bench();
    pciDevice.Close(client);
    const registers = pciDevice.registers(0);
    for (const access of [
      () => pciDevice.MemoryRead8(0, 0),
      () => pciDevice.MemoryRead16(0, 0),
      () => pciDevice.MemoryRead32(0, 0),
      () => pciDevice.MemoryRead64(0, 0),
      () => pciDevice.MemoryWrite8(0, 0, 0),
      () => pciDevice.MemoryWrite16(0, 0, 0),
      () => pciDevice.MemoryWrite32(0, 0, 0),
      () => pciDevice.MemoryWrite64(0, 0, 0n),
      () => pciDevice.ConfigurationRead8(0),
      () => pciDevice.ConfigurationRead16(0),
      () => pciDevice.ConfigurationRead32(0),
      () => pciDevice.ConfigurationWrite8(0, 0),
      () => pciDevice.ConfigurationWrite16(0, 0),
      () => pciDevice.ConfigurationWrite32(0, 0),
      () => registers.read(0, 4),
      () => registers.write(0, 4, 0),
      () => pciDevice.Reset(kIOPCIDeviceResetTypeHotReset),
      () => pciDevice.SaveDeviceState(),
      () => pciDevice.RestoreDeviceState(),
    ]) {
      expect(access).toThrow('kIOReturnNotOpen');
    }
  });

  it('reach memory and I/O by memory index, which counts ranges', () => {
    const { pciDevice } = bench();
    pciDevice.MemoryWrite32(0, 0, 0x11223344);
    expect(pciDevice.MemoryRead8(0, 1)).toBe(0x33);
    expect(pciDevice.MemoryRead16(0, 2)).toBe(0x1122);
    expect(pciDevice.MemoryRead32(1, 0)).toBe(0x11223344);
    pciDevice.MemoryWrite64(0, 0, 0x8899aabb_ccddeeffn);
    expect(pciDevice.MemoryRead64(0, 0)).toBe(0x8899aabb_ccddeeffn);
    expect(pciDevice.MemoryRead32(0, 4)).toBe(0x8899aabb);
    pciDevice.MemoryWrite8(1, 0, 1);
    expect(pciDevice.registers(1).read(0, 2)).toBe(0xee01);
  });

  it('are refused beyond the ranges, and of 64 bits in I/O space', () => {
    const { pciDevice } = bench();
    for (const index of [2, 6, 7, -1, 0.5]) {
      expect(() => pciDevice.MemoryRead32(index, 0)).toThrow('kIOReturnBadArgument');
      expect(() => pciDevice.MemoryWrite8(index, 0, 0)).toThrow('kIOReturnBadArgument');
    }
    expect(() => pciDevice.MemoryRead64(1, 0)).toThrow('kIOReturnBadArgument');
    expect(() => pciDevice.MemoryWrite64(1, 0, 0n)).toThrow('kIOReturnBadArgument');
  });

  it('of configuration space are aligned and inside', () => {
    const { pciDevice } = bench();
    expect(pciDevice.ConfigurationRead32(0)).toBe(0x11e81234);
    expect(pciDevice.ConfigurationRead8(1)).toBe(0x12);
    expect(() => pciDevice.ConfigurationRead32(2)).toThrow('kIOReturnBadArgument');
    expect(() => pciDevice.ConfigurationRead16(4096)).toThrow('kIOReturnBadArgument');
    expect(() => pciDevice.ConfigurationWrite8(-1, 0)).toThrow('kIOReturnBadArgument');
  });

  it('GetBARInfo describes', () => {
    const { pciDevice } = bench();
    const wide = pciDevice.GetBARInfo(0);
    expect([wide.memoryIndex, wide.size, wide.barType]).toEqual([0, 4096, PCI_BAR_TYPES.M64]);
    const io = pciDevice.GetBARInfo(2);
    expect([io.memoryIndex, io.size, io.barType]).toEqual([1, 8, 1]);
    expect(() => pciDevice.GetBARInfo(1)).toThrow('kIOReturnNotFound');
    expect(() => pciDevice.GetBARInfo(6)).toThrow('kIOReturnNotFound');
    expect(() => pciDevice.GetBARInfo(7)).toThrow('kIOReturnBadArgument');
    expect(pciDevice.GetBusDeviceFunction()).toEqual({ bus: 0, device: 0, function: 0 });
  });
});

describe('FindPCICapability', () => {
  it('finds the first, and goes on after the one it is given', () => {
    const { pciDevice } = bench();
    const pm = pciDevice.FindPCICapability(1);
    expect(pciDevice.ConfigurationRead8(pm)).toBe(1);
    expect(pciDevice.ConfigurationRead8(pciDevice.FindPCICapability(5))).toBe(5);
    expect(() => pciDevice.FindPCICapability(1, pm)).toThrow('kIOReturnNotFound');
    // Only a capability of the same id is a place to go on from.
    expect(() => pciDevice.FindPCICapability(5, pm)).toThrow('kIOReturnNotFound');
    expect(() => pciDevice.FindPCICapability(0x11)).toThrow('kIOReturnNotFound');
  });

  it('finds nothing without a list, and no extended ones without PCI Express', () => {
    const { pciDevice } = bench({ capabilities: [] });
    expect(() => pciDevice.FindPCICapability(1)).toThrow('kIOReturnNotFound');
    expect(() => bench().pciDevice.FindPCICapability(-1)).toThrow('kIOReturnNotFound');
  });
});

describe('ConfigureInterrupts', () => {
  it('grants what is there, up to what was asked', () => {
    const { pciDevice, pci } = bench();
    expect(pciDevice.ConfigureInterrupts(MSI, 1, 8)).toBe(4);
    expect(pciDevice.interrupts.count).toBe(4);
    const at = pciDevice.FindPCICapability(5);
    expect(pci.configRead(at + 2, 2) % 2).toBe(1);
    expect(pciDevice.ConfigureInterrupts(kIOInterruptTypeLevel)).toBe(1);
    expect(pci.configRead(at + 2, 2) % 2).toBe(0);
  });

  it('fails for too many, and for what the device lacks', () => {
    const { pciDevice } = bench();
    expect(() => pciDevice.ConfigureInterrupts(MSI, 5, 8)).toThrow('kIOReturnUnsupported');
    expect(() => pciDevice.ConfigureInterrupts(MSIX, 1)).toThrow('kIOReturnUnsupported');
    for (const [type, required, requested] of [
      [MSI, 0, 1],
      [MSI, 2, 1],
      [7, 1, 1],
      [MSI, Number.NaN, 1],
    ] as const) {
      expect(() => pciDevice.ConfigureInterrupts(type, required, requested)).toThrow(
        'kIOReturnBadArgument',
      );
    }
    const bare = bench({ capabilities: [] });
    expect(() => bare.pciDevice.ConfigureInterrupts(MSI)).toThrow('kIOReturnUnsupported');
    expect(bare.pciDevice.ConfigureInterrupts(kIOInterruptTypeLevel)).toBe(1);
  });

  it('stands while a source listens', () => {
    const { pciDevice, client } = bench();
    pciDevice.ConfigureInterrupts(MSI, 2);
    IOInterruptDispatchSource.Create(pciDevice, 1, client.defaultQueue);
    expect(() => pciDevice.ConfigureInterrupts(kIOInterruptTypeLevel)).toThrow(
      'kIOReturnUnsupported',
    );
    expect(pciDevice.ConfigureInterrupts(MSI, 1, 2)).toBe(2);
  });
});

describe('Reset and state', () => {
  it('resets the device and restores its configuration', () => {
    const { pciDevice, pci } = bench();
    const domains: string[] = [];
    pci.device.onReset((domain) => domains.push(domain));
    pciDevice.ConfigurationWrite8(0x3c, 0x0b);
    const bar = pciDevice.ConfigurationRead32(0x10);
    pciDevice.Reset(kIOPCIDeviceResetTypeHotReset);
    expect(pciDevice.ConfigurationRead16(4)).toBe(7);
    expect(pciDevice.ConfigurationRead8(0x3c)).toBe(0x0b);
    expect(pciDevice.ConfigurationRead32(0x10)).toBe(bar);
    expect(domains).toHaveLength(1);
  });

  it('refuses resets that are not to be had', () => {
    const { pciDevice } = bench();
    // No PCI Express, no function-level reset.
    for (const type of [kIOPCIDeviceResetTypeFunctionReset, 0, 2, 4, 8]) {
      expect(() => pciDevice.Reset(type)).toThrow('kIOReturnUnsupported');
    }
    expect(() => pciDevice.Reset(1, 1)).toThrow('kIOReturnUnsupported');
  });

  it('saves and restores, until Close', () => {
    const { pciDevice, client } = bench();
    expect(() => pciDevice.RestoreDeviceState()).toThrow('kIOReturnNotReady');
    pciDevice.SaveDeviceState();
    pciDevice.ConfigurationWrite16(4, 0);
    pciDevice.RestoreDeviceState();
    expect(pciDevice.ConfigurationRead16(4)).toBe(7);
    pciDevice.Close(client);
    pciDevice.Open(client);
    expect(() => pciDevice.RestoreDeviceState()).toThrow('kIOReturnNotReady');
  });
});

describe('power and link', () => {
  it('asks the capability', () => {
    const { pciDevice } = bench();
    pciDevice.HasPCIPowerManagement(kPCIPMCD3Support);
    expect(() => pciDevice.HasPCIPowerManagement(kPCIPMCD1Support)).toThrow('kIOReturnUnsupported');
    expect(() => pciDevice.EnablePCIPowerManagement(4)).toThrow('kIOReturnBadArgument');
    const bare = bench({ capabilities: [] }).pciDevice;
    expect(() => bare.HasPCIPowerManagement(1)).toThrow('kIOReturnUnsupported');
    expect(() => bare.EnablePCIPowerManagement(3)).toThrow('kIOReturnBadArgument');
  });

  it('has no bridge above', () => {
    const { pciDevice } = bench();
    expect(() => pciDevice.SetLinkSpeed(6)).toThrow('kIOReturnBadArgument');
    expect(() => pciDevice.SetLinkSpeed(1)).toThrow('kIOReturnUnsupported');
    expect(() => pciDevice.GetLinkSpeed()).toThrow('kIOReturnUnsupported');
    expect(() => pciDevice.SetASPMState(1)).toThrow('kIOReturnUnsupported');
  });
});

describe('properties', () => {
  it('come from configuration space', () => {
    const { pciDevice } = bench();
    expect(pciDevice.CopyProperties()).toMatchObject({
      IOClass: 'IOPCIDevice',
      'vendor-id': 0x1234,
      'device-id': 0x11e8,
      'subsystem-vendor-id': 0x1af4,
      'subsystem-id': 0x1100,
      'class-code': 0x00ff00,
      'revision-id': 0x10,
      name: 'pci1234,11e8',
      compatible: ['pci1af4,1100', 'pci1234,11e8', 'pciclass,00ff00'],
    });
  });
});
