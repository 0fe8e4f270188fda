/**
 * A PCI function around a device model: what the host sees on one side, what the model uses on the
 * other.
 *
 * PCI Local Bus Specification 3.0, PCI Bus Power Management 1.2, PCI Express Base 2.0 (secondary
 * sources). Enumeration is done: every BAR has an address, and decoding is off.
 * Not modelled: bridges, parity, the time that a reset takes, extended capabilities.
 */
import { EventKind } from '../../kernel/journal.ts';
import type { Signal } from '../../kernel/signal.ts';
import type { World } from '../../kernel/world.ts';
import { RegisterBank } from '../../registers/bank.ts';
import type { AccessSize } from '../../registers/declare.ts';
import { type BarHandler, type BarDeclaration, assignAddresses, programmed } from './bars.ts';
import type { Capability } from './capability.ts';
import { CAPABILITIES_BASE, ConfigSpace, allOnes } from './config-space.ts';
import { DeviceDma } from './dma.ts';
import { Express, type ExpressOptions } from './express.ts';
import type { BarInfo, InterruptListener, PciFunction, ResetKind } from './function.ts';
import {
  CONFIG_BYTES,
  EXTENDED_CONFIG_BYTES,
  type HeaderMap,
  type ResetDomain,
  checkBars,
  headerMap,
} from './header.ts';
import { Interrupts } from './interrupts.ts';
import { Iommu } from './iommu.ts';
import { Msi, type MsiOptions } from './msi.ts';
import { Msix, type MsixOptions } from './msix.ts';
import { PowerManagement, type PowerManagementOptions } from './power-management.ts';

export type CapabilityOptions = (
  | PowerManagementOptions
  | MsiOptions
  | MsixOptions
  | ExpressOptions
) & {
  /** Where it lies in configuration space; default: behind the one before. */
  readonly at?: number;
};

export interface SimPciOptions {
  readonly vendor: number;
  readonly device: number;
  /** Default: the function's own vendor and device. */
  readonly subsystem?: { readonly vendor: number; readonly id: number };
  /** Base class, subclass and programming interface: 24 bits. */
  readonly classCode: number;
  readonly revision: number;
  /** 0: none, 1: INTA ... 4: INTD. */
  readonly interruptPin: 0 | 1 | 2 | 3 | 4;
  /** By index; the place after a 64-bit BAR is undefined. */
  readonly bars: readonly (BarDeclaration | undefined)[];
  /** In the order of the list; one of each kind. */
  readonly capabilities?: readonly CapabilityOptions[];
  /** Host memory for DMA. */
  readonly memoryBytes?: number;
}

/** What the model sees of its function. */
export interface DeviceSide {
  readonly dma: DeviceDma;
  /** INTx, as the device asserts it: the function decides whether the line moves. */
  readonly interrupt: Signal;
  /** Sends a message; false when neither MSI nor MSI-X is on: then INTx is what is left. */
  message(vector: number): boolean;
  /** What carries a signal now; `none` leaves INTx. */
  mechanism(): 'none' | 'msi' | 'msix';
  /** The model returns to its reset state; it must drive `interrupt` as that state says. */
  onReset(listener: (domain: ResetDomain) => void): void;
}

export class SimPciFunction implements PciFunction {
  readonly bars: readonly (BarInfo | undefined)[];
  readonly memory: Iommu;
  readonly device: DeviceSide;
  high = 0;

  readonly #world: World;
  readonly #interrupts: Interrupts;
  readonly #header: RegisterBank<HeaderMap>;
  readonly #config: ConfigSpace;
  readonly #handlers: (BarHandler | undefined)[];
  /** By BAR: what answers now; undefined while decoding is off, in D3 and when removed. */
  readonly #open: (BarHandler | undefined)[];
  readonly #resetListeners: ((domain: ResetDomain) => void)[] = [];
  #power: PowerManagement | undefined;
  #express: Express | undefined;
  #removed = false;

  constructor(world: World, options: SimPciOptions) {
    checkBars(options.bars);
    this.#world = world;
    this.#interrupts = new Interrupts(world.journal);
    this.bars = assignAddresses(options.bars);
    this.#handlers = options.bars.map((bar) => bar?.handler);
    this.#open = this.bars.map(() => undefined);
    this.memory = new Iommu(world.journal, options.memoryBytes);
    this.device = this.#makeDeviceSide();
    this.#header = this.#makeHeader(options);
    const capabilities = (options.capabilities ?? []).map((each) => this.#makeCapability(each));
    const bytes = this.#express === undefined ? CONFIG_BYTES : EXTENDED_CONFIG_BYTES;
    this.#config = new ConfigSpace(
      bytes,
      this.#header,
      capabilities,
      (options.capabilities ?? []).map(({ at }) => at),
    );
    this.#platformAssigns();
  }

