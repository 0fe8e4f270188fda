/**
 * A submission queue and its completion queue in host memory. Every command in the controller's
 * hands has a slot; its identifier is the slot with a count of uses, so that an answer that comes
 * twice, or too late, is told apart. With one slot less than entries the queue is never overfull.
 *
 * NVM Express Base Specification 1.4, "Submission Queue & Completion Queue Definition" (secondary).
 */
import {
  Command,
  COMMAND_BYTES,
  Completion,
  COMPLETION_BYTES,
  PrpEntry,
} from '../../../sim/devices/nvme/structures.ts';
import { kIOMemoryDirectionIn, kIOMemoryDirectionOut } from '../../host/io-memory-descriptor.ts';
import { DmaArea, type DmaOwner } from './dma-area.ts';

/** What waits for a completion. */
export interface QueuedCommand {
  /** Fills a submission entry of zeros, without its identifier. PRP lists go to `list`. */
  fill(entry: Uint8Array, list: ListSpace): void;
  ended(status: number, result: number): void;
  /** Moment by which it should have ended; Infinity for one that waits for an event. */
  deadline: number;
}

/** Room for one PRP list. */
export interface ListSpace {
  /** Writes the entries from this one on, and returns the address of the list. */
  write(entries: readonly number[], from: number): number;
}

export interface Doorbells {
  ringSubmission(queue: number, tail: number): void;
  ringCompletion(queue: number, head: number): void;
}

export interface QueueShape {
  readonly id: number;
  readonly entries: number;
  /** Interrupt vector of the completion queue. */
  readonly vector: number;
  readonly pageBytes: number;
  /** Entries of the longest PRP list; 0 for a queue that needs none. */
  readonly listEntries: number;
}

const IDENTIFIERS = 0x1_0000;

export class QueuePair implements ListSpace {
  readonly id: number;
  readonly entries: number;
  readonly vector: number;
  /** Answers that belong to no command of this queue, or that make no sense. */
  strays = 0;
  inFlight = 0;
  readonly #doorbells: Doorbells;
  readonly #submissions: DmaArea;
  readonly #completions: DmaArea;
  readonly #lists: DmaArea | undefined;
  readonly #listBytes: number;
  readonly #list: Uint8Array;
  readonly #entry = new Uint8Array(COMMAND_BYTES);
  readonly #commands: (QueuedCommand | undefined)[] = [];
  /** Identifier that the slot has, or will have next. */
  readonly #identifiers: number[] = [];
  readonly #free: number[] = [];
  /** Slots, rounded up to a power of two: what identifiers are counted on by. */
  readonly #stride: number;
  #slot = 0;
  #tail = 0;
  #rung = 0;
  #head = 0;
  #phase = 1;
  #frozen = false;

  /** @throws kIOReturnNoMemory, kIOReturnNoResources; nothing is left then */
  constructor(owner: DmaOwner, doorbells: Doorbells, shape: QueueShape) {
    const { id, entries, vector, pageBytes, listEntries } = shape;
    this.id = id;
    this.entries = entries;
    this.vector = vector;
    this.#doorbells = doorbells;
    this.#stride = powerAbove(entries);
    this.#listBytes = listEntries === 0 ? 0 : powerAbove(listEntries * PrpEntry.bytes);
    this.#list = new Uint8Array(this.#listBytes);
    const made: DmaArea[] = [];
    const area = (direction: number, bytes: number): DmaArea => {
      const next = new DmaArea(owner, direction, bytes, pageBytes);
      made.push(next);
      return next;
    };
    try {
      this.#submissions = area(kIOMemoryDirectionOut, entries * COMMAND_BYTES);
      this.#completions = area(kIOMemoryDirectionIn, entries * COMPLETION_BYTES);
      const lists = (entries - 1) * this.#listBytes;
      this.#lists = lists === 0 ? undefined : area(kIOMemoryDirectionOut, lists);
    } catch (error) {
      for (const each of made) each.release();
      throw error;
    }
    this.reset();
  }

  get submissionAddress(): number {
    return this.#submissions.address;
  }
  get completionAddress(): number {
    return this.#completions.address;
  }
  get isFull(): boolean {
    return this.#free.length === 0 || this.#frozen;
  }

