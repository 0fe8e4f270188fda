/**
 * What a driver may know of an EEPROM, which has no registers: the parts of the 24Cxx
 * family. Sizes and times: Microchip DS20001709 (24LC02B), DS20001703 (24LC16B) and DS20001713
 * (24LC32A) (all secondary), DS20001203 rev. V (24LC256, read in part).
 */
export interface EepromPart {
  readonly bytes: number;
  /** The page buffer: what one write cycle programs. */
  readonly pageBytes: number;
  /** Bytes of the word address on the wire. */
  readonly addressBytes: 1 | 2;
  /** Longest write cycle. */
  readonly cycleNs: number;
}

const CYCLE_NS = 5_000_000;

export const PARTS = {
  '24c02': { bytes: 256, pageBytes: 8, addressBytes: 1, cycleNs: CYCLE_NS },
  '24c16': { bytes: 2048, pageBytes: 16, addressBytes: 1, cycleNs: CYCLE_NS },
  '24c32': { bytes: 4096, pageBytes: 32, addressBytes: 2, cycleNs: CYCLE_NS },
  '24c256': { bytes: 32_768, pageBytes: 64, addressBytes: 2, cycleNs: CYCLE_NS },
} as const satisfies Readonly<Record<string, EepromPart>>;
export type PartName = keyof typeof PARTS;

/** Bytes that a word address reaches: a larger part answers at an address for each such block. */
export const reachOf = ({ addressBytes }: EepromPart): number => 256 ** addressBytes;