  /** Surprise removal: all ones from now on, no DMA, no interrupt. */
  remove(): void {
    if (this.#removed) return;
    this.#removed = true;
    this.#world.journal.note(EventKind.Removed, 'removed');
    this.#changed();
  }

  get removed(): boolean {
    return this.#removed;
  }

  configRead(offset: number, size: 1 | 2 | 4): number {
    return this.#removed ? allOnes(size) : this.#config.read(offset, size);
  }

  configWrite(offset: number, size: 1 | 2 | 4, value: number): void {
    if (!this.#removed) this.#config.write(offset, size, value);
  }

  read(bar: number, offset: number, size: AccessSize): number {
    const handler = this.#open[bar];
    if (handler === undefined) {
      this.high = allOnes(4);
      return allOnes(size);
    }
    const value = handler.read(offset, size);
    if (size === 8) this.high = handler.high;
    return value;
  }

  write(bar: number, offset: number, size: AccessSize, value: number, high = 0): void {
    this.#open[bar]?.write(offset, size, value, high);
  }

  /** The platform resets and puts the BARs back; the command register stays cleared. */
  reset(kind: ResetKind): boolean {
    if (this.#removed || (kind === 'function' && this.#express?.hasReset !== true)) return false;
    this.#reset(kind);
    this.#platformAssigns();
    return true;
  }

  listen(listener: InterruptListener): void {
    this.#interrupts.listen(listener);
  }

  route(mechanism: 'none' | 'msi' | 'msix', vectors: number): boolean {
    return !this.#removed && this.#interrupts.route(mechanism, vectors);
  }

  #makeDeviceSide(): DeviceSide {
    this.#interrupts.request.onEdge(() => this.#driveInterrupt());
    return {
      dma: new DeviceDma(this.#world.journal, this.memory, {
        isPresent: () => !this.#removed,
        mayMaster: () => this.#mayMaster(),
        aborted: () => (this.#header.registers.STATUS.RECEIVED_MASTER_ABORT = 1),
      }),
      interrupt: this.#interrupts.request,
      message: (vector) => this.#interrupts.signal(vector),
      mechanism: () => this.#interrupts.mechanism,
      onReset: (listener) => void this.#resetListeners.push(listener),
    };
  }

  #makeHeader(options: SimPciOptions): RegisterBank<HeaderMap> {
    const { vendor, device, revision, classCode, interruptPin } = options;
    const [first] = options.capabilities ?? [];
    const subsystem = options.subsystem ?? { vendor, id: device };
    const map = headerMap({
      vendor,
      device,
      revision,
      classCode,
      interruptPin,
      subsystemVendor: subsystem.vendor,
      subsystem: subsystem.id,
      capabilities: first === undefined ? 0 : (first.at ?? CAPABILITIES_BASE),
      bars: options.bars.map((bar) => bar && { kind: bar.kind, size: bar.size }),
    });
    return new RegisterBank(map, {
      compose: {
        // The state of the device's own request, whether or not the line may carry it.
        STATUS: (status) => (status.INTERRUPT = this.device.interrupt.level ? 1 : 0),
      },
      settled: () => this.#changed(),
    });
  }

  #makeCapability(options: CapabilityOptions): Capability {
    const send = (vector: number) => this.#send(vector);
    const changed = () => this.#changed();
    switch (options.kind) {
      case 'power-management':
        this.#power = new PowerManagement(options, (softReset) => {
          if (softReset) this.#reset('d3');
          else this.#changed();
        });
        return this.#power;
      case 'msi':
        this.#interrupts.msi = new Msi(options, send, changed);
        return this.#interrupts.msi;
      case 'msix': {
        const msix = new Msix(options, send, changed);
        const size = this.bars[options.bar]?.size ?? 0;
        if (msix.end > size) {
          throw new RangeError(
            `The MSI-X table leaves BAR${options.bar}, which has ${size} bytes.`,
          );
        }
        this.#handlers[options.bar] = msix.inBar(this.#handlers[options.bar]);
        this.#interrupts.msix = msix;
        return msix;
      }
      case 'express':
        this.#express = new Express(options, () => this.#reset('function'));
        return this.#express;
    }
  }

  #awake(): boolean {
    return !this.#removed && (this.#power?.awake ?? true);
  }

  #mayMaster(): boolean {
    return this.#awake() && this.#header.registers.COMMAND.MASTER === 1;
  }

  /** Something changed that decides what answers and what the interrupt line does. */
  #changed(): void {
    const awake = this.#awake();
    const { registers } = this.#header;
    for (const [index, bar] of this.bars.entries()) {
      if (bar === undefined) continue;
      const decoding = bar.kind === 'IO' ? registers.COMMAND.IO : registers.COMMAND.MEMORY;
      const here = programmed(registers, index, bar.kind) === bar.address;
      this.#open[index] = awake && decoding === 1 && here ? this.#handlers[index] : undefined;
    }
    this.#driveInterrupt();
  }

  #driveInterrupt(): void {
    this.#interrupts.drive(this.#awake() && this.#header.registers.COMMAND.INTX_DISABLE === 0);
  }

  /** A message is a memory write by the function: without bus mastering it is lost. */
  #send(vector: number): void {
    if (this.#mayMaster()) this.#interrupts.send(vector);
  }

  #reset(domain: ResetDomain): void {
    this.#world.journal.note(EventKind.Reset, domain);
    this.#config.reset(domain);
    this.#interrupts.msix?.reset(domain);
    for (const listener of this.#resetListeners) listener(domain);
    this.#changed();
  }

  /** Firmware or the system puts the BARs where it keeps them. */
  #platformAssigns(): void {
    for (const [index, bar] of this.bars.entries()) {
      if (bar === undefined) continue;
      this.#config.write(0x10 + index * 4, 4, bar.address % 2 ** 32);
      const high = Math.floor(bar.address / 2 ** 32);
      if (high > 0) this.#config.write(0x14 + index * 4, 4, high);
    }
    this.#changed();
  }
}
