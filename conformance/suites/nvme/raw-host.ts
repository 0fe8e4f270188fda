/**
 * An NVMe controller driven straight through its PCI function, without a driver: for clauses about
 * the device, for the comparison of two controllers, and for measuring one. Everything is
 * synchronous: waiting lets the world's time (or the target's) pass. Nothing is checked for the
 * caller: what no driver may do can be done here.
 *
 * Register offsets and fields are restated from NVM Express 1.4 (Controller Registers), by way of
 * include/linux/nvme.h and QEMU's include/block/nvme.h.
 */
import { kIOPCICommandBusLead } from '../../../drivers-under-test/host/io-pci-device.ts';
import { ExpectationError } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { Admin, type Command, SQE_BYTES, createCq, createSq, encode } from './commands.ts';
import {
  RawCompletionQueue,
  RawSubmissionQueue,
  type Completion,
  type RawPort,
} from './raw-queue.ts';
import { RawData, type Layout } from './raw-data.ts';
import { RawMemory } from './raw-memory.ts';

export const Register = {
  CAP: 0x00,
  CAPS: 0x04,
  VS: 0x08,
  INTMS: 0x0c,
  INTMC: 0x10,
  CC: 0x14,
  CSTS: 0x1c,
  NSSR: 0x20,
  AQA: 0x24,
  ASQ: 0x28,
  ACQ: 0x30,
  DOORBELLS: 0x1000,
} as const;

const PCI_COMMAND = 0x04;
const MEMORY_SPACE = 0x2;

export const CC_ENABLE = 1;
/** I/O entries of 64 (2^6) and of 16 (2^4) bytes. */
export const CC_ENTRY_SIZES = 6 * 2 ** 16 + 4 * 2 ** 20;
const CC_SHUTDOWN = 2 ** 14;
const CC_PAGE = 2 ** 7;
export const Shutdown = { normal: 1, abrupt: 2 } as const;

export const CSTS_READY = 1;
export const CSTS_FATAL = 2;
const CSTS_SHUTDOWN = 4;
export const SHUTDOWN_COMPLETE = 2;

/** Of CAP.TO. */
const HALF_SECOND_NS = 500e6;
/** No command and no shutdown is waited for longer. */
export const COMMAND_NS = 10e9;
const VECTORS_MAX = 2048;

export interface EnableOptions {
  readonly adminEntries?: number;
  /** Pages of 2^(12 + this) bytes. */
  readonly pageExponent?: number;
  /** Fields of CC beside these. */
  readonly more?: number;
}

export interface QueueOptions {
  readonly entries?: number;
  /** Default: the same as `entries`. */
  readonly cqEntries?: number;
  /** Interrupts on, by this vector. */
  readonly vector?: number;
  readonly priority?: number;
}

export class RawHost {
  readonly port: RawPort;
  /** Messages so far, by vector, and the level of INTx. */
  readonly messages = new Uint32Array(VECTORS_MAX);
  level = false;
  pageBytes = 4096;
  /** Completions of commands that nobody waited for, by arrival. */
  readonly strays: Completion[] = [];
  readonly #sqe = new Uint8Array(SQE_BYTES);
  readonly #view = new DataView(this.#sqe.buffer);
  readonly #live: { free(): void }[] = [];
  #admin: RawSubmissionQueue | undefined;
  #stride = 4;
  #id = 0;

  /** @param vectors of MSI-X; 0 leaves INTx */
  constructor(port: RawPort, vectors = 0) {
    this.port = port;
    const pci = port.function;
    pci.listen({
      level: (asserted) => (this.level = asserted),
      message: (vector) => (this.messages[vector] = (this.messages[vector] ?? 0) + 1),
    });
    port.configWrite(PCI_COMMAND, 2, MEMORY_SPACE + kIOPCICommandBusLead);
    pci.route(vectors > 0 ? 'msix' : 'none', vectors);
    this.#stride = 4 * 2 ** (this.read(Register.CAPS) % 16);
  }

  read(offset: number): number {
    return this.port.read(0, offset, 4);
  }

  write(offset: number, value: number): void {
    this.port.write(0, offset, 4, value);
  }

  read64(offset: number): bigint {
    return BigInt(this.read(offset)) + BigInt(this.read(offset + 4)) * 2n ** 32n;
  }

  write64(offset: number, value: number | bigint): void {
    const wide = BigInt(value);
    this.write(offset, Number(wide % 2n ** 32n));
    this.write(offset + 4, Number(wide / 2n ** 32n));
  }

  /** CAP.TO: how long CSTS.RDY may take to follow CC.EN. */
  get readyNs(): number {
    return Math.max(1, Math.floor(this.read(Register.CAP) / 2 ** 24)) * HALF_SECOND_NS;
  }

