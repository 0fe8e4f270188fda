/**
 * What the PCI family does in configuration space for a driver: it finds capabilities, saves and
 * restores the function's state, and says who the function is.
 *
 * IOPCIFamily 726.0.5 (IOPCIConfigurator.cpp, IOPCIDevice.cpp); capability layouts: PCI Local Bus
 * Specification 3.0 §6.7 and §6.8, PCI Bus Power Management Interface 1.2 (secondary sources).
 */
import { fail } from './io-return.ts';

/** Configuration space as the platform reaches it: whoever holds the device open. */
export interface ConfigAccess {
  read(offset: number, size: 1 | 2 | 4): number;
  write(offset: number, size: 1 | 2 | 4, value: number): void;
}

const COMMAND = 0x04;
const STATUS = 0x06;
const STATUS_CAPABILITIES = 0x10;
const CAPABILITIES_POINTER = 0x34;
const EXTENDED_FROM = 0x100;

export const CapabilityId = { PowerManagement: 1, Msi: 5, Express: 0x10, MsiX: 0x11 } as const;

/** Capabilities that a list can have: a bound on a list that runs in a circle. */
const CAPABILITIES_MAX = 48;
const EXTENDED_MAX = 960;

/** What FindPCICapability takes for an extended capability: its id negated. */
const isExtended = (id: number): boolean => id < 0 || id >= 0x8000_0000;

/**
 * Offset of the first capability with this id, or of the one that follows the one at `after`.
 * Undefined when there is none.
 */
export function findCapability(config: ConfigAccess, id: number, after = 0): number | undefined {
  const hasList = (config.read(STATUS, 2) & STATUS_CAPABILITIES) !== 0;
  if (!hasList) return undefined;
  if (isExtended(id)) return findExtended(config, id < 0 ? -id : 2 ** 32 - id, after);
  let skipTo = after;
  let at = aligned(config.read(CAPABILITIES_POINTER, 1));
  for (let seen = 0; at !== 0 && seen < CAPABILITIES_MAX; seen++) {
    if (config.read(at, 1) === id) {
      if (skipTo === 0) return at;
      if (at === skipTo) skipTo = 0;
    }
    at = aligned(config.read(at + 1, 1));
  }
  return undefined;
}

function findExtended(config: ConfigAccess, id: number, after: number): number | undefined {
  if (findCapability(config, CapabilityId.Express) === undefined) return undefined;
  let skipTo = after;
  let at = EXTENDED_FROM;
  for (let seen = 0; at >= EXTENDED_FROM && seen < EXTENDED_MAX; seen++) {
    if (config.read(at, 2) === id) {
      if (skipTo === 0) return at;
      if (at === skipTo) skipTo = 0;
    }
    // Version in the lower four bits, the next offset above.
    at = aligned(Math.floor(config.read(at + 2, 2) / 16));
  }
  return undefined;
}

/** A pointer that is not aligned ends the list. */
function aligned(pointer: number): number {
  return pointer % 4 === 0 ? pointer : 0;
}

/** Vectors that the function can signal by MSI or MSI-X; 0 without the capability. */
export function messageVectors(config: ConfigAccess, mechanism: 'msi' | 'msix'): number {
  const id = mechanism === 'msi' ? CapabilityId.Msi : CapabilityId.MsiX;
  const at = findCapability(config, id);
  if (at === undefined) return 0;
  const control = config.read(at + 2, 2);
  // MSI: multiple message capable, the logarithm, in bits 3:1. MSI-X: table size - 1 in bits 10:0.
  return mechanism === 'msi' ? 2 ** (Math.floor(control / 2) % 8) : (control % 2048) + 1;
}

/** A register that a reset loses, and what it held. */
interface Saved {
  readonly offset: number;
  readonly size: 1 | 2 | 4;
  readonly value: number;
}

export type DeviceState = readonly Saved[];

/** Latency timer and line size, BARs, ROM, interrupt line; the command register comes last. */
const SAVED = [
  { offset: 0x0c, size: 2 },
  ...[0x10, 0x14, 0x18, 0x1c, 0x20, 0x24, 0x30].map((offset) => ({ offset, size: 4 })),
  { offset: 0x3c, size: 1 },
  { offset: COMMAND, size: 2 },
] as readonly { offset: number; size: 1 | 2 | 4 }[];

export function saveState(config: ConfigAccess): DeviceState {
  return SAVED.map(({ offset, size }) => ({ offset, size, value: config.read(offset, size) }));
}

/** Writes only what differs: a register that cannot change is left alone. */
export function restoreState(config: ConfigAccess, state: DeviceState): void {
  for (const { offset, size, value } of state) {
    if (config.read(offset, size) !== value) config.write(offset, size, value);
  }
}

/** PMCSR of the power management capability. @throws kIOReturnBadArgument without one */
export function powerControl(config: ConfigAccess): { capabilities: number; control: number } {
  const at = findCapability(config, CapabilityId.PowerManagement);
  if (at === undefined) fail('kIOReturnBadArgument', 'the function has no power management');
  return { capabilities: at + 2, control: at + 4 };
}

/** What the PCI family publishes in the registry; personalities match against it. */
export function pciProperties(config: ConfigAccess): Readonly<Record<string, unknown>> {
  const vendor = config.read(0x00, 2);
  const device = config.read(0x02, 2);
  const subsystemVendor = config.read(0x2c, 2);
  const subsystem = config.read(0x2e, 2);
  const revision = config.read(0x08, 1);
  const classCode = config.read(0x09, 1) + config.read(0x0a, 2) * 0x100;
  const name = `pci${vendor.toString(16)},${device.toString(16)}`;
  return {
    IOClass: 'IOPCIDevice',
    'vendor-id': vendor,
    'device-id': device,
    'subsystem-vendor-id': subsystemVendor,
    'subsystem-id': subsystem,
    'class-code': classCode,
    'revision-id': revision,
    name,
    IOName: name,
    compatible: [
      `pci${subsystemVendor.toString(16)},${subsystem.toString(16)}`,
      name,
      `pciclass,${classCode.toString(16).padStart(6, '0')}`,
    ],
    IOServiceDEXTEntitlements: [['com.apple.developer.driverkit.transport.pci']],
  };
}
