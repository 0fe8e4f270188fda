/** What a program for two EEPROMs is made of. */
import type { Program } from '../divergence.ts';

/** All messages of one transfer; a power cut has none. */
export type EepromStep = readonly EepromMessage[];
export type EepromMessage =
  | { readonly address: number; readonly write: readonly number[] }
  | { readonly address: number; readonly read: number };
export type EepromProgram = Program<EepromStep>;
