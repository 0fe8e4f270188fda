/**
 * Register map of QEMU's "edu" education device, BAR 0.
 *
 * Source: QEMU docs/specs/edu.txt (7.2, read), which gives
 * offsets, rights and bits. It states no reset values: those below are what QEMU 7.2 shows.
 */
import { bit, bits, type RegisterMap } from '../../registers/declare.ts';

const COMMAND = 'writing it starts an operation of the device';
/** QEMU 7.2 answers there as if nothing was there; the text says nothing. */
const UPPER_HALF = 'its upper half is no address of its own';

const WIDE = {
  width: 64,
  sizes: [4, 8],
  access: 'RW',
  exclude: { 'access-size': UPPER_HALF },
} as const;

export const registers = {
  name: 'edu',
  width: 32,
  sizes: [4],
  // QEMU answers one and two bytes with zeros, eight bytes with ones; the text says nothing.
  refused: 'unspecified',
  registers: {
    IDENTIFICATION: {
      at: 0x00,
      access: 'RO',
      fields: {
        MAGIC: bits(7, 0, { reset: 0xed }),
        MINOR: bits(23, 16, { reset: 0 }),
        MAJOR: bits(31, 24, { reset: 1 }),
      },
    },
    /** Reads as the complement of what was written. */
    LIVENESS: {
      at: 0x04,
      access: 'RW',
      volatile: true,
      exclude: { 'bit-bash': 'it reads back inverted', rw: 'it reads back inverted' },
    },
    FACTORIAL: {
      at: 0x08,
      access: 'RW',
      volatile: true,
      exclude: { all: COMMAND },
    },
    STATUS: {
      at: 0x20,
      access: 'RW',
      fields: {
        COMPUTING: bit(0, { access: 'RO', volatile: true }),
        IRFACT: bit(7),
      },
    },
    INTERRUPT_STATUS: { at: 0x24, access: 'RO', volatile: true },
    INTERRUPT_RAISE: { at: 0x60, access: 'WO', exclude: { all: COMMAND } },
    INTERRUPT_ACKNOWLEDGE: { at: 0x64, access: 'WO', exclude: { all: COMMAND } },
    DMA_SOURCE: { at: 0x80, ...WIDE },
    DMA_DESTINATION: { at: 0x88, ...WIDE },
    DMA_COUNT: { at: 0x90, ...WIDE },
    DMA_COMMAND: {
      at: 0x98,
      width: 64,
      sizes: [4, 8],
      access: 'RW',
      fields: {
        START: bit(0, { volatile: true }),
        DIRECTION: bit(1, { values: { TO_DEVICE: 0, TO_MEMORY: 1 } }),
        IRQ: bit(2),
      },
      exclude: { all: COMMAND },
    },
  },
} as const satisfies RegisterMap;

/** Bits of INTERRUPT_STATUS that the device itself raises. */
export const EduInterrupt = { Factorial: 0x001, Dma: 0x100 } as const;

/** The device's own memory for DMA, as addresses of the device. */
export const DMA_BUFFER = { at: 0x40000, bytes: 4096 } as const;

/** Address bits that the device drives unless configured otherwise. */
export const DMA_ADDRESS_BITS = 28;
