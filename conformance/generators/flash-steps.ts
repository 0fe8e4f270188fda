/** What a program for two flashes is made of. */
import type { Program } from '../divergence.ts';

/** One transaction: bytes out, then so many in; a power cut has neither. */
export interface FlashStep {
  readonly write: readonly number[];
  readonly read: number;
}
export type FlashProgram = Program<FlashStep>;
