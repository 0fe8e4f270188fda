/**
 * Rings in host memory and their doorbells (NVM Express 1.4, Submission Queue & Completion Queue
 * Definition). Nothing is checked for the caller: what no driver may do can be done here.
 */
import type { DmaMemory } from '../../../sim/buses/pci/function.ts';
import type { PciPort } from '../../../sim/buses/pci/port.ts';
import { SQE_BYTES } from './commands.ts';
import { RawMemory } from './raw-memory.ts';

export const CQE_BYTES = 16;
const REGISTERS = 0;

/** What is needed of a port: a journaled one, or another way to the same function. */
export type RawPort = Pick<PciPort, 'world' | 'function' | 'read' | 'write' | 'configWrite'>;

/** A completion queue entry. */
export interface Completion {
  /** Dword 0 and dword 1. */
  result: number;
  result1: number;
  /** Of the submission queue: its head, and its identifier. */
  head: number;
  queue: number;
  id: number;
  phase: number;
  /** Status code type and status code: type * 256 + code. */
  status: number;
  more: boolean;
  doNotRetry: boolean;
}

export class RawSubmissionQueue {
  tail = 0;
  /** As the last completion told it. */
  head = 0;
  readonly id: number;
  readonly entries: number;
  readonly memory: RawMemory;
  readonly completions: RawCompletionQueue;
  readonly #port: RawPort;
  readonly #doorbell: number;

  constructor(place: QueuePlace, completions: RawCompletionQueue) {
    this.id = place.id;
    this.entries = place.entries;
    this.#port = place.port;
    this.#doorbell = place.doorbell;
    this.completions = completions;
    this.memory = new RawMemory(place.memory, place.entries * SQE_BYTES, place.pageBytes);
    completions.feed(this);
  }

  /** Entries that fit before the queue is full. */
  get room(): number {
    return (this.head + this.entries - this.tail - 1) % this.entries;
  }

  /** Puts a command at the tail; the controller does not know yet. */
  push(command: Uint8Array): void {
    this.memory.write(this.tail * SQE_BYTES, command);
    this.tail = this.tail + 1 === this.entries ? 0 : this.tail + 1;
  }

  ring(tail = this.tail): void {
    this.#port.write(REGISTERS, this.#doorbell, 4, tail);
  }
}

export class RawCompletionQueue {
  head = 0;
  /** The phase tag of entries that are new. */
  phase = 1;
  readonly id: number;
  readonly entries: number;
  readonly memory: RawMemory;
  /** The last one that `poll` took; overwritten by the next. */
  readonly last: Completion = {
    result: 0,
    result1: 0,
    head: 0,
    queue: 0,
    id: 0,
    phase: 0,
    status: 0,
    more: false,
    doNotRetry: false,
  };
  readonly #port: RawPort;
  readonly #doorbell: number;
  readonly #fedBy: RawSubmissionQueue[] = [];

  constructor(place: QueuePlace) {
    this.id = place.id;
    this.entries = place.entries;
    this.#port = place.port;
    this.#doorbell = place.doorbell;
    this.memory = new RawMemory(place.memory, place.entries * CQE_BYTES, place.pageBytes);
  }

  /** What this submission queue's completions say about its head is kept there. */
  feed(queue: RawSubmissionQueue): void {
    this.#fedBy.push(queue);
  }

  /** Takes the next new entry into `last`; the controller does not know yet. */
  poll(): boolean {
    const at = this.head * CQE_BYTES;
    const word = this.memory.read16(at + 14);
    if (word % 2 !== this.phase) return false;
    const { last, memory } = this;
    last.result = memory.read32(at);
    last.result1 = memory.read32(at + 4);
    last.head = memory.read16(at + 8);
    last.queue = memory.read16(at + 10);
    last.id = memory.read16(at + 12);
    last.phase = word % 2;
    last.status = Math.floor(word / 2) % STATUS_CODES;
    last.more = word % DO_NOT_RETRY >= MORE;
    last.doNotRetry = word >= DO_NOT_RETRY;
    this.head++;
    if (this.head === this.entries) {
      this.head = 0;
      this.phase = 1 - this.phase;
    }
    for (const queue of this.#fedBy) if (queue.id === last.queue) queue.head = last.head;
    return true;
  }

  /** Tells the controller what was taken. */
  ring(head = this.head): void {
    this.#port.write(REGISTERS, this.#doorbell, 4, head);
  }
}

/** Eight bits of status code and three of its type. */
const STATUS_CODES = 2048;
/** Bits of the word that holds phase tag and status. */
const MORE = 0x4000;
const DO_NOT_RETRY = 0x8000;

export interface QueuePlace {
  readonly port: RawPort;
  readonly memory: DmaMemory;
  readonly id: number;
  readonly entries: number;
  readonly doorbell: number;
  readonly pageBytes: number;
}
