/**
 * The controller's way out: whatever it does to the host's memory goes through here, and so does
 * its consent to begin a command. Faults stand in this place (sim/faults/nvme.ts); the controller
 * stays as it is.
 */
import type { Execution } from './execution.ts';

/** What `begin` may answer besides a status that ends the command without carrying it out. */
export const Begin = {
  /** Carry it out. */
  Go: -1,
  /** It is never heard of again. */
  Ignore: -2,
  /** The controller fails instead: CSTS.CFS. */
  Fatal: -3,
} as const;

export interface NvmeOutbox {
  /** Whether a command may be carried out: one of `Begin`, or the status that it ends with. */
  begin(execution: Execution): number;
  /**
   * Posts a completion to the completion queue `queue`. The bytes are the controller's and change
   * after the call. The phase tag is put in where the entry gets its place, and taken out again:
   * a one in P inverts it.
   */
  post(queue: number, completion: Uint8Array): void;
  /** Data to the host; `offset` is where they lie in the command's transfer. False: they fail. */
  dataOut(execution: Execution, offset: number, address: number, bytes: Uint8Array): boolean;
  /** Data from the host: fills `into`. */
  dataIn(execution: Execution, offset: number, address: number, into: Uint8Array): boolean;
  /**
   * CSTS.RDY is to become `ready`: how many nanoseconds later than it would; Infinity for never.
   */
  readyDelay(ready: boolean): number;
  /** The controller is reset: what is held back is forgotten. */
  reset(): void;
}
