/** A small driver with one bug that takes more than one dimension of a scenario to show. */
import {
  IOPCIDevice,
  kIOPCICommandMemorySpace,
  kIOPCIConfigurationOffsetCommand,
} from '../../../drivers-under-test/host/io-pci-device.ts';
import { fail } from '../../../drivers-under-test/host/io-return.ts';
import { IOService } from '../../../drivers-under-test/host/io-service.ts';
import {
  type DriverManifest,
  type ServiceClass,
  defineDriver,
} from '../../../drivers-under-test/host/manifest.ts';
import type { Extent } from '../extent.ts';
import type { SearchModel } from '../model.ts';

export interface Demo {
  readonly id: string;
  /** What is wrong, and what it takes to see that. */
  readonly what: string;
  readonly model: SearchModel;
  readonly driver: DriverManifest;
  /** The same without the bug. */
  readonly mended: DriverManifest;
  readonly extent: Extent;
  /** The smallest scenario, known by hand. */
  readonly smallest: { readonly steps: number; readonly faults: number; readonly choices: number };
}

export const TARGET = 'sim:edu';
const EDU = '0x11e81234';
const IDENTIFICATION = 0x00;

/** On QEMU's education device, as far as all of the demonstrations go. */
export abstract class DemoService extends IOService {
  protected pci!: IOPCIDevice;

  override async Start(provider: IOService): Promise<void> {
    await super.Start(provider);
    if (!(provider instanceof IOPCIDevice)) fail('kIOReturnBadArgument', 'edu sits on PCI');
    this.pci = provider;
    this.pci.Open(this);
    this.pci.ConfigurationWrite16(kIOPCIConfigurationOffsetCommand, kIOPCICommandMemorySpace);
    this.RegisterService();
  }

  identify(): number {
    return this.pci.MemoryRead32(0, IDENTIFICATION);
  }

  override async Stop(provider: IOService): Promise<void> {
    if (this.pci.isOpen) this.pci.Close(this);
    await super.Stop(provider);
  }
}

export function demoDriver(id: string, service: ServiceClass): DriverManifest {
  return defineDriver({
    id,
    version: '1.0.0',
    class: 'Demonstration',
    personalities: { edu: { IOProviderClass: 'IOPCIDevice', IOPCIPrimaryMatch: EDU } },
    entitlements: {
      'com.apple.developer.driverkit': true,
      'com.apple.developer.driverkit.transport.pci': [{ IOPCIPrimaryMatch: EDU }],
    },
    ics: {},
    service,
  });
}
