/**
 * IOPCIDevice (PCIDriverKit, IOPCIFamily 726.0.5 IOPCIDevice.iig): the provider of a PCI driver.
 * Memory reads return numbers; where the device cannot answer, what the bus answers (all ones).
 * Where PCIDriverKit hides an error of the driver behind all ones, this host throws its code.
 *
 * I/O BARs: there are no methods of their own, MemoryRead8/16/32 and MemoryWrite8/16/32 serve
 * them too (PCIDriverKit/IOPCIDevice.cpp), the 64-bit ones do not.
 * Not modelled: the bridge above (link speed and ASPM answer kIOReturnUnsupported), the expansion
 * ROM, warm resets, ClientCrashed.
 */
import { EventKind } from '../../sim/kernel/journal.ts';
import { Lifecycle } from '../../sim/kernel/lifecycle.ts';
import type { BarInfo, BarKind, PciFunction } from '../../sim/buses/pci/function.ts';
import type { PciPort } from '../../sim/buses/pci/port.ts';
import { InterruptLines, type InterruptProvider } from './interrupt-lines.ts';
import { fail } from './io-return.ts';
import { IOService } from './io-service.ts';
import { PciPower } from './pci-power.ts';
import {
  type ConfigAccess,
  type DeviceState,
  findCapability,
  messageVectors,
  pciProperties,
  restoreState,
  saveState,
} from './pci-configuration.ts';
import type { HostResource, ServiceHost } from './service-host.ts';

export const kIOPCIConfigurationOffsetVendorID = 0x00;
export const kIOPCIConfigurationOffsetDeviceID = 0x02;
export const kIOPCIConfigurationOffsetCommand = 0x04;
export const kIOPCIConfigurationOffsetStatus = 0x06;
export const kIOPCIConfigurationOffsetCapabilitiesPtr = 0x34;

export const kIOPCICommandIOSpace = 0x0001;
export const kIOPCICommandMemorySpace = 0x0002;
export const kIOPCICommandBusLead = 0x0004;
export const kIOPCICommandInterruptDisable = 0x0400;

export const kIOInterruptTypePCIMessaged = 0x10000;
export const kIOInterruptTypePCIMessagedX = 0x20000;

export const kPCIMemoryRangeExpansionROM = 6;

/** Types as GetBARInfo gives them (IOPCIBARType). */
export const PCI_BAR_TYPES = { M32: 0, IO: 1, M64: 4, M32PF: 8, M64PF: 0xc } as const satisfies {
  readonly [Kind in BarKind]: number;
};

export const kIOPCIDeviceResetTypeHotReset = 0x01;
export const kIOPCIDeviceResetTypeFunctionReset = 0x10;

const TRANSPORT = 'com.apple.developer.driverkit.transport.pci';
const CONFIGURATION_BYTES = 4096;
/** What Close turns off (IOPCIFamily getCloseCommandMask). */
const CLOSED_COMMAND = kIOPCICommandBusLead | kIOPCICommandMemorySpace;
/** kIOInterruptTypeLevel and kIOInterruptTypeEdge. */
const LINE_TYPES = [0, 1];

type Enumerated = Pick<PciFunction, 'configRead'>;

export interface PCIBARInfo extends BarInfo {
  /** What MemoryRead and MemoryWrite take: ranges count, not BARs. */
  readonly memoryIndex: number;
  /** A value of `PCI_BAR_TYPES`. */
  readonly barType: number;
}

export class IOPCIDevice extends IOService implements InterruptProvider {
  readonly interrupts = new InterruptLines();
  readonly #port: PciPort;
  readonly #config: ConfigAccess;
  readonly #power: PciPower;
  /** The BAR behind each memory index. */
  readonly #bars: readonly number[];
  #client: IOService | undefined;
  #session: HostResource | undefined;
  /** An access needs no second look: the device is open, and its client has not stopped. */
  #ready = false;
  /** The client that has passed Stop to super, until the next Open. */
  #stopped: string | undefined;
  #saved: DeviceState | undefined;

