/** Where enumeration puts the BARs, and where a driver may have moved them. */
import type { AccessSize } from '../../registers/declare.ts';
import type { Views } from '../../registers/views.ts';
import { alignUp } from './config-space.ts';
import type { BarInfo, BarKind } from './function.ts';
import { type HeaderMap, isWide } from './header.ts';

/** What answers behind a BAR; a RegisterBank does. */
export interface BarHandler {
  read(offset: number, size: AccessSize): number;
  /** Upper half of the last eight-byte read. */
  readonly high: number;
  write(offset: number, size: AccessSize, value: number, high: number): void;
}

export interface BarDeclaration {
  readonly kind: BarKind;
  /** A power of two. */
  readonly size: number;
  /** Absent where the BAR holds an MSI-X table only. */
  readonly handler?: BarHandler;
}

/** Where the platform has room: below 4 GiB, above it, and for I/O ports. */
const MEMORY_BASE = 0x8000_0000;
const WIDE_BASE = 0x8_0000_0000;
const WIDE_FROM = 0x1_0000_0000;
const IO_BASE = 0xc000;

/** One address for each BAR, aligned to its size. */
export function assignAddresses(
  bars: readonly ({ readonly kind: BarKind; readonly size: number } | undefined)[],
): (BarInfo | undefined)[] {
  const next = { memory: MEMORY_BASE, wide: WIDE_BASE, io: IO_BASE };
  return bars.map((bar) => {
    if (bar === undefined) return undefined;
    const room = bar.kind === 'IO' ? 'io' : isWide(bar.kind) ? 'wide' : 'memory';
    const address = alignUp(next[room], bar.size);
    next[room] = address + bar.size;
    if (room === 'memory' && next.memory > WIDE_FROM) {
      throw new RangeError('The 32-bit memory BARs do not fit below 4 GiB; declare 64-bit BARs.');
    }
    return { kind: bar.kind, size: bar.size, address };
  });
}

const NAMES = ['BAR0', 'BAR1', 'BAR2', 'BAR3', 'BAR4', 'BAR5'] as const;

/** The address that a BAR holds now. */
export function programmed(registers: Views<HeaderMap>, index: number, kind: BarKind): number {
  const low = registers[NAMES[index] ?? 'BAR0'].value;
  const type = kind === 'IO' ? 4 : 16;
  const high = isWide(kind) ? registers[NAMES[index + 1] ?? 'BAR0'].value : 0;
  return high * 2 ** 32 + low - (low % type);
}
