/**
 * A PCI function around a device model: what the host sees on one side, what the model uses on the
 * other.
 *
 * PCI Local Bus Specification 3.0, PCI Bus Power Management 1.2, PCI Express Base 2.0 (secondary
 * sources). Enumeration is done: every BAR has an address, and decoding is off.
 * Not modelled: bridges, parity, the time that a reset takes, extended capabilities.
 */
import { EventKind } from '../../kernel/journal.ts';
import { Signal } from '../../kernel/signal.ts';
import type { World } from '../../kernel/world.ts';
import { RegisterBank } from '../../registers/bank.ts';
import type { AccessSize } from '../../registers/declare.ts';
import { assignAddresses, programmed } from './bars.ts';
import { ConfigSpace, allOnes, CAPABILITIES_BASE } from './config-space.ts';
import { DeviceDma, type DmaGate } from './dma.ts';
import type { BarInfo, BarKind, InterruptListener, PciFunction, ResetKind } from './function.ts';
import { CONFIG_BYTES, type HeaderMap, type ResetDomain, checkBars, headerMap } from './header.ts';
import { Iommu } from './iommu.ts';
import { Msi, type MsiOptions } from './msi.ts';
import { PowerManagement, type PowerManagementOptions } from './power-management.ts';

/** What answers behind a BAR; a RegisterBank does. */
export interface BarHandler {
  read(offset: number, size: AccessSize): number;
  /** Upper half of the last eight-byte read. */
  readonly high: number;
  write(offset: number, size: AccessSize, value: number, high: number): void;
}

export interface BarDeclaration {
  readonly kind: BarKind;
  readonly size: number;
  readonly handler: BarHandler;
}

export type CapabilityOptions = PowerManagementOptions | MsiOptions;

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
  /** In the order of the list. */
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
  /** The model returns to its reset state. */
  onReset(listener: (domain: ResetDomain) => void): void;
}

const SILENT: InterruptListener = { level: () => {}, message: () => {} };

export class SimPciFunction implements PciFunction {
  readonly bars: readonly (BarInfo | undefined)[];
  readonly memory: Iommu;
  readonly device: DeviceSide;
  high = 0;

  readonly #world: World;
  readonly #handlers: readonly (BarHandler | undefined)[];
  readonly #header: RegisterBank<HeaderMap>;
  readonly #config: ConfigSpace;
  readonly #power: PowerManagement | undefined;
  readonly #msi: Msi | undefined;
  /** By BAR: what answers now; undefined while decoding is off, in D3 and when removed. */
  readonly #open: (BarHandler | undefined)[];
  readonly #listeners: ((domain: ResetDomain) => void)[] = [];
  #listener = SILENT;
  #asserted = false;
  #removed = false;