  /** Entries that an I/O queue has at the most. */
  get entriesMax(): number {
    return (this.read(Register.CAP) % 0x1_0000) + 1;
  }

  get isReady(): boolean {
    return this.read(Register.CSTS) % 2 === CSTS_READY;
  }

  get isFatal(): boolean {
    return this.read(Register.CSTS) % 4 >= CSTS_FATAL;
  }

  /** CSTS.SHST. */
  get shutdownStatus(): number {
    return Math.floor(this.read(Register.CSTS) / CSTS_SHUTDOWN) % 4;
  }

  /** Lets time pass until the condition holds; false when `ns` passed without it. */
  waitFor(condition: () => boolean, ns: number): boolean {
    const { world } = this.port;
    const end = world.now + ns;
    for (let step = STEP_FIRST_NS; !condition(); step = Math.min(step * 2, STEP_MAX_NS)) {
      if (world.now >= end) return false;
      world.advance(Math.min(step, end - world.now));
    }
    return true;
  }

  pass(ns: number): void {
    this.port.world.advance(ns);
  }

  /** Disables the controller, gives it new admin queues and enables it. False: RDY did not come. */
  enable(options: EnableOptions = {}): boolean {
    if (!this.disable()) return false;
    this.prepare(options);
    this.write(Register.CC, this.configuration(options));
    return this.waitFor(() => this.isReady, this.readyNs);
  }

