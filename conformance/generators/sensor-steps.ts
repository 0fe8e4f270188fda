/** What a program for two TMP105s is made of. */
import type { Program } from '../divergence.ts';

export type SensorMessage =
  | { readonly address: number; readonly write: readonly number[] }
  | { readonly address: number; readonly read: number };
/** The messages of one transfer, or another temperature around the device, in millidegrees. */
export type SensorStep =
  | { readonly messages: readonly SensorMessage[] }
  | { readonly ambient: number };
export type SensorProgram = Program<SensorStep>;
