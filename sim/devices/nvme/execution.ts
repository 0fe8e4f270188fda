/**
 * One command in the controller's hands: what carries it out sees this, and nothing of queues.
 *
 * A command is carried out in steps. The first runs when the command was fetched; a step that calls
 * `again` is followed by the next one later, and one that calls `complete` or `fail` was the last.
 * A step must do one of them, or keep the execution to end it later (Asynchronous Event Request).
 */
import type { StructureField } from '../../registers/structure.ts';
import type { CachedWrite } from './cache.ts';

/** The memory of the host that a command names. */
export interface DataPointer {
  /**
   * Resolves the PRP entries for a transfer of `length` bytes; before anything moves.
   * Returns a status: success, Invalid PRP Offset, Invalid Field (SGLs), Data Transfer Error (the
   * PRP list cannot be read).
   */
  open(length: number): number;
  /** Controller to host, at an offset of the transfer. Returns success or Data Transfer Error. */
  toHost(offset: number, bytes: Uint8Array): number;
  /** Host to controller; fills `into`. Returns success or Data Transfer Error. */
  fromHost(offset: number, into: Uint8Array): number;
}

export interface Execution {
  /** The command's 64 bytes, read once: see `Command` and its kin in structures.ts. */
  readonly sqe: Uint8Array;
  /** The submission queue it came by; 0 is the admin queue. */
  readonly queue: number;
  readonly data: DataPointer;
  /** 0 in the first step, then one more each time. */
  readonly step: number;
  /** The second of two fused commands, given with the first: its step is never called. */
  readonly fused: Execution | undefined;
  /** Kept from step to step; the command's own business. 0 at first. */
  note: number;
  /**
   * The write that the command has begun and not ended. Undefined at first. Whoever ends the
   * command early ends it too: `held.cache.end(held, false)`.
   */
  held: CachedWrite | undefined;
  /** The next step, so many virtual nanoseconds from now. */
  again(ns: number): void;
  /** Ends the command; `status` of status.ts. A status that is no success enters the error log. */
  complete(status: number, dword0?: number): void;
  /** Ends it with an error at a field of the command, or at a logical block. */
  fail(status: number, field?: StructureField, lba?: number): void;
}

/** Carries out a step of a command. */
export type Executor = (execution: Execution) => void;