  /** Everything before CC.EN: new admin queues, AQA, ASQ and ACQ. */
  prepare({ adminEntries = 32, pageExponent = 0 }: EnableOptions = {}): void {
    this.pageBytes = 4096 * 2 ** pageExponent;
    const cq = this.#track(new RawCompletionQueue(this.#place(0, adminEntries, 1)));
    this.#admin = this.#track(new RawSubmissionQueue(this.#place(0, adminEntries, 0), cq));
    this.write(Register.AQA, adminEntries - 1 + (adminEntries - 1) * 0x1_0000);
    this.write64(Register.ASQ, this.#admin.memory.address);
    this.write64(Register.ACQ, cq.memory.address);
  }

  configuration({ pageExponent = 0, more = 0 }: EnableOptions = {}): number {
    return CC_ENABLE + CC_ENTRY_SIZES + pageExponent * CC_PAGE + more;
  }

  /** False: RDY did not go. */
  disable(): boolean {
    const configuration = this.read(Register.CC);
    if (configuration % 2 === CC_ENABLE) this.write(Register.CC, configuration - CC_ENABLE);
    return this.waitFor(() => !this.isReady, this.readyNs);
  }

  /** False: the shutdown did not end. */
  shutdown(kind: keyof typeof Shutdown = 'normal'): boolean {
    const configuration = this.read(Register.CC);
    const others = configuration - (Math.floor(configuration / CC_SHUTDOWN) % 4) * CC_SHUTDOWN;
    this.write(Register.CC, others + Shutdown[kind] * CC_SHUTDOWN);
    return this.waitFor(() => this.shutdownStatus === SHUTDOWN_COMPLETE, COMMAND_NS);
  }

  get adminQueue(): RawSubmissionQueue {
    if (this.#admin === undefined) throw new Error('Enable the controller first.');
    return this.#admin;
  }

  admin(command: Command): Completion {
    return this.io(this.adminQueue, command);
  }

  /** Submits one command and waits for its completion. @throws Unanswered */
  io(queue: RawSubmissionQueue, command: Command): Completion {
    const id = this.submit(queue, command);
    const completion = this.completionOf(queue, id);
    if (completion === undefined) throw new Unanswered(command.opcode, queue.id);
    return completion;
  }

  /** Puts a command at the tail and rings; returns its identifier. */
  submit(queue: RawSubmissionQueue, command: Command): number {
    const id = this.push(queue, command);
    queue.ring();
    return id;
  }

  /** Puts a command at the tail; the controller does not know yet. */
  push(queue: RawSubmissionQueue, command: Command, id = this.#nextId()): number {
    encode(command, id, this.#view);
    queue.push(this.#sqe);
    return id;
  }

  /** Waits for this command; what else arrives meanwhile goes to `strays`. */
  completionOf(
    queue: RawSubmissionQueue,
    id: number,
    ns: number = COMMAND_NS,
  ): Completion | undefined {
    const known = this.strays.findIndex((each) => each.queue === queue.id && each.id === id);
    if (known >= 0) return this.strays.splice(known, 1)[0];
    const { completions } = queue;
    const { last } = completions;
    let found: Completion | undefined;
    this.waitFor(() => {
      while (found === undefined && completions.poll()) {
        completions.ring();
        if (last.id === id && last.queue === queue.id) found = { ...last };
        else this.strays.push({ ...last });
      }
      return found !== undefined;
    }, ns);
    return found;
  }

  /** Takes everything that has arrived in a queue, and tells the controller. */
  take(completions: RawCompletionQueue): Completion[] {
    const taken: Completion[] = [];
    while (taken.length < completions.entries && completions.poll()) {
      taken.push({ ...completions.last });
    }
    if (taken.length > 0) completions.ring();
    return taken;
  }

  /** Waits until so many have arrived; returns what there is then. */
  collect(completions: RawCompletionQueue, count: number, ns: number = COMMAND_NS): Completion[] {
    const all: Completion[] = [];
    this.waitFor(() => all.push(...this.take(completions)) >= count, ns);
    return all;
  }

  /** Memory for queue `id`'s rings; the controller does not know yet. */
  completionRing(id: number, entries: number): RawCompletionQueue {
    return this.#track(new RawCompletionQueue(this.#place(id, entries, 1)));
  }

  submissionRing(id: number, entries: number, cq: RawCompletionQueue): RawSubmissionQueue {
    return this.#track(new RawSubmissionQueue(this.#place(id, entries, 0), cq));
  }

  /** Both queues of a pair, created. @throws Refused with the status that the controller gave */
  createPair(id: number, options: QueueOptions = {}): RawSubmissionQueue {
    const { entries = 32, cqEntries = entries, vector } = options;
    const cq = this.completionRing(id, cqEntries);
    const interrupts = vector !== undefined;
    const { address } = cq.memory;
    const newCq = { id, entries: cqEntries, address, vector: vector ?? 0, interrupts };
    this.#expectDone(this.admin(createCq(newCq)), 'Create I/O Completion Queue');
    return this.createSq(id, cq, options);
  }

  /** A further submission queue of a completion queue. @throws Refused */
  createSq(id: number, cq: RawCompletionQueue, options: QueueOptions = {}): RawSubmissionQueue {
    const { entries = 32, priority = 0 } = options;
    const sq = this.submissionRing(id, entries, cq);
    const { address } = sq.memory;
    const newSq = { id, entries, address, completions: cq.id, priority };
    this.#expectDone(this.admin(createSq(newSq)), 'Create I/O Submission Queue');
    return sq;
  }

  deleteSq(id: number): Completion {
    return this.admin({ opcode: Admin.DeleteSq, dword10: id });
  }

  deleteCq(id: number): Completion {
    return this.admin({ opcode: Admin.DeleteCq, dword10: id });
  }

  /** Memory for data, with the PRP entries that name it. */
  data(bytes: number, layout: Layout = {}): RawData {
    const { memory } = this.port.function;
    return this.#track(new RawData(memory, bytes, { pageBytes: this.pageBytes, ...layout }));
  }

  memory(bytes: number): RawMemory {
    return this.#track(new RawMemory(this.port.function.memory, bytes, this.pageBytes));
  }

  /** Frees all memory: the controller must be disabled. */
  free(): void {
    for (const each of this.#live.splice(0)) each.free();
  }

  #expectDone({ status }: Completion, what: string): void {
    if (status !== 0) throw new Refused(what, status);
  }

  #track<T extends { free(): void } | { readonly memory: RawMemory }>(made: T): T {
    this.#live.push('memory' in made ? made.memory : made);
    return made;
  }

  #place(id: number, entries: number, side: 0 | 1) {
    const { port, pageBytes } = this;
    const doorbell = Register.DOORBELLS + (2 * id + side) * this.#stride;
    return { port, memory: port.function.memory, id, entries, doorbell, pageBytes };
  }

  /** Identifiers go around; the one of all ones is for errors that belong to no command. */
  #nextId(): number {
    this.#id = this.#id + 1 === 0xffff ? 0 : this.#id + 1;
    return this.#id;
  }
}

/** Past the journal: what is done here, no rule and no count sees as the driver's doing. */
export function unseen(scene: Scene): RawPort {
  const pci = scene.function;
  return {
    world: scene.world,
    function: pci,
    read: (bar, offset, size) => pci.read(bar, offset, size),
    write: (bar, offset, size, value, high) => pci.write(bar, offset, size, value, high),
    configWrite: (offset, size, value) => pci.configWrite(offset, size, value),
  };
}

/** A command that should have been answered was not. */
export class Unanswered extends ExpectationError {
  constructor(opcode: number, queue: number) {
    super(`command 0x${opcode.toString(16)} in queue ${queue}`, 'a completion', 'none');
  }
}

/** The controller refused what it should have done. */
export class Refused extends ExpectationError {
  readonly status: number;

  constructor(what: string, status: number) {
    super(what, 'success', `status 0x${status.toString(16)}`);
    this.status = status;
  }
}

const STEP_FIRST_NS = 1000;
const STEP_MAX_NS = 1e6;
