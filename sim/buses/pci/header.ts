/**
 * The type 0 configuration header as a register map.
 *
 * PCI Local Bus Specification 3.0, "Configuration Space" (secondary source).
 * Not modelled: expansion ROM, CardBus CIS, BIST, header types 1 and 2.
 */
import { type RegisterDeclaration, type RegisterMap, bit, bits } from '../../registers/declare.ts';
import type { BarKind } from './function.ts';
import { memoised } from './memoised.ts';
import { exponentOf } from './powers.ts';

/** Strongest first: power-on, hot reset, function-level reset, the way from D3hot to D0. */
export const RESET_DOMAINS = ['power', 'hot', 'function', 'd3'] as const;
export type ResetDomain = (typeof RESET_DOMAINS)[number];

/** Byte sizes that a configuration access may have. */
export const CONFIG_SIZES = [1, 2, 4] as const;

export const BAR_COUNT = 6;
export const CONFIG_BYTES = 256;
export const EXTENDED_CONFIG_BYTES = 4096;

export interface HeaderOptions {
  readonly vendor: number;
  readonly device: number;
  readonly revision: number;
  /** Base class, subclass and programming interface: 24 bits. */
  readonly classCode: number;
  readonly subsystemVendor: number;
  readonly subsystem: number;
  /** 0: none, 1: INTA ... 4: INTD. */
  readonly interruptPin: number;
  /** Offset of the first capability, or 0. */
  readonly capabilities: number;
  /** By BAR index; the place after a 64-bit BAR is empty. */
  readonly bars: readonly ({ readonly kind: BarKind; readonly size: number } | undefined)[];
}

/** Device control. */
const COMMAND = {
  at: 0x04,
  fields: {
    IO: bit(0),
    MEMORY: bit(1),
    MASTER: bit(2),
    SPECIAL: bit(3, { access: 'RO' }),
    INVALIDATE: bit(4, { access: 'RO' }),
    PALETTE: bit(5, { access: 'RO' }),
    PARITY: bit(6),
    SERR: bit(8),
    FAST: bit(9, { access: 'RO' }),
    INTX_DISABLE: bit(10),
  },
} as const satisfies RegisterDeclaration;

/** Device status; what it latches is cleared by writing a one. */
const status = (capabilities: boolean) =>
  ({
    at: 0x06,
    access: 'RO',
    fields: {
      INTERRUPT: bit(3, { volatile: true }),
      CAPABILITIES: bit(4, { reset: capabilities ? 1 : 0 }),
      FAST_66: bit(5),
      FAST_BACK: bit(7),
      MASTER_PARITY: bit(8, { access: 'W1C' }),
      DEVSEL: bits(10, 9),
      SIGNALED_TARGET_ABORT: bit(11, { access: 'W1C' }),
      RECEIVED_TARGET_ABORT: bit(12, { access: 'W1C' }),
      RECEIVED_MASTER_ABORT: bit(13, { access: 'W1C' }),
      SIGNALED_SYSTEM_ERROR: bit(14, { access: 'W1C' }),
      DETECTED_PARITY_ERROR: bit(15, { access: 'W1C' }),
    },
  }) as const satisfies RegisterDeclaration;

