/**
 * Block protection of a W25Q from the first byte on (TB): W25Q128JV rev. F; with addresses of four
 * bytes W25Q256JV rev. G (secondary).
 */
import type { FlashFacts } from '../../host/classes/flash-device.ts';

export interface Protection {
  /** TB, SEC and the BP bits of status register 1. */
  readonly mask: number;
  /** The value of these bits by the bytes that it protects. */
  readonly bits: ReadonlyMap<number, number>;
}

const BP_STEP = 0x04;
const SECTOR_BYTES = 4096;
const SECTOR_STEPS = 4;
const BLOCK_BYTES = 65_536;
const PARTS_OF_CHIP = 64;

/** BP has three bits, above them TB and SEC. */
const SMALL = { mask: 0x7c, tb: 0x20, sec: 0x40, all: 0x1c, blockSteps: 6 } as const;
/** BP has four bits, above them TB. */
const LARGE = { mask: 0x7c, tb: 0x40, sec: undefined, all: 0x3c, blockSteps: 9 } as const;

export function protectionOf({ bytes, fourByteAddresses }: FlashFacts): Protection {
  const { mask, tb, sec, all, blockSteps } = fourByteAddresses ? LARGE : SMALL;
  const bits = new Map<number, number>();
  const unit = fourByteAddresses ? BLOCK_BYTES : Math.max(BLOCK_BYTES, bytes / PARTS_OF_CHIP);
  for (let step = 1; step <= blockSteps; step++) {
    bits.set(unit * 2 ** (step - 1), tb + step * BP_STEP);
  }
  for (let step = 1; sec !== undefined && step <= SECTOR_STEPS; step++) {
    bits.set(SECTOR_BYTES * 2 ** (step - 1), sec + tb + step * BP_STEP);
  }
  return { mask, bits: bits.set(0, 0).set(bytes, all) };
}
