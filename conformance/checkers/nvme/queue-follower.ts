/**
 * The queues of a controller in the host's memory: made and deleted by admin commands, moved by
 * doorbells. Decodes what was submitted and what was taken.
 */
import { EventKind, type Journal } from '../../../sim/kernel/journal.ts';
import type { Watch } from '../../rule.ts';
import type { Controller } from './controller.ts';
import { DataPointer } from './data-pointer.ts';
import { Identity } from './identity.ts';
import {
  Admin,
  COMMAND_BYTES,
  COMPLETION_BYTES,
  Offset,
  PHASE,
  QUEUES_MAX,
  bitsOf,
  dword,
  word,
} from './layout.ts';
import type { Listeners, Trouble } from './listener.ts';
import { Mappings } from './mappings.ts';
import { QueueSet, unpin } from './queue-set.ts';
import {
  Command,
  type Completion,
  type CompletionQueue,
  type Mapping,
  type SubmissionQueue,
} from './queues.ts';

const ADMIN = 0;
const DEVICE_READS = 1;
const DEVICE_WRITES = 2;
/** Objects of commands that are kept to be used again. */
const FREE_MAX = 4096;
const SUCCESS = 0;

export class QueueFollower {
  readonly identity = new Identity();
  readonly mappings: Mappings;
  readonly queues: QueueSet;
  /** EN was cleared, and RDY not seen as 0 yet: what was in flight may still touch memory. */
  draining = false;

  readonly #journal: Journal;
  readonly #memory: Watch['memory'];
  readonly #controller: Controller;
  readonly #listeners: Listeners;
  readonly #pointer: DataPointer;
  readonly #free: Command[] = [];
  /** Admin commands in flight whose answer is learned from. */
  #lessons = 0;
  /** Commands and completions are recorded by somebody else. */
  #foreign = false;
  #recording = false;

