/**
 * Queues in host memory as the controller keeps them: rings of entries with a head and a tail.
 * NVM Express Base Specification 1.4, "Submission Queue & Completion Queue Definition" (secondary).
 */
import { COMPLETION_BYTES } from './structures.ts';

/** Command identifiers are 16 bits. */
const IDENTIFIERS = 0x1_0000;

/** Completions that wait for room in one queue; what comes beyond them is lost. */
export const BACKLOG_MAX = 1024;

export class CompletionQueue {
  readonly id: number;
  readonly address: number;
  readonly size: number;
  readonly vector: number;
  readonly interrupts: boolean;
  /** The host's: entries before it are free again. */
  head = 0;
  tail = 0;
  /** What P says in entries of this round. */
  phase: 0 | 1 = 1;
  /** Commands in flight that will need an entry. */
  reserved = 0;
  /** Submission queues that post here. */
  users = 0;
  /** Completions that found no room, oldest first. */
  readonly backlog: Uint8Array[] = [];

  constructor(options: {
    readonly id: number;
    readonly address: number;
    readonly size: number;
    readonly vector: number;
    readonly interrupts: boolean;
  }) {
    this.id = options.id;
    this.address = options.address;
    this.size = options.size;
    this.vector = options.vector;
    this.interrupts = options.interrupts;
  }

  /** Entries that the host has not taken. */
  get used(): number {
    const used = this.tail - this.head;
    return used < 0 ? used + this.size : used;
  }

  /** A queue is full with one entry left over. */
  get isFull(): boolean {
    return this.used === this.size - 1;
  }

  get isEmpty(): boolean {
    return this.head === this.tail;
  }

  /** Whether one more command may be taken whose completion will find room. */
  get hasRoom(): boolean {
    return this.used + this.reserved + this.backlog.length < this.size - 1;
  }

  /** Where the next entry goes. */
  get next(): number {
    return this.address + this.tail * COMPLETION_BYTES;
  }

  /** The entry at `next` was written. */
  advance(): void {
    this.tail++;
    if (this.tail < this.size) return;
    this.tail = 0;
    this.phase = this.phase === 1 ? 0 : 1;
  }

  /** False when the head that the host writes frees entries that it was never given. */
  moveHead(head: number): boolean {
    if (head >= this.size) return false;
    const taken = head - this.head;
    if ((taken < 0 ? taken + this.size : taken) > this.used) return false;
    this.head = head;
    return true;
  }
}

export class SubmissionQueue {
  readonly id: number;
  readonly address: number;
  readonly size: number;
  readonly completions: CompletionQueue;
  /** 0 urgent, 1 high, 2 medium, 3 low. */
  readonly priority: number;
  head = 0;
  tail = 0;
  /** Commands taken and not ended. */
  inFlight = 0;
  /** By command identifier: one while a command has it. */
  readonly busy = new Uint8Array(IDENTIFIERS);

  constructor(options: {
    readonly id: number;
    readonly address: number;
    readonly size: number;
    readonly completions: CompletionQueue;
    readonly priority: number;
  }) {
    this.id = options.id;
    this.address = options.address;
    this.size = options.size;
    this.completions = options.completions;
    this.priority = options.priority;
  }

  get isEmpty(): boolean {
    return this.head === this.tail;
  }

  takeHead(): number {
    const at = this.head;
    this.head = at + 1 === this.size ? 0 : at + 1;
    return at;
  }
}