export const headerMap = memoised((options: HeaderOptions) => {
  const bar = (index: number) => barRegister(options.bars, index);
  return {
    name: 'PCI configuration header',
    width: 16,
    sizes: CONFIG_SIZES,
    refused: 'zeros',
    domains: RESET_DOMAINS,
    registers: {
      VENDOR: { at: 0x00, access: 'RO', reset: options.vendor },
      DEVICE: { at: 0x02, access: 'RO', reset: options.device },
      COMMAND,
      STATUS: status(options.capabilities > 0),
      REVISION: { at: 0x08, width: 8, access: 'RO', reset: options.revision },
      INTERFACE: { at: 0x09, width: 8, access: 'RO', reset: options.classCode % 256 },
      SUBCLASS: {
        at: 0x0a,
        width: 8,
        access: 'RO',
        reset: Math.floor(options.classCode / 256) % 256,
      },
      CLASS: { at: 0x0b, width: 8, access: 'RO', reset: Math.floor(options.classCode / 65_536) },
      CACHE_LINE: { at: 0x0c, width: 8 },
      LATENCY: { at: 0x0d, width: 8, access: 'RO' },
      HEADER_TYPE: { at: 0x0e, width: 8, access: 'RO' },
      BIST: { at: 0x0f, width: 8, access: 'RO' },
      BAR0: bar(0),
      BAR1: bar(1),
      BAR2: bar(2),
      BAR3: bar(3),
      BAR4: bar(4),
      BAR5: bar(5),
      CARDBUS: { at: 0x28, width: 32, access: 'RO' },
      SUBSYSTEM_VENDOR: { at: 0x2c, access: 'RO', reset: options.subsystemVendor },
      SUBSYSTEM: { at: 0x2e, access: 'RO', reset: options.subsystem },
      ROM: { at: 0x30, width: 32, access: 'RO' },
      CAPABILITIES: { at: 0x34, width: 8, access: 'RO', reset: options.capabilities },
      RESERVED35: { at: 0x35, width: 8, access: 'RO' },
      RESERVED36: { at: 0x36, access: 'RO' },
      RESERVED38: { at: 0x38, width: 32, access: 'RO' },
      INTERRUPT_LINE: { at: 0x3c, width: 8, keptBy: ['function', 'd3'] },
      INTERRUPT_PIN: { at: 0x3d, width: 8, access: 'RO', reset: options.interruptPin },
      MIN_GRANT: { at: 0x3e, width: 8, access: 'RO' },
      MAX_LATENCY: { at: 0x3f, width: 8, access: 'RO' },
    },
  } as const satisfies RegisterMap;
});
export type HeaderMap = ReturnType<typeof headerMap>;

export const isWide = (kind: BarKind): boolean => kind === 'M64' || kind === 'M64PF';
const isPrefetchable = (kind: BarKind) => kind === 'M32PF' || kind === 'M64PF';

/** What the low bits of a BAR say; they never change. */
const BarType = { Memory32: 0, Memory64: 2 } as const;

/** `checkBars` has seen to it that it is a power of two. */
const sizeBits = (size: number) => exponentOf(size) ?? 0;

/** A BAR answers sizing: of the address, only the bits above its size can be written. */
function barRegister(bars: HeaderOptions['bars'], index: number): RegisterDeclaration {
  const at = 0x10 + index * 4;
  const bar = bars[index];
  const below = index > 0 ? bars[index - 1] : undefined;
  if (bar === undefined) {
    if (below === undefined || !isWide(below.kind)) return { at, width: 32, access: 'RO' };
    const low = Math.max(0, sizeBits(below.size) - 32);
    return { at, width: 32, fields: { ADDRESS: bits(31, low) } };
  }
  const low = sizeBits(bar.size);
  const address = low < 32 ? { ADDRESS: bits(31, low) } : {};
  if (bar.kind === 'IO') {
    return { at, width: 32, fields: { IO: bit(0, { access: 'RO', reset: 1 }), ...address } };
  }
  return {
    at,
    width: 32,
    fields: {
      IO: bit(0, { access: 'RO' }),
      TYPE: bits(2, 1, {
        access: 'RO',
        reset: isWide(bar.kind) ? BarType.Memory64 : BarType.Memory32,
      }),
      PREFETCHABLE: bit(3, { access: 'RO', reset: isPrefetchable(bar.kind) ? 1 : 0 }),
      ...address,
    },
  };
}

/** @throws RangeError naming the BAR that no function can have. */
export function checkBars(bars: HeaderOptions['bars']): void {
  if (bars.length > BAR_COUNT) throw new RangeError(`A function has ${BAR_COUNT} BARs at most.`);
  bars.forEach((bar, index) => {
    if (bar === undefined) return;
    const least = bar.kind === 'IO' ? 4 : 16;
    if (bar.size < least || exponentOf(bar.size) === undefined) {
      throw new RangeError(`BAR${index}: ${bar.size} is no power of two from ${least} on.`);
    }
    const wide = isWide(bar.kind);
    if (!wide && bar.size > 2 ** 31) {
      throw new RangeError(`BAR${index}: ${bar.size} bytes need a 64-bit BAR.`);
    }
    if (wide && (index === BAR_COUNT - 1 || bars[index + 1] !== undefined)) {
      throw new RangeError(`BAR${index}: the place after a 64-bit BAR must be left empty.`);
    }
  });
}