  constructor(watch: Watch, controller: Controller, listeners: Listeners) {
    this.#journal = watch.journal;
    this.#memory = watch.memory;
    this.#controller = controller;
    this.#listeners = listeners;
    this.mappings = new Mappings(watch, (mapping) => this.#unmapped(mapping));
    this.queues = new QueueSet(this.mappings, watch.memory, (kind, detail) =>
      this.#trouble(kind, detail),
    );
    const { identity, mappings } = this;
    this.#pointer = new DataPointer({
      controller,
      identity,
      mappings,
      memory: watch.memory,
      found: (fault, _command, detail) => this.#trouble(fault, detail),
    });
    watch.on(EventKind.BufferRead, () => this.#lookForLessons());
    watch.on(EventKind.InterruptHandled, () => this.#lookForLessons());
    watch.on(EventKind.BufferWrite, (at) => {
      this.#written(watch.journal.addressAt(at), watch.journal.valueAt(at));
    });
    watch.on(EventKind.Command, (at) => this.#foreignCommand(at));
    watch.on(EventKind.Completion, (at) => this.#foreignCompletion(at));
  }

  /** Takes every completion that the controller has posted, as the host may have done. */
  sync(): void {
    for (const queue of this.queues.completion) {
      if (queue !== undefined) this.#take(queue, Infinity);
    }
  }

  /** Nothing is in flight any more, and no queue is left. */
  forget(): void {
    this.queues.clear();
    this.#lessons = 0;
    this.draining = false;
    for (const handler of this.#listeners.handlers.forgotten) handler();
  }

  makeAdminQueues(): void {
    const { bases, completionEntries, submissionEntries, adminQueues } = this.#controller;
    if (!adminQueues) return;
    this.queues.judgePhases(ADMIN, bases.completion, completionEntries);
    this.queues.makeCompletion(ADMIN, bases.completion, completionEntries);
    this.queues.makeSubmission(ADMIN, bases.submission, submissionEntries, ADMIN);
  }

  doorbell(offset: number, value: number): void {
    const { enabled, readySeen, stride, shutDown } = this.#controller;
    const index = (offset - Offset.DOORBELLS) / stride;
    const id = Math.floor(index / 2);
    if (id >= QUEUES_MAX) return;
    const isSubmission = index % 2 === 0;
    const queues = isSubmission ? this.queues.submission : this.queues.completion;
    if (enabled !== true || !readySeen) {
      this.#trouble('not-ready', `a doorbell of queue ${id} is rung before RDY was seen as 1`);
    } else if (shutDown && isSubmission) {
      this.#trouble('after-shutdown', `queue ${id} gets commands after CC.SHN was set`);
    }
    // The driver may have seen that its queue is made, and not yet said so at the doorbell.
    if (queues[id] === undefined) this.#syncAdmin();
    if (queues[id] === undefined || !Number.isInteger(index)) {
      const what = isSubmission ? 'submission' : 'completion';
      if (enabled === true && readySeen) {
        this.#trouble('no-queue', `there is no ${what} queue ${id} with a doorbell at ${offset}`);
      }
    } else if (isSubmission) {
      this.#submissionDoorbell(queues[id] as SubmissionQueue, value);
    } else {
      this.#completionDoorbell(queues[id] as CompletionQueue, value);
    }
  }

  #trouble(kind: Trouble, detail: string): void {
    if (this.#controller.judges) this.#listeners.trouble(kind, detail);
  }

  #syncAdmin(): void {
    const queue = this.queues.completion[ADMIN];
    if (queue !== undefined) this.#take(queue, Infinity);
  }

  #takeOf(queue: SubmissionQueue): void {
    const { [queue.completionQueue]: completion } = this.queues.completion;
    if (completion !== undefined) this.#take(completion, Infinity);
  }

  #submissionDoorbell(queue: SubmissionQueue, value: number): void {
    if (!this.#moves('submission', queue, queue.tail, value)) return;
    const { size, tail } = queue;
    const added = (value - tail + size) % size;
    if (this.#memory !== undefined && !this.#foreign) {
      if (occupied(queue) + added > size - 1) this.#takeOf(queue);
      if (occupied(queue) + added > size - 1) {
        const now = `${added} commands are added to the ${occupied(queue)} in submission queue`;
        this.#trouble('full', `${now} ${queue.id} of ${size} entries`);
      }
      const first = Math.min(added, size - tail);
      this.#read(queue, tail, first);
      if (added > first) this.#read(queue, 0, added - first);
    }
    queue.tail = value;
    for (const handler of this.#listeners.handlers.rang) handler(queue, true);
  }

  #completionDoorbell(queue: CompletionQueue, value: number): void {
    if (!this.#moves('completion', queue, queue.head, value)) return;
    const { size, head } = queue;
    const freed = (value - head + size) % size;
    if (this.#memory !== undefined && !this.#foreign) {
      const seen = (queue.posted - head + size) % size;
      if (freed > seen) this.#take(queue, freed - seen);
      const posted = (queue.posted - head + size) % size;
      if (freed > posted) {
        const now = `completion queue ${queue.id} is left ${freed} entries behind`;
        this.#trouble('not-posted', `${now}, of ${posted} posted`);
        if (value < queue.posted) queue.phase = 1 - queue.phase;
        queue.posted = value;
      }
    }
    queue.head = value;
    for (const handler of this.#listeners.handlers.rang) handler(queue, false);
  }

  #moves(what: string, queue: { id: number; size: number }, from: number, to: number): boolean {
    if (to >= queue.size) {
      const doorbell = `the doorbell of ${what} queue ${queue.id}, of ${queue.size} entries`;
      this.#trouble('range', `${to} is written to ${doorbell}`);
      return false;
    }
    if (to !== from) return true;
    this.#trouble('same-value', `the doorbell of ${what} queue ${queue.id} is left at ${to}`);
    return false;
  }

  /** Entries that do not wrap. */
  #read(queue: SubmissionQueue, slot: number, count: number): void {
    for (let index = 0; index < count; index++) {
      const address = queue.base + (slot + index) * COMMAND_BYTES;
      const entry = this.#memory?.peek(address, COMMAND_BYTES);
      if (entry === undefined) return;
      this.#recording = true;
      this.#journal.recordBytes(EventKind.Command, queue.id, address, entry);
      this.#recording = false;
      this.#submit(queue, slot + index, entry);
    }
  }

  #submit(queue: SubmissionQueue, slot: number, bytes: Uint8Array): void {
    const command = this.#free.pop() ?? new Command(queue, bytes);
    command.load(queue, slot, bytes);
    if (queue.inFlight.has(command.id)) this.#takeOf(queue);
    const other = queue.inFlight.get(command.id);
    if (other !== undefined) {
      this.#trouble('duplicate-id', `${command.name} has the identifier of one in flight`);
      this.#finish(other);
    }
    for (const handler of this.#listeners.handlers.submitted) handler(command);
    if (queue.id === ADMIN && this.identity.isLesson(command.opcode)) {
      this.#lessons++;
      this.#judgeCreation(command);
    }
    this.#pointer.follow(command);
    queue.inFlight.set(command.id, command);
  }

  #finish(command: Command): void {
    unpin(command);
    command.queue.inFlight.delete(command.id);
    if (command.queue.id === ADMIN && this.identity.isLesson(command.opcode)) this.#lessons--;
    if (this.#free.length < FREE_MAX) this.#free.push(command);
  }

  /** Takes up to `limit` completions that were posted. */
  #take(queue: CompletionQueue, limit: number): void {
    const { base, size, id } = queue;
    for (let left = Math.min(limit, size - 1); left > 0; left--) {
      const address = base + queue.posted * COMPLETION_BYTES;
      const entry = this.#memory?.peek(address, COMPLETION_BYTES);
      if (entry === undefined || this.#foreign) return;
      if ((entry[PHASE] as number) % 2 !== queue.phase) return;
      this.#recording = true;
      this.#journal.recordBytes(EventKind.Completion, id, address, entry);
      this.#recording = false;
      queue.posted = (queue.posted + 1) % size;
      if (queue.posted === 0) queue.phase = 1 - queue.phase;
      this.#complete(queue.id, entry);
    }
  }

  #complete(id: number, bytes: Uint8Array): void {
    const queue = this.queues.submission[word(bytes, 10)];
    const command = queue?.inFlight.get(word(bytes, 12));
    if (queue === undefined || command === undefined || queue.completionQueue !== id) {
      const what = `command ${word(bytes, 12)} of queue ${word(bytes, 10)}`;
      this.#trouble('not-in-flight', `completion queue ${id} completes ${what}`);
      return;
    }
    const head = word(bytes, 8);
    if (head < queue.size) queue.head = head;
    const status = Math.floor(word(bytes, PHASE) / 2);
    const completion = { command, dword0: dword(bytes, 0), status };
    for (const handler of this.#listeners.handlers.completed) handler(completion);
    if (queue.id === ADMIN) this.#learn(completion);
    this.#finish(command);
  }

  #learn(completion: Completion): void {
    this.identity.learn(completion, this.#memory);
    const { command, status } = completion;
    if (status !== SUCCESS) return;
    const low = command.dword(10);
    const id = low % 0x10000;
    const size = bitsOf(low, 16, 16) + 1;
    const partner = bitsOf(command.dword(11), 16, 16);
    if (command.opcode === Admin.CreateCompletionQueue) {
      this.queues.makeCompletion(id, command.prp1, size);
    } else if (command.opcode === Admin.CreateSubmissionQueue) {
      this.queues.makeSubmission(id, command.prp1, size, partner);
    } else if (command.opcode === Admin.DeleteSubmissionQueue) {
      this.#deleteSubmission(id);
    } else if (command.opcode === Admin.DeleteCompletionQueue) {
      this.queues.deleteCompletion(id);
    }
  }

  #deleteSubmission(id: number): void {
    const queue = this.queues.submission[id];
    if (queue === undefined) return;
    this.#takeOf(queue);
    for (const command of [...queue.inFlight.values()]) this.#finish(command);
    this.queues.deleteSubmission(id);
  }

  /** The memory of a queue must be in order before the command that makes it is submitted. */
  #judgeCreation(command: Command): void {
    const isCompletion = command.opcode === Admin.CreateCompletionQueue;
    if (!isCompletion && command.opcode !== Admin.CreateSubmissionQueue) return;
    const contiguous = command.dword(11) % 2 === 1;
    if (!contiguous) return;
    const size = bitsOf(command.dword(10), 16, 16) + 1;
    const entry = isCompletion ? COMPLETION_BYTES : COMMAND_BYTES;
    const rights = isCompletion ? DEVICE_WRITES : DEVICE_READS;
    if (!this.#pointer.pinQueue(command, size * entry, rights)) {
      this.#trouble('queue-memory', `${command.name}: the memory of the queue is not mapped`);
    }
    if (isCompletion) this.queues.judgePhases(command.dword(10) % 0x10000, command.prp1, size);
  }

