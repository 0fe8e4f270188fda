/**
 * Configuration space of QEMU's q35 machine, and what firmware does with it: sizing and placing
 * BARs, walking capabilities.
 *
 * PCI Local Bus Specification 3.0, chapter 6 (from secondary sources); the place of q35's memory
 * mapped configuration window by experiment with QEMU 7.2.
 */
import type { BarInfo, BarKind } from '../../../sim/buses/pci/function.ts';
import type { Qtest } from './qtest.ts';

export type Size = 1 | 2 | 4;

const WINDOW = 0xb000_0000;
const CONFIG_ADDRESS = 0xcf8;
const CONFIG_DATA = 0xcfc;
/** PCIEXBAR of the host bridge: 256 MiB, enabled by bit 0. */
const PCIEXBAR = 0x60;
const CAPABILITIES_MAX = 48;

export const CONFIG = {
  command: 0x04,
  status: 0x06,
  bar: 0x10,
  capabilities: 0x34,
} as const;

export const COMMAND = { io: 1, memory: 2, busMaster: 4 } as const;

const BAR_IO = 1;
const BAR_64 = 4;
const BAR_PREFETCHABLE = 8;
const BAR_COUNT = 6;

/** Opens the memory mapped window to configuration space. */
export function openConfigWindow(qtest: Qtest): void {
  for (const [register, value] of [
    [PCIEXBAR + 4, 0],
    [PCIEXBAR, WINDOW + 1],
  ] as const) {
    qtest.out(CONFIG_ADDRESS, 4, 0x8000_0000 + register);
    qtest.out(CONFIG_DATA, 4, value);
  }
}

/** Configuration space of one function. */
export class ConfigSpace {
  readonly #qtest: Qtest;
  readonly #base: number;

  constructor(qtest: Qtest, place: { bus: number; device: number; function: number }) {
    this.#qtest = qtest;
    this.#base = WINDOW + ((place.bus * 32 + place.device) * 8 + place.function) * 4096;
  }

  read(offset: number, size: Size): number {
    return this.#qtest.read(this.#base + offset, size);
  }

  write(offset: number, size: Size, value: number): void {
    this.#qtest.write(this.#base + offset, size, value);
  }

  /** Offset of the first capability with this id; undefined without. */
  capability(id: number): number | undefined {
    if ((this.read(CONFIG.status, 2) & 0x10) === 0) return undefined;
    let at = this.read(CONFIG.capabilities, 1) & 0xfc;
    for (let count = 0; at >= 0x40 && count < CAPABILITIES_MAX; count++) {
      if (this.read(at, 1) === id) return at;
      at = this.read(at + 1, 1) & 0xfc;
    }
    return undefined;
  }
}

/** Addresses that a bridge forwards. */
export interface Windows {
  readonly memory: { readonly first: number; readonly end: number };
  readonly io: { readonly first: number; readonly end: number };
}

/** Sizes the BARs and places them, largest alignment first. @throws RangeError: window too small */
export function placeBars(config: ConfigSpace, windows: Windows): (BarInfo | undefined)[] {
  const next = { memory: windows.memory.first, io: windows.io.first };
  const sized = sizeBars(config);
  const order = sized.map((_, index) => index).filter((index) => sized[index] !== undefined);
  order.sort((a, b) => sized[b]!.size - sized[a]!.size || a - b);
  const bars: (BarInfo | undefined)[] = Array.from({ length: BAR_COUNT }, () => undefined);
  for (const index of order) {
    const { kind, size } = sized[index]!;
    const space = kind === 'IO' ? 'io' : 'memory';
    const address = Math.ceil(next[space] / size) * size;
    if (address + size > windows[space].end) {
      throw new RangeError(`BAR${index} of ${size} bytes does not fit behind QEMU's root port`);
    }
    next[space] = address + size;
    bars[index] = { kind, size, address };
  }
  restoreBars(config, bars);
  return bars;
}

/** Writes the addresses into the BARs: after placing them, or after a reset. */
export function restoreBars(config: ConfigSpace, bars: readonly (BarInfo | undefined)[]): void {
  bars.forEach((bar, index) => {
    if (!bar) return;
    config.write(CONFIG.bar + 4 * index, 4, bar.address);
    if (bar.kind.startsWith('M64')) config.write(CONFIG.bar + 4 * index + 4, 4, 0);
  });
}

function sizeBars(config: ConfigSpace): ({ kind: BarKind; size: number } | undefined)[] {
  const sized: ({ kind: BarKind; size: number } | undefined)[] = [];
  for (let index = 0; index < BAR_COUNT; index++) {
    const offset = CONFIG.bar + 4 * index;
    config.write(offset, 4, 0xffff_ffff);
    const low = config.read(offset, 4);
    if (low === 0 || low === 0xffff_ffff) {
      sized.push(undefined);
      continue;
    }
    if (low & BAR_IO) {
      sized.push({ kind: 'IO', size: lowestBit(low & 0xfffc) });
    } else {
      const wide = (low & 6) === BAR_64;
      if (wide) config.write(offset + 4, 4, 0xffff_ffff);
      const size = lowestBit(low & 0xffff_fff0) || lowestBit(config.read(offset + 4, 4)) * 2 ** 32;
      sized.push({ kind: memoryKind(wide, (low & BAR_PREFETCHABLE) !== 0), size });
      if (wide) {
        sized.push(undefined);
        index++;
      }
    }
  }
  return sized;
}

function memoryKind(wide: boolean, prefetchable: boolean): BarKind {
  if (wide) return prefetchable ? 'M64PF' : 'M64';
  return prefetchable ? 'M32PF' : 'M32';
}

function lowestBit(value: number): number {
  return (value & -value) >>> 0;
}
