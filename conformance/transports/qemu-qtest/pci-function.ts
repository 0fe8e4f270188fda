/**
 * The bus contract over QEMU: the function in the slot of its root port.
 *
 * A real bridge answers all ones where nobody decodes an address; QEMU answers 0 there. So whether
 * a BAR decodes is known here, from the command register and the BARs, and QEMU is not asked.
 *
 * Not modelled: posted writes (each is done when it returns), power states beyond what QEMU's
 * device does.
 */
import type {
  BarInfo,
  InterruptListener,
  PciFunction,
  ResetKind,
} from '../../../sim/buses/pci/function.ts';
import { COMMAND, CONFIG, placeBars, restoreBars, type Size } from './config-space.ts';
import { QemuDmaMemory } from './dma-memory.ts';
import { routeMsi, routeMsix, routeNone, type MessageWords } from './messages.ts';
import type { Qemu } from './qemu.ts';
import { WINDOWS, type RootPort } from './root-port.ts';

const ONES = { 1: 0xff, 2: 0xffff, 4: 0xffff_ffff, 8: 0xffff_ffff } as const;
/** PCI interrupts reach these inputs of q35's I/O APIC, and nothing else does. */
const PCI_IRQS = { first: 16, end: 24 } as const;
const PCI_EXPRESS = 0x10;
const BARS_END = 0x28;
const CONFIG_BYTES = 4096;

export class QemuFunction implements PciFunction {
  readonly bars: readonly (BarInfo | undefined)[];
  readonly memory: QemuDmaMemory;
  high = 0;
  readonly #qemu: Qemu;
  readonly #port: RootPort;
  readonly #decodes: boolean[] = [];
  #listener: InterruptListener | undefined;
  #messages: MessageWords | undefined;
  #asserted = false;

  /** The function must be in the slot already. */
  constructor(qemu: Qemu, port: RootPort) {
    this.#qemu = qemu;
    this.#port = port;
    this.memory = new QemuDmaMemory(qemu.ram);
    this.bars = placeBars(port.slot, WINDOWS);
    this.#lookAtDecoding();
  }

  configRead(offset: number, size: Size): number {
    const value = this.#port.slot.read(checked(offset, size), size);
    this.deliver();
    return value;
  }

  configWrite(offset: number, size: Size, value: number): void {
    this.#port.slot.write(checked(offset, size), size, value);
    if (offset < BARS_END) this.#lookAtDecoding();
    this.deliver();
  }

  read(bar: number, offset: number, size: Size | 8): number {
    const value = this.#read(bar, offset, size);
    this.deliver();
    return value;
  }

  write(bar: number, offset: number, size: Size | 8, value: number, high = 0): void {
    const info = this.#decoded(bar, offset, size);
    if (!info) return;
    const { qtest } = this.#qemu;
    const address = info.address + offset;
    if (size === 8) qtest.writeQuad(address, { low: value, high });
    else if (info.kind === 'IO') qtest.out(address, size, value);
    else qtest.write(address, size, value);
    this.deliver();
  }

  /** Costs the BARs their addresses: they get them back, and the command register stays 0. */
  reset(kind: ResetKind): boolean {
    if (!this.#port.occupied) return false;
    if (kind === 'hot') {
      this.#port.hotReset();
      restoreBars(this.#port.slot, this.bars);
    } else if (!this.#resetFunction()) {
      return false;
    }
    this.#lookAtDecoding();
    this.deliver();
    return true;
  }

  listen(listener: InterruptListener): void {
    this.#listener = listener;
  }

  route(mechanism: 'none' | 'msi' | 'msix', vectors: number): boolean {
    const { ram } = this.#qemu;
    const { slot } = this.#port;
    routeNone(slot);
    this.#messages?.release();
    this.#messages = undefined;
    if (mechanism === 'none') return true;
    this.#messages =
      mechanism === 'msi'
        ? routeMsi(slot, ram, vectors)
        : routeMsix(slot, ram, { vectors, write: (...entry) => this.#writeTable(...entry) });
    return this.#messages !== undefined;
  }

  /** Level of INTx as it was after the last access. */
  get asserted(): boolean {
    return this.#asserted;
  }

  /** Surprise removal: from now on nobody answers. */
  remove(): void {
    this.#port.unplug();
    this.#lookAtDecoding();
    this.deliver();
  }

  /** Another device has come into the slot: it gets the BARs of the one before. */
  replaced(): void {
    this.#messages?.release();
    this.#messages = undefined;
    restoreBars(this.#port.slot, this.bars);
    this.#lookAtDecoding();
    this.deliver();
  }

  /**
   * Hands interrupts that have come to the listener; done after each access, and to be called while
   * time passes. @returns whether there were any
   */
  deliver(): boolean {
    const levels = this.#qemu.qtest.irqLevels;
    let asserted = false;
    for (let line = PCI_IRQS.first; line < PCI_IRQS.end; line++) asserted ||= levels[line] === 1;
    const changed = asserted !== this.#asserted;
    this.#asserted = asserted;
    if (changed) this.#listener?.level(asserted);
    const vectors = this.#messages?.take() ?? [];
    for (const vector of vectors) this.#listener?.message(vector);
    return changed || vectors.length > 0;
  }

  #read(bar: number, offset: number, size: Size | 8): number {
    const info = this.#decoded(bar, offset, size);
    if (!info) {
      if (size === 8) this.high = ONES[8];
      return ONES[size];
    }
    const { qtest } = this.#qemu;
    const address = info.address + offset;
    if (size === 8) {
      const { low, high } = qtest.readQuad(address);
      this.high = high;
      return low;
    }
    return info.kind === 'IO' ? qtest.in(address, size) : qtest.read(address, size);
  }

  /** The BAR, when it answers at this offset. I/O space has no accesses of eight bytes. */
  #decoded(bar: number, offset: number, size: number): BarInfo | undefined {
    const info = this.bars[bar];
    if (!info || !this.#decodes[bar]) return undefined;
    if (!(offset >= 0 && offset + size <= info.size)) return undefined;
    return info.kind === 'IO' && size === 8 ? undefined : info;
  }

  #lookAtDecoding(): void {
    const { slot, occupied } = this.#port;
    const command = occupied ? slot.read(CONFIG.command, 2) : 0;
    this.bars.forEach((bar, index) => {
      if (!bar) return;
      const enabled = command & (bar.kind === 'IO' ? COMMAND.io : COMMAND.memory);
      const flags = bar.kind === 'IO' ? 3 : 15;
      const low = occupied ? slot.read(CONFIG.bar + 4 * index, 4) : 0;
      this.#decodes[index] = enabled !== 0 && low - (low & flags) === bar.address;
    });
  }

  /** Function level reset, PCI Express capability: device capabilities bit 28, control bit 15. */
  #resetFunction(): boolean {
    const { slot } = this.#port;
    const express = slot.capability(PCI_EXPRESS);
    if (express === undefined || (slot.read(express + 4, 4) & 0x1000_0000) === 0) return false;
    slot.write(express + 8, 2, slot.read(express + 8, 2) | 0x8000);
    restoreBars(slot, this.bars);
    return true;
  }

  #writeTable(bar: number, offset: number, value: number): void {
    const info = this.bars[bar];
    if (info) this.#qemu.qtest.write(info.address + offset, 4, value);
  }
}

function checked(offset: number, size: number): number {
  if (!(offset >= 0 && offset + size <= CONFIG_BYTES && offset % size === 0)) {
    throw new RangeError(`no ${size} bytes at ${offset} of configuration space`);
  }
  return offset;
}
