/** How a scene's driver is attached to its device: host and provider, by the kind of bus. */
import { I2cPort } from '../sim/buses/i2c/port.ts';
import { SpiPort } from '../sim/buses/spi/port.ts';
import { Iommu } from '../sim/buses/pci/iommu.ts';
import type { DmaMemory, PciFunction } from '../sim/buses/pci/function.ts';
import { DEFAULT_PORT, PciPort } from '../sim/buses/pci/port.ts';
import type { World } from '../sim/kernel/world.ts';
import { withFaults } from '../sim/faults/faulty-function.ts';
import { FaultyMemory } from '../sim/faults/faulty-memory.ts';
import { withI2cFaults } from '../sim/faults/faulty-i2c-bus.ts';
import { withSpiFaults } from '../sim/faults/faulty-spi-bus.ts';
import type { I2cFault } from '../sim/faults/i2c-plan.ts';
import type { PciFault } from '../sim/faults/plan.ts';
import type { SpiFault } from '../sim/faults/spi-plan.ts';
import { Host } from '../drivers-under-test/host/host.ts';
import { IOI2CDevice } from '../drivers-under-test/host/io-i2c-device.ts';
import {
  IOPCIDevice,
  kIOPCICommandBusLead,
  kIOPCIConfigurationOffsetCommand,
} from '../drivers-under-test/host/io-pci-device.ts';
import type { IOService } from '../drivers-under-test/host/io-service.ts';
import { IOSPIDevice } from '../drivers-under-test/host/io-spi-device.ts';
import type { DriverManifest } from '../drivers-under-test/host/manifest.ts';
import type { Hardware, I2cHardware, PciHardware, SpiHardware, Target } from './target.ts';

export type Fault = PciFault | I2cFault | SpiFault;

/** The device as the driver reaches it: with this scene's faults. */
export interface Attachment {
  readonly host: Host;
  readonly provider: IOService;
  /** Only on PCI. */
  readonly pci?: {
    readonly function: PciFunction;
    readonly port: PciPort;
    readonly provider: IOPCIDevice;
  };
  /** A new host and provider, as after the driver's process died; the faults go on counting. */
  again(): Attachment;
}

export interface AttachOptions {
  readonly world: World;
  readonly target: Target;
  readonly driver: DriverManifest;
  readonly hardware: Hardware;
  /** Those of the target's bus. */
  readonly faults: readonly Fault[];
}

export function attach(options: AttachOptions): Attachment {
  const { hardware } = options;
  switch (hardware.bus) {
    case 'pci':
      return attachPci(options, hardware);
    case 'i2c':
      return attachI2c(options, hardware);
    case 'spi':
      return attachSpi(options, hardware);
  }
}

function attachPci({ world, target, driver, faults }: AttachOptions, hardware: PciHardware) {
  const plan = faults as readonly PciFault[];
  const pci = withFaults(hardware.function, plan, world, hardware.remove);
  const identicalReadsMax = target.identicalReadsMax ?? DEFAULT_PORT.identicalReadsMax;
  const make = (): Attachment => {
    const port = new PciPort(world, pci, { ...DEFAULT_PORT, identicalReadsMax });
    const host = new Host(world, driver, pci.memory);
    const provider = new IOPCIDevice(host, port, hardware.function);
    const again = () => {
      // What of the driver still runs here does not run where its process died.
      port.dead ??= 'the process of the driver died';
      forget(pci);
      return make();
    };
    return { pci: { function: pci, port, provider }, host, provider, again };
  };
  return make();
}

/** As the system does when a driver's process died: no interrupt, no mastering, no mapping. */
function forget(pci: PciFunction): void {
  const command = pci.configRead(kIOPCIConfigurationOffsetCommand, 2);
  pci.configWrite(kIOPCIConfigurationOffsetCommand, 2, command & ~kIOPCICommandBusLead);
  for (const mapping of [...pci.memory.live()]) mapping.unmap();
  pci.route('none', 1);
}

function attachI2c({ world, driver, faults }: AttachOptions, hardware: I2cHardware): Attachment {
  const plan = faults as readonly I2cFault[];
  const port = new I2cPort(world, withI2cFaults(hardware.i2c, plan, world));
  const memory = hostMemory(world, faults);
  const make = (): Attachment => {
    const host = new Host(world, driver, memory);
    return { host, provider: new IOI2CDevice(host, { ...hardware, port }), again: make };
  };
  return make();
}

function attachSpi({ world, driver, faults }: AttachOptions, hardware: SpiHardware): Attachment {
  const plan = faults as readonly SpiFault[];
  const port = new SpiPort(world, withSpiFaults(hardware.spi, plan, world));
  const memory = hostMemory(world, faults);
  const make = (): Attachment => {
    const host = new Host(world, driver, memory);
    return { host, provider: new IOSPIDevice(host, { ...hardware, port }), again: make };
  };
  return make();
}

/** Buffers of a driver whose device reaches no memory; allocations can fail all the same. */
function hostMemory(world: World, faults: readonly Fault[]): DmaMemory {
  return new FaultyMemory(new Iommu(world.journal), faults as readonly PciFault[], world);
}
