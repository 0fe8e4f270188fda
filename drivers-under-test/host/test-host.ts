/** A host, a card and a driver for the tests of this folder. */
import { SimPciFunction, type SimPciOptions } from '../../sim/buses/pci/sim-function.ts';
import { DEFAULT_PORT, PciPort } from '../../sim/buses/pci/port.ts';
import { inOrder, type Schedule } from '../../sim/kernel/schedule.ts';
import { World } from '../../sim/kernel/world.ts';
import { RegisterBank } from '../../sim/registers/bank.ts';
import { Host } from './host.ts';
import { IOPCIDevice } from './io-pci-device.ts';
import { IOService } from './io-service.ts';
import type { DriverManifest } from './manifest.ts';

const registers = {
  name: 'scratch card',
  width: 32,
  sizes: [1, 2, 4, 8],
  registers: { SCRATCH: { at: 0 }, OTHER: { at: 4 } },
} as const;

/** Microtasks that a promise chain of these tests may be long. */
const MICROTASKS = 64;

async function settle(): Promise<void> {
  for (let turn = 0; turn < MICROTASKS; turn++) await Promise.resolve();
}

export const TRANSPORT = 'com.apple.developer.driverkit.transport.pci';

export const manifestOf = (overrides: Partial<DriverManifest> = {}): DriverManifest => ({
  id: 'scratch',
  version: '1.0.0',
  class: 'Scratch',
  personalities: {
    card: { IOProviderClass: 'IOPCIDevice', IOPCIPrimaryMatch: '0x11e81234' },
  },
  entitlements: { 'com.apple.developer.driverkit': true, [TRANSPORT]: true },
  ics: {},
  service: IOService,
  ...overrides,
});

export interface TestHostOptions {
  readonly manifest?: Partial<DriverManifest>;
  readonly card?: Partial<SimPciOptions>;
  readonly schedule?: Schedule;
}

export function testHost({ manifest = {}, card = {}, schedule = inOrder }: TestHostOptions = {}) {
  const world = new World({ seed: 1, settle, schedule });
  const bank = new RegisterBank(registers);
  const pci = new SimPciFunction(world, {
    vendor: 0x1234,
    device: 0x11e8,
    subsystem: { vendor: 0x1af4, id: 0x1100 },
    classCode: 0x00ff00,
    revision: 0x10,
    interruptPin: 1,
    bars: [
      { kind: 'M64', size: 4096, handler: bank },
      undefined,
      { kind: 'IO', size: 8, handler: bank },
    ],
    capabilities: [{ kind: 'power-management' }, { kind: 'msi', vectors: 4 }],
    ...card,
  });
  const host = new Host(world, manifestOf(manifest), pci.memory);
  const provider = new IOPCIDevice(host, new PciPort(world, pci, DEFAULT_PORT));
  /** The task's value, or what it threw; a task that is stuck or over budget is an error. */
  const run = async <T>(task: () => T | Promise<T>): Promise<T> => {
    const end = await world.run(task, { virtualNs: 600e9, events: 1_000_000 });
    if (end.end === 'threw') throw end.error;
    if (end.end !== 'returned') throw new Error(end.end);
    return end.value;
  };
  return { world, bank, pci, host, provider, run };
}

/** Rules that the driver broke, in order. */
export const brokenRules = (host: Host): string[] => host.violations.map(({ rule }) => rule);
