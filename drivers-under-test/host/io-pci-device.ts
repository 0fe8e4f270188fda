/**
 * IOPCIDevice (PCIDriverKit, IOPCIFamily 726.0.5 IOPCIDevice.iig): the provider of a PCI driver.
 * Memory reads return numbers; where the device cannot answer, what the bus answers (all ones).
 */
import { EventKind } from '../../sim/kernel/journal.ts';
import { Lifecycle } from '../../sim/kernel/lifecycle.ts';
import type { BarInfo, InterruptListener, ResetKind } from '../../sim/buses/pci/function.ts';
import type { PciPort } from '../../sim/buses/pci/port.ts';
import type { Host } from './host.ts';
import type { IOInterruptDispatchSource } from './io-interrupt-dispatch-source.ts';
import { fail } from './io-return.ts';
import { IOService } from './io-service.ts';

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

/** Capabilities that a malformed list may have: a bound on a list that runs in a circle. */
const CAPABILITIES_MAX = 48;

/** The host's side of a function's interrupts. */
class Interrupts implements InterruptListener {
  levelTriggered = true;
  count = 1;
  readonly #sources = new Map<number, IOInterruptDispatchSource>();
  #asserted = false;

  attach(index: number, source: IOInterruptDispatchSource): void {
    if (index < 0 || index >= this.count)
      fail('kIOReturnNoInterrupt', `there is no interrupt ${index}`);
    if (this.#sources.has(index)) fail('kIOReturnExclusiveAccess', `interrupt ${index} is taken`);
    this.#sources.set(index, source);
    if (index === 0 && this.#asserted) source.setLevel(true);
  }

  detach(index: number, source: IOInterruptDispatchSource): void {
    if (this.#sources.get(index) === source) this.#sources.delete(index);
  }

  level(asserted: boolean): void {
    this.#asserted = asserted;
    this.#sources.get(0)?.setLevel(asserted);
  }

  message(vector: number): void {
    this.#sources.get(vector)?.message();
  }
}

export class IOPCIDevice extends IOService {
  readonly interrupts = new Interrupts();
  readonly #port: PciPort;
  #client: IOService | undefined;

  constructor(host: Host, port: PciPort) {
    super(host);
    this.#port = port;
    port.function.listen(this.interrupts);
  }

  /** Exclusive. @throws kIOReturnExclusiveAccess while somebody else holds it. */
  Open(client: IOService, options = 0): void {
    if (options !== 0) fail('kIOReturnBadArgument', 'Open has no options; pass 0');
    if (this.#client !== undefined && this.#client !== client) {
      fail('kIOReturnExclusiveAccess', 'the device is open');
    }
    this.host.checkAccess('com.apple.developer.driverkit.transport.pci');
    this.#client = client;
    this.host.world.journal.note(EventKind.Lifecycle, Lifecycle.Open);
  }

  /** Also turns bus mastering off. */
  Close(client: IOService, options = 0): void {
    if (options !== 0) fail('kIOReturnBadArgument', 'Close has no options; pass 0');
    if (this.#client !== client) fail('kIOReturnNotOpen', 'this client does not hold the device');
    const command = this.#port.configRead(kIOPCIConfigurationOffsetCommand, 2);
    this.#port.configWrite(kIOPCIConfigurationOffsetCommand, 2, command & ~kIOPCICommandBusLead);
    this.#client = undefined;
    this.host.world.journal.note(EventKind.Lifecycle, Lifecycle.Close);
  }

  get isOpen(): boolean {
    return this.#client !== undefined;
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
    const low = this.#port.read(this.#memory(memoryIndex), offset, 8);
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
    this.#port.write(this.#memory(memoryIndex), offset, 8, low, high);
  }

  /** Registers of one BAR as a port for typed accessors (`driverAccess`). */
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

  /** Offset of a capability after `searchOffset`. @throws kIOReturnNotFound */
  FindPCICapability(capability: number, searchOffset = 0): number {
    const start = searchOffset === 0 ? kIOPCIConfigurationOffsetCapabilitiesPtr : searchOffset + 1;
    let at = this.ConfigurationRead8(start) & 0xfc;
    for (let seen = 0; at !== 0 && seen < CAPABILITIES_MAX; seen++) {
      if (this.ConfigurationRead8(at) === capability) return at;
      at = this.ConfigurationRead8(at + 1) & 0xfc;
    }
    fail('kIOReturnNotFound', `capability ${capability} is not in the list`);
  }

  GetBARInfo(barIndex: number): BarInfo & { memoryIndex: number } {
    const info = this.#port.function.bars[barIndex];
    if (info === undefined) fail('kIOReturnBadArgument', `there is no BAR ${barIndex}`);
    return { ...info, memoryIndex: barIndex };
  }

  /**
   * Chooses the interrupt mechanism.
   * @throws kIOReturnUnsupported when the device lacks it or has fewer than `required` vectors.
   */
  ConfigureInterrupts(interruptType: number, required: number, requested = required): void {
    const mechanism =
      interruptType === kIOInterruptTypePCIMessagedX
        ? 'msix'
        : interruptType === kIOInterruptTypePCIMessaged
          ? 'msi'
          : 'none';
    if (required < 1 || requested < required) {
      fail('kIOReturnBadArgument', `${required} to ${requested} interrupts cannot be configured`);
    }
    if (!this.#port.function.route(mechanism, requested)) {
      fail('kIOReturnUnsupported', `the device has no ${mechanism} with ${required} vectors`);
    }
    this.interrupts.levelTriggered = mechanism === 'none';
    this.interrupts.count = mechanism === 'none' ? 1 : requested;
  }

  Reset(kind: ResetKind): void {
    if (this.#client === undefined) fail('kIOReturnNotOpen', 'the device is not open');
    if (!this.#port.function.reset(kind)) {
      fail('kIOReturnUnsupported', `the device has no ${kind} reset`);
    }
  }

  #memory(memoryIndex: number): number {
    if (this.#client === undefined) fail('kIOReturnNotOpen', 'the device is not open');
    if (this.#port.function.bars[memoryIndex] === undefined) {
      fail('kIOReturnBadArgument', `there is no memory index ${memoryIndex}`);
    }
    return memoryIndex;
  }

  #configuration(offset: number, size: number): number {
    if (this.#client === undefined) fail('kIOReturnNotOpen', 'the device is not open');
    if (offset < 0 || offset + size > 4096 || offset % size !== 0) {
      fail('kIOReturnBadArgument', `configuration offset ${offset} is out of range or unaligned`);
    }
    return offset;
  }
}
