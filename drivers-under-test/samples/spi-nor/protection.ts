/** Block protection of a W25Q from the first byte on (TB): W25Q128JV rev. F (secondary). */

/** TB, SEC and the three BP bits of status register 1. */
export const PROTECTION_BITS = 0x7c;
const BP_STEP = 0x04;
const TB = 0x20;
const SEC = 0x40;
const ALL = 0x1c;
const SECTOR_BYTES = 4096;
const SECTOR_STEPS = 4;
const BLOCK_BYTES = 65_536;
const PARTS_OF_CHIP = 64;
const BLOCK_STEPS = 6;

/** The bits that protect so many bytes from 0 on, or undefined where the part has no such size. */
export function protectedBits(bytes: number, chipBytes: number): number | undefined {
  if (bytes === 0) return 0;
  if (bytes === chipBytes) return ALL;
  for (let step = 1; step <= SECTOR_STEPS; step++) {
    if (bytes === SECTOR_BYTES * 2 ** (step - 1)) return SEC + TB + step * BP_STEP;
  }
  const unit = Math.max(BLOCK_BYTES, chipBytes / PARTS_OF_CHIP);
  for (let step = 1; step <= BLOCK_STEPS; step++) {
    if (bytes === unit * 2 ** (step - 1)) return TB + step * BP_STEP;
  }
  return undefined;
}