  /** @param enumerated the function as enumeration saw it, before there were any faults */
  constructor(host: ServiceHost, port: PciPort, enumerated: Enumerated = port.function) {
    super(host);
    this.#port = port;
    this.#config = {
      read: (offset, size) => port.configRead(offset, size),
      write: (offset, size, value) => port.configWrite(offset, size, value),
    };
    this.#power = new PciPower(this.#config);
    this.#bars = port.function.bars.flatMap((bar, index) => (bar === undefined ? [] : [index]));
    port.function.listen(this.interrupts);
    // What enumeration found out before any driver came: not a driver's access, not journaled.
    this.publish(
      pciProperties({
        read: (offset, size) => enumerated.configRead(offset, size),
        write: () => {},
      }),
    );
  }

  /**
   * Exclusive.
   * @throws kIOReturnExclusiveAccess while somebody else holds it, kIOReturnNotPermitted without
   * the transport's entitlement
   */
  Open(client: IOService, options = 0): void {
    if (options !== 0) fail('kIOReturnBadArgument', 'Open has no options; pass 0');
    if (this.#stopped !== undefined && client.state === 'stopped') this.#afterStop('Open');
    if (this.#client !== undefined && this.#client !== client) {
      fail('kIOReturnExclusiveAccess', `the device is open by ${this.#client.GetName()}`);
    }
    this.host.checkAccess(TRANSPORT);
    if (this.#session === undefined) {
      this.#session = { resourceName: 'open IOPCIDevice', ownerName: client.GetName() };
      this.host.adopt(this.#session);
    }
    this.#client = client;
    this.#stopped = undefined;
    this.#ready = true;
    this.host.world.journal.note(EventKind.Lifecycle, Lifecycle.Open);
  }

  /** Also turns bus mastering and the decoding of memory off. @throws kIOReturnNotOpen */
  Close(client: IOService, options = 0): void {
    if (options !== 0) fail('kIOReturnBadArgument', 'Close has no options; pass 0');
    if (this.#stopped !== undefined) this.#afterStop('Close');
    if (this.#client !== client) fail('kIOReturnNotOpen', 'this client does not hold the device');
    const command = this.#config.read(kIOPCIConfigurationOffsetCommand, 2);
    if ((command & CLOSED_COMMAND) !== 0) {
      this.#config.write(kIOPCIConfigurationOffsetCommand, 2, command & ~CLOSED_COMMAND);
    }
    this.#client = undefined;
    this.#ready = false;
    this.#saved = undefined;
    if (this.#session !== undefined) this.host.disown(this.#session);
    this.#session = undefined;
    this.host.world.journal.note(EventKind.Lifecycle, Lifecycle.Close);
  }

  get isOpen(): boolean {
    return this.#client !== undefined;
  }

  override clientStopped(client: IOService): void {
    this.#stopped = client.GetName();
    this.#ready = false;
  }

  ConfigurationRead8(offset: number): number {
    return this.#port.configRead(this.#configuration(offset, 1), 1);
  }
  ConfigurationRead16(offset: number): number {
    return this.#port.configRead(this.#configuration(offset, 2), 2);
  }
  ConfigurationRead32(offset: number): number {
    return this.#port.configRead(this.#configuration(offset, 4), 4);
  }
  ConfigurationWrite8(offset: number, data: number): void {
    this.#port.configWrite(this.#configuration(offset, 1), 1, data);
  }
  ConfigurationWrite16(offset: number, data: number): void {
    this.#port.configWrite(this.#configuration(offset, 2), 2, data);
  }
  ConfigurationWrite32(offset: number, data: number): void {
    this.#port.configWrite(this.#configuration(offset, 4), 4, data);
  }

  /**
   * @throws (as all memory accessors) kIOReturnNotOpen, kIOReturnBadArgument for a memory index
   * that the device does not have
   */
  MemoryRead8(memoryIndex: number, offset: number): number {
    return this.#port.read(this.#memory(memoryIndex), offset, 1);
  }
  MemoryRead16(memoryIndex: number, offset: number): number {
    return this.#port.read(this.#memory(memoryIndex), offset, 2);
  }
  MemoryRead32(memoryIndex: number, offset: number): number {
    return this.#port.read(this.#memory(memoryIndex), offset, 4);
  }
  MemoryRead64(memoryIndex: number, offset: number): bigint {
    const low = this.#port.read(this.#wideMemory(memoryIndex), offset, 8);
    return BigInt(this.#port.high) * 0x1_0000_0000n + BigInt(low);
  }
  MemoryWrite8(memoryIndex: number, offset: number, data: number): void {
    this.#port.write(this.#memory(memoryIndex), offset, 1, data);
  }
  MemoryWrite16(memoryIndex: number, offset: number, data: number): void {
    this.#port.write(this.#memory(memoryIndex), offset, 2, data);
  }
  MemoryWrite32(memoryIndex: number, offset: number, data: number): void {
    this.#port.write(this.#memory(memoryIndex), offset, 4, data);
  }
  MemoryWrite64(memoryIndex: number, offset: number, data: bigint): void {
    const low = Number(BigInt.asUintN(32, data));
    const high = Number(BigInt.asUintN(64, data) / 0x1_0000_0000n);
    this.#port.write(this.#wideMemory(memoryIndex), offset, 8, low, high);
  }

  /** Registers of one memory index as a port for typed accessors (`driverAccess`). */
  registers(memoryIndex: number) {
    return {
      read: (offset: number, size: 1 | 2 | 4 | 8) =>
        this.#port.read(this.#memory(memoryIndex), offset, size),
      write: (offset: number, size: 1 | 2 | 4 | 8, value: number) =>
        this.#port.write(this.#memory(memoryIndex), offset, size, value),
      read64: (offset: number) => this.MemoryRead64(memoryIndex, offset),
      write64: (offset: number, value: bigint) => this.MemoryWrite64(memoryIndex, offset, value),
    };
  }

  /**
   * Offset of a capability. With the offset of one of the same id: of the next one after it.
   * @param capability its id; for an extended one the id negated, as in PCIDriverKit
   * @throws kIOReturnNotFound
   */
  FindPCICapability(capability: number, searchOffset = 0): number {
    const found = findCapability(this.#config, capability, searchOffset);
    if (found === undefined) fail('kIOReturnNotFound', `capability ${capability} is not there`);
    return found;
  }

  /** The function is alone on its simulated bus: 0, 0, 0. */
  GetBusDeviceFunction(): { bus: number; device: number; function: number } {
    return { bus: 0, device: 0, function: 0 };
  }

  /** @throws kIOReturnBadArgument above the ROM's index, kIOReturnNotFound without such a BAR */
  GetBARInfo(barIndex: number): PCIBARInfo {
    if (!Number.isInteger(barIndex) || barIndex < 0 || barIndex > kPCIMemoryRangeExpansionROM) {
      fail('kIOReturnBadArgument', `there is no BAR ${barIndex} in PCI`);
    }
    const info = this.#port.function.bars[barIndex];
    if (info === undefined) fail('kIOReturnNotFound', `the device has no BAR ${barIndex}`);
    const memoryIndex = this.#bars.indexOf(barIndex);
    return { ...info, memoryIndex, barType: PCI_BAR_TYPES[info.kind] };
  }

  /**
   * Chooses the interrupt mechanism. While a source listens, the choice stands.
   * @returns the interrupts that there are now, at the most `requested`
   * @throws kIOReturnBadArgument for numbers and types that make no sense, kIOReturnUnsupported
   * when the device lacks the mechanism, has fewer than `required` vectors or is configured else
   */
  ConfigureInterrupts(interruptType: number, required = 1, requested = required): number {
    const mechanism = mechanismOf(interruptType);
    if (mechanism === undefined || !(required >= 1) || !(requested >= required)) {
      const what = `${required} to ${requested} interrupts of type ${interruptType}`;
      fail('kIOReturnBadArgument', `${what} cannot be configured`);
    }
    const there = mechanism === 'none' ? 1 : messageVectors(this.#config, mechanism);
    const granted = Math.min(requested, there);
    const same = this.interrupts.levelTriggered === (mechanism === 'none');
    if (this.interrupts.used && !(same && this.interrupts.count >= required)) {
      fail('kIOReturnUnsupported', 'the interrupts are configured, and in use');
    }
    if (there < required || !this.#port.function.route(mechanism, granted)) {
      fail('kIOReturnUnsupported', `the device has ${there} vectors of ${mechanism}`);
    }
    this.interrupts.levelTriggered = mechanism === 'none';
    this.interrupts.count = granted;
    return granted;
  }

  /**
   * Configuration state is saved before and restored after.
   * @param type `kIOPCIDeviceResetTypeFunctionReset`, `kIOPCIDeviceResetTypeHotReset`
   * @throws kIOReturnNotOpen, kIOReturnUnsupported for what the device or the platform lacks
   */
  Reset(type: number, options = 0): void {
    this.#requireOpen('Reset');
    if (options !== 0) fail('kIOReturnUnsupported', 'a reset that terminates is not modelled');
    const kind = type === kIOPCIDeviceResetTypeFunctionReset ? 'function' : 'hot';
    if (kind === 'hot' && type !== kIOPCIDeviceResetTypeHotReset) {
      fail('kIOReturnUnsupported', `a reset of type ${type} is not to be had here`);
    }
    const state = saveState(this.#config);
    if (!this.#port.function.reset(kind)) {
      fail('kIOReturnUnsupported', `the device has no ${kind} reset`);
    }
    restoreState(this.#config, state);
    const { levelTriggered, count } = this.interrupts;
    if (!levelTriggered) this.#reroute(count);
  }

  /** @throws kIOReturnUnsupported unless the function can do this (a kPCIPMC... bit) */
  HasPCIPowerManagement(state: number): void {
    this.#power.require(state);
  }

  /**
   * From now on the function goes to this state (PMCSR) when the system sleeps.
   * @param state 1 .. 3; 0 ends that; 0xffffffff leaves it to the family, which takes D3
   * @throws kIOReturnBadArgument
   */
  EnablePCIPowerManagement(state: number): void {
    this.#power.enable(state);
  }

  /** For the host: after every service acknowledged sleep, and before any hears of waking. */
  powerChanged(isOn: boolean): void {
    this.#power.change(isOn);
  }

  /** Keeps the header's writable registers, until Close. */
  SaveDeviceState(_options = 0): void {
    this.#requireOpen('SaveDeviceState');
    this.#saved = saveState(this.#config);
  }

  /** @throws kIOReturnNotReady when nothing was saved */
  RestoreDeviceState(_options = 0): void {
    this.#requireOpen('RestoreDeviceState');
    if (this.#saved === undefined) fail('kIOReturnNotReady', 'no state was saved');
    restoreState(this.#config, this.#saved);
  }

  /** @throws kIOReturnBadArgument beyond Gen5, kIOReturnUnsupported: there is no bridge above */
  SetLinkSpeed(linkSpeed: number, _retrain = false): never {
    if (linkSpeed < 1 || linkSpeed > 5) {
      fail('kIOReturnBadArgument', `${linkSpeed} is no link speed`);
    }
    fail('kIOReturnUnsupported', 'there is no bridge above the device');
  }
  /** @throws kIOReturnUnsupported */
  GetLinkSpeed(): never {
    fail('kIOReturnUnsupported', 'there is no bridge above the device');
  }
  /** @throws kIOReturnUnsupported */
  SetASPMState(_state: number): never {
    fail('kIOReturnUnsupported', 'there is no bridge above the device');
  }

  #reroute(count: number): void {
    const { function: pci } = this.#port;
    if (messageVectors(this.#config, 'msix') > 0 && pci.route('msix', count)) return;
    pci.route('msi', count);
  }

  #memory(memoryIndex: number): number {
    if (!this.#ready) this.#requireOpen('a memory access');
    const bar = this.#bars[memoryIndex];
    if (bar === undefined) fail('kIOReturnBadArgument', `there is no memory index ${memoryIndex}`);
    return bar;
  }

  #wideMemory(memoryIndex: number): number {
    const bar = this.#memory(memoryIndex);
    if (this.#port.function.bars[bar]?.kind !== 'IO') return bar;
    fail('kIOReturnBadArgument', 'I/O space has no accesses of 64 bits');
  }

  #configuration(offset: number, size: number): number {
    if (!this.#ready) this.#requireOpen('a configuration access');
    if (offset < 0 || offset + size > CONFIGURATION_BYTES || offset % size !== 0) {
      fail('kIOReturnBadArgument', `configuration offset ${offset} is out of range or unaligned`);
    }
    return offset;
  }

  #requireOpen(what: string): void {
    if (this.#stopped !== undefined) this.#afterStop(what);
    if (this.#client === undefined) fail('kIOReturnNotOpen', 'the device is not open');
  }

  /** Left open, the device still answers: the rules of the bus see the access too. */
  #afterStop(what: string): void {
    this.host.violate('HOST-AFTER-STOP', `${what} after ${this.#stopped} has stopped`);
  }
}

function mechanismOf(interruptType: number): 'none' | 'msi' | 'msix' | undefined {
  if (interruptType === kIOInterruptTypePCIMessagedX) return 'msix';
  if (interruptType === kIOInterruptTypePCIMessaged) return 'msi';
  return LINE_TYPES.includes(interruptType) ? 'none' : undefined;
}