  /** The controller is about to lose the queues: until `reset` nothing is taken, nothing rung. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Puts a command into the queue; `ring` tells the controller. Only while it is not full. */
  submit(command: QueuedCommand): void {
    const slot = this.#free.pop();
    if (slot === undefined) throw new RangeError(`Queue ${this.id} is full: ask isFull before.`);
    this.#slot = slot;
    const entry = this.#entry.fill(0);
    command.fill(entry, this);
    Command.CID.set(entry, 0, this.#identifiers[slot] as number);
    this.#commands[slot] = command;
    this.inFlight++;
    this.#submissions.memory.write(this.#tail * COMMAND_BYTES, entry);
    this.#tail = this.#tail + 1 === this.entries ? 0 : this.#tail + 1;
  }

  ring(): void {
    if (this.#rung === this.#tail || this.#frozen) return;
    this.#rung = this.#tail;
    this.#doorbells.ringSubmission(this.id, this.#tail);
  }

  write(entries: readonly number[], from: number): number {
    const lists = this.#lists as DmaArea;
    const bytes = (entries.length - from) * PrpEntry.bytes;
    for (let index = from; index < entries.length; index++) {
      PrpEntry.ADDRESS.set(this.#list, (index - from) * PrpEntry.bytes, entries[index] as number);
    }
    const at = this.#slot * this.#listBytes;
    lists.memory.write(at, this.#list.subarray(0, bytes));
    return lists.address + at;
  }

  /** Takes what has been answered; each entry is read once. @returns how many there were */
  poll(): number {
    let taken = 0;
    while (taken < this.entries && !this.#frozen) {
      const entry = this.#completions.memory.read(this.#head * COMPLETION_BYTES, COMPLETION_BYTES);
      if (Completion.P.get(entry) !== this.#phase) break;
      taken++;
      this.#head++;
      if (this.#head === this.entries) {
        this.#head = 0;
        this.#phase = 1 - this.#phase;
      }
      this.#accept(entry);
    }
    if (taken > 0 && !this.#frozen) this.#doorbells.ringCompletion(this.id, this.#head);
    return taken;
  }

  /** Commands that should have ended by now, with their identifiers. */
  overdue(now: number): { readonly command: QueuedCommand; readonly identifier: number }[] {
    const found = [];
    for (let slot = 0; slot < this.#commands.length && this.inFlight > 0; slot++) {
      const command = this.#commands[slot];
      if (command === undefined || command.deadline > now) continue;
      found.push({ command, identifier: this.#identifiers[slot] as number });
    }
    return found;
  }

  /** As after creation. @returns what the controller had not answered, in order of slots */
  reset(): QueuedCommand[] {
    const left = this.#commands.filter((command) => command !== undefined);
    this.#tail = 0;
    this.#rung = 0;
    this.#head = 0;
    this.#phase = 1;
    this.#frozen = false;
    this.inFlight = 0;
    this.#commands.length = 0;
    this.#free.length = 0;
    for (let slot = this.entries - 2; slot >= 0; slot--) {
      this.#commands[slot] = undefined;
      this.#identifiers[slot] = this.#nextIdentifier(slot);
      this.#free.push(slot);
    }
    this.#completions.clear();
    return left;
  }

  /** The controller must not use the queue any more. */
  release(): void {
    this.#submissions.release();
    this.#completions.release();
    this.#lists?.release();
  }

  #accept(entry: Uint8Array): void {
    const identifier = Completion.CID.get(entry);
    const slot = identifier % this.#stride;
    const command = this.#commands[slot];
    const isOurs = Completion.SQID.get(entry) === this.id;
    if (command === undefined || !isOurs || this.#identifiers[slot] !== identifier) {
      this.strays++;
      return;
    }
    // We do not go by the head that the controller reports; but this one it cannot have.
    if (Completion.SQHD.get(entry) >= this.entries) this.strays++;
    this.#commands[slot] = undefined;
    this.#identifiers[slot] = this.#nextIdentifier(slot);
    this.#free.push(slot);
    this.inFlight--;
    command.ended(Completion.STATUS.get(entry), Completion.DW0.get(entry));
  }

  #nextIdentifier(slot: number): number {
    const last = this.#identifiers[slot];
    return last === undefined ? slot : (last + this.#stride) % IDENTIFIERS;
  }
}

function powerAbove(count: number): number {
  let power = 1;
  while (power < count) power *= 2;
  return power;
}