  /** What the driver is about to read may be an answer that is learned from. */
  #lookForLessons(): void {
    if (this.#lessons > 0) this.#syncAdmin();
  }

  /** Memory that the device may use is taken away. */
  #unmapped(mapping: Mapping): void {
    const { absent, changedNs, capabilities } = this.#controller;
    if (absent) return;
    const waited = this.#journal.now - changedNs;
    if (this.draining && waited >= (capabilities?.timeoutNs ?? 0)) return;
    if (mapping.user !== undefined && mapping.users > 0) this.#takeOf(mapping.user.queue);
    if (mapping.users > 0 || mapping.queues > 0) this.sync();
    const where = `0x${mapping.address.toString(16)}`;
    if (mapping.queues > 0) this.#trouble('queue-unmapped', `the memory at ${where} is unmapped`);
    if (mapping.users === 0) return;
    const user = mapping.user?.pins.includes(mapping) ? mapping.user.name : 'a command';
    this.#trouble('data-unmapped', `the memory at ${where} is unmapped while ${user} is in flight`);
  }

  /** The host writes its memory: not where commands wait to be fetched. */
  #written(address: number, length: number): void {
    for (const queue of this.queues.submission) {
      if (queue === undefined || queue.host === 0) continue;
      const from = address - queue.host;
      const end = queue.size * COMMAND_BYTES;
      if (from >= end || from + length <= 0) continue;
      const first = Math.max(0, Math.floor(from / COMMAND_BYTES));
      const last = Math.min(queue.size - 1, Math.floor((from + length - 1) / COMMAND_BYTES));
      for (let slot = first; slot <= last; slot++) this.#rewritten(queue, slot);
    }
  }

  #rewritten(queue: SubmissionQueue, slot: number): void {
    if (!waits(queue, slot)) return;
    this.#takeOf(queue);
    if (!waits(queue, slot)) return;
    for (const command of queue.inFlight.values()) {
      if (command.slot !== slot) continue;
      this.#trouble('rewritten', `${command.name} is changed after its doorbell was rung`);
      return;
    }
  }

  #foreignCommand(at: number): void {
    if (this.#recording) return;
    this.#foreign = true;
    const bytes = this.#journal.bytesAt(at);
    if (bytes?.length !== COMMAND_BYTES) return;
    this.#submit(this.#imported(this.#journal.spaceAt(at)), -1, bytes);
  }

  #foreignCompletion(at: number): void {
    if (this.#recording) return;
    this.#foreign = true;
    const bytes = this.#journal.bytesAt(at);
    if (bytes?.length !== COMPLETION_BYTES) return;
    this.#complete(this.#journal.spaceAt(at), bytes);
  }

  /** A queue of an imported trace that does not tell how it was made. */
  #imported(id: number): SubmissionQueue {
    const known = this.queues.submission[id];
    if (known !== undefined) return known;
    const place = { id, base: 0, host: 0, size: QUEUES_MAX, completionQueue: id };
    const made = { ...place, head: 0, tail: 0, inFlight: new Map<number, Command>(), pins: [] };
    this.queues.submission[id] = made;
    return made;
  }
}

/** Whether the controller may still have to fetch the entry. */
function waits({ head, tail, size }: SubmissionQueue, slot: number): boolean {
  return (slot - head + size) % size < (tail - head + size) % size;
}

/** By what the controller reported, or by what is in flight: the less of the two. */
function occupied({ tail, head, size, inFlight }: SubmissionQueue): number {
  return Math.min((tail - head + size) % size, inFlight.size);
}