  constructor(world: World, options: SimPciOptions) {
    checkBars(options.bars);
    this.#world = world;
    this.bars = assignAddresses(options.bars);
    this.#handlers = options.bars.map((bar) => bar?.handler);
    this.#open = this.bars.map(() => undefined);
    this.memory = new Iommu(world.journal, options.memoryBytes);
    const { capabilities = [] } = options;
    this.#header = this.#makeHeader(options);
    for (const capability of capabilities) {
      if (capability.kind === 'msi') this.#msi = this.#makeMsi(capability);
      else this.#power = this.#makePower(capability);
    }
    const structures = capabilities.map(
      ({ kind }) => (kind === 'msi' ? this.#msi : this.#power) as Msi | PowerManagement,
    );
    this.#config = new ConfigSpace(CONFIG_BYTES, this.#header, structures);
    const interrupt = new Signal();
    interrupt.onEdge(() => this.#changed());
    this.device = {
      dma: new DeviceDma(world.journal, this.memory, this.#dmaGate()),
      interrupt,
      message: (vector) => this.#message(vector),
      onReset: (listener) => void this.#listeners.push(listener),
    };
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
      this.high = 0xffffffff;
      return allOnes(size);
    }
    const value = handler.read(offset, size);
    if (size === 8) this.high = handler.high;
    return value;
  }

  write(bar: number, offset: number, size: AccessSize, value: number, high = 0): void {
    this.#open[bar]?.write(offset, size, value, high);
  }

  reset(kind: ResetKind): boolean {
    if (this.#removed || kind === 'function') return false;
    this.#reset(kind);
    this.#platformAssigns();
    return true;
  }

  listen(listener: InterruptListener): void {
    this.#listener = listener;
    if (this.#asserted) listener.level(true);
  }

  route(mechanism: 'none' | 'msi' | 'msix', vectors: number): boolean {
    const msi = this.#msi;
    if (mechanism === 'msix' || (mechanism === 'msi' && msi === undefined)) return false;
    if (msi === undefined) return true;
    msi.enable(mechanism === 'msi', vectors);
    return true;
  }

  #makeHeader(options: SimPciOptions): RegisterBank<HeaderMap> {
    const { vendor, device, revision, classCode, interruptPin } = options;
    const subsystem = options.subsystem ?? { vendor, id: device };
    const map = headerMap({
      vendor,
      device,
      revision,
      classCode,
      interruptPin,
      subsystemVendor: subsystem.vendor,
      subsystem: subsystem.id,
      capabilities: (options.capabilities ?? []).length > 0 ? CAPABILITIES_BASE : 0,
      bars: options.bars.map((bar) => bar && { kind: bar.kind, size: bar.size }),
    });
    const header: RegisterBank<HeaderMap> = new RegisterBank(map, {
      compose: {
        // The state of the device's own request, whether or not the line may carry it.
        STATUS: (status) => (status.INTERRUPT = this.device.interrupt.level ? 1 : 0),
      },
      settled: () => this.#changed(),
    });
    return header;
  }

  #makePower(options: PowerManagementOptions): PowerManagement {
    return new PowerManagement(options, (softReset) => {
      if (softReset) this.#reset('d3');
      else this.#changed();
    });
  }

  #makeMsi(options: MsiOptions): Msi {
    return new Msi(
      options,
      (vector) => this.#send(vector),
      () => this.#changed(),
    );
  }

  #dmaGate(): DmaGate {
    const isRemoved = () => this.#removed;
    return {
      mayMaster: () => this.#mayMaster(),
      aborted: () => (this.#header.registers.STATUS.RECEIVED_MASTER_ABORT = 1),
      get removed() {
        return isRemoved();
      },
    };
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
    const { COMMAND } = this.#header.registers;
    for (const [index, bar] of this.bars.entries()) {
      if (bar === undefined) continue;
      const decoding = bar.kind === 'IO' ? COMMAND.IO : COMMAND.MEMORY;
      const here = programmed(this.#header.registers, index, bar.kind) === bar.address;
      this.#open[index] = awake && decoding === 1 && here ? this.#handlers[index] : undefined;
    }
    const messages = this.#msi?.enabled ?? false;
    const enabled = awake && COMMAND.INTX_DISABLE === 0 && !messages;
    this.#drive(enabled && this.device.interrupt.level);
  }

  #drive(asserted: boolean): void {
    if (asserted === this.#asserted) return;
    this.#asserted = asserted;
    this.#world.journal.record(EventKind.Interrupt, 0, 0, asserted ? 1 : 0);
    this.#listener.level(asserted);
  }

  #message(vector: number): boolean {
    if (this.#msi?.enabled !== true) return false;
    this.#msi.signal(vector);
    return true;
  }

  /** A message is a memory write by the function: without bus mastering it is lost. */
  #send(vector: number): void {
    if (!this.#mayMaster()) return;
    this.#world.journal.record(EventKind.Interrupt, 1, vector, 1);
    this.#listener.message(vector);
  }

  #reset(domain: ResetDomain): void {
    this.#world.journal.note(EventKind.Reset, domain);
    this.#config.reset(domain);
    for (const listener of this.#listeners) listener(domain);
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
