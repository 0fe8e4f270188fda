/**
 * The Winbond W25Q flashes that are modelled. Sizes, ids and times: W25Q16JV rev. H, W25Q128JV
 * rev. F and W25Q256JV rev. G data sheets (secondary). The W25Q128 is the largest part that three
 * address bytes reach; four come with the W25Q256.
 */
export interface NorPart {
  readonly bytes: number;
  /** Manufacturer, memory type, capacity, as instruction 9Fh answers. */
  readonly jedec: readonly [number, number, number];
  /** As instructions 90h and ABh answer. */
  readonly deviceId: number;
  readonly fourByteAddresses: boolean;
  /** The lowest value of BP that protects all of it. */
  readonly protectsAllFrom: number;
  readonly times: NorTimes;
}

/** Nanoseconds; typical times. */
export interface NorTimes {
  readonly pageProgram: number;
  readonly sectorErase: number;
  readonly halfBlockErase: number;
  readonly blockErase: number;
  readonly chipErase: number;
  readonly writeStatus: number;
  /** From a suspend to the moment at which the array can be read. */
  readonly suspend: number;
  /** From a release from power-down, or a reset, to the next instruction. */
  readonly release: number;
  readonly reset: number;
}

const MS = 1_000_000;
const MIB = 1024 * 1024;

const times = (chipEraseMs: number): NorTimes => ({
  pageProgram: 0.4 * MS,
  sectorErase: 45 * MS,
  halfBlockErase: 120 * MS,
  blockErase: 150 * MS,
  chipErase: chipEraseMs * MS,
  writeStatus: 10 * MS,
  suspend: 20_000,
  release: 3_000,
  reset: 30_000,
});

export const PARTS = {
  w25q16: {
    bytes: 2 * MIB,
    jedec: [0xef, 0x40, 0x15],
    deviceId: 0x14,
    fourByteAddresses: false,
    protectsAllFrom: 6,
    times: times(5_000),
  },
  w25q128: {
    bytes: 16 * MIB,
    jedec: [0xef, 0x40, 0x18],
    deviceId: 0x17,
    fourByteAddresses: false,
    protectsAllFrom: 7,
    times: times(40_000),
  },
  w25q256: {
    bytes: 32 * MIB,
    jedec: [0xef, 0x40, 0x19],
    deviceId: 0x18,
    fourByteAddresses: true,
    protectsAllFrom: 10,
    times: times(80_000),
  },
} as const satisfies Readonly<Record<string, NorPart>>;
export type NorName = keyof typeof PARTS;

export const PAGE_BYTES = 256;
export const SECTOR_BYTES = 4096;
export const HALF_BLOCK_BYTES = 32 * 1024;
export const BLOCK_BYTES = 64 * 1024;
