/** Which bytes are protected, from the tables of the data sheets. */
import type { PartFacts } from './bare.ts';

export interface Area {
  readonly from: number;
  readonly until: number;
}

/**
 * @param bits of status register 1, bits 2 to 6
 * @returns undefined where the table says nothing
 */
export function protectedArea(facts: PartFacts, bits: number, cmp: boolean): Area | undefined {
  const { bytes, fourByteAddresses, blocks, sectors } = facts;
  const steps = Math.floor(bits / 4);
  // BP has three bits, then TB and SEC; or four, then TB.
  const [bp, tb, sec] = fourByteAddresses
    ? [steps % 16, Math.floor(steps / 16) % 2, 0]
    : [steps % 8, Math.floor(steps / 8) % 2, Math.floor(steps / 16) % 2];
  const length = (sec === 1 ? sectors : blocks)?.[bp];
  if (length === undefined) return undefined;
  if (cmp) {
    const left = bytes - length;
    return tb === 1 ? { from: length, until: bytes } : { from: 0, until: left };
  }
  return tb === 1 ? { from: 0, until: length } : { from: bytes - length, until: bytes };
}
