/** What the tests of this folder share: a controller on a bus, and a host that drives it raw. */
import type { DmaBuffer, DmaMapping } from '../../buses/pci/function.ts';
import { SimPciFunction } from '../../buses/pci/sim-function.ts';
import { World } from '../../kernel/world.ts';
import { AdminOpcode } from './admin-opcodes.ts';
import { Nvme } from './model.ts';
import type { NvmeOptions } from './options.ts';
import { DOORBELLS_AT, QUEUES, registers } from './registers.ts';
import {
  COMMAND_BYTES,
  COMPLETION_BYTES,
  Command,
  Completion,
  CreateCompletionQueue,
  CreateSubmissionQueue,
} from './structures.ts';

const PCI_COMMAND = 4;
const MEMORY_AND_MASTER = 6;
const RIGHTS = { deviceReads: true, deviceWrites: true, maxAddressBits: 52 };

/** Memory of the host that the controller reaches. */
export interface Room {
  readonly buffer: DmaBuffer;
  readonly mapping: DmaMapping;
  readonly address: number;
}

export interface Pair {
  readonly id: number;
  readonly size: number;
  readonly submissions: Room;
  readonly completions: Room;
  tail: number;
  head: number;
  phase: number;
}

export interface Answer {
  readonly id: number;
  readonly queue: number;
  readonly status: number;
  readonly dword0: number;
  readonly queueHead: number;
}

/** Values of the fields of a command, from `Command` and its kin. */
export type Fields = readonly (readonly [
  { set(bytes: Uint8Array, at: number, value: number): void },
  number,
])[];

export class ControllerBench {
  readonly world = new World({ seed: 1, settle: () => Promise.resolve() });
  readonly nvme: Nvme;
  readonly pci: SimPciFunction;
  /** Vectors of messages, in order; true and false for INTx. */
  readonly signals: (number | boolean)[] = [];
  readonly pairs: Pair[] = [];
  #id = 0;

  constructor(options: NvmeOptions = {}, messages = true) {
    this.nvme = new Nvme(this.world, options);
    this.pci = new SimPciFunction(this.world, {
      vendor: 0x1b36,
      device: 0x0010,
      classCode: 0x010802,
      revision: 2,
      interruptPin: 1,
      bars: [{ kind: 'M64', size: 16_384, handler: this.nvme }, undefined],
      capabilities: [
        { kind: 'msi', vectors: 32, wide: true },
        { kind: 'msix', vectors: QUEUES, bar: 0, tableOffset: 0x2000, pendingOffset: 0x3000 },
        { kind: 'express', flr: true },
      ],
    });
    this.nvme.connect(this.pci.device);
    this.pci.listen({
      level: (on) => this.signals.push(on),
      message: (vector) => this.signals.push(vector),
    });
    this.pci.configWrite(PCI_COMMAND, 2, MEMORY_AND_MASTER);
    if (messages) this.pci.route('msix', QUEUES);
  }

  get registers() {
    return this.nvme.bank.registers;
  }

  read(name: keyof typeof registers.registers): number {
    return this.pci.read(0, registers.registers[name].at, 4);
  }

  write(name: keyof typeof registers.registers, value: number, high = 0): void {
    const { at } = registers.registers[name];
    this.pci.write(0, at, 4, value);
    if (name === 'ASQ' || name === 'ACQ') this.pci.write(0, at + 4, 4, high);
  }

  room(bytes: number): Room {
    const buffer = this.pci.memory.allocate(bytes, 4096);
    const mapping = this.pci.memory.map(buffer, 0, bytes, RIGHTS);
    return { buffer, mapping, address: mapping.address };
  }

  pair(id: number, size: number): Pair {
    const submissions = this.room(size * COMMAND_BYTES);
    const completions = this.room(size * COMPLETION_BYTES);
    const pair = { id, size, submissions, completions, tail: 0, head: 0, phase: 1 };
    this.pairs[id] = pair;
    return pair;
  }

  /** Sets the admin queue up and enables the controller. */
  enable(size = 32): void {
    const admin = this.pair(0, size);
    this.write('AQA', (size - 1) * 0x1_0001);
    this.write('ASQ', admin.submissions.address);
    this.write('ACQ', admin.completions.address);
    this.write('CC', 0x0046_0001);
    this.pass(this.nvme.timing.readyNs);
  }

  pass(ns: number): void {
    this.world.advance(ns);
  }

  /** Puts a command into a queue without ringing. Returns its identifier. */
  put(queue: number, opcode: number, fields: Fields = [], id = this.#id++ % 0x1000): number {
    const pair = this.pairs[queue] as Pair;
    const sqe = new Uint8Array(COMMAND_BYTES);
    Command.OPC.set(sqe, 0, opcode);
    Command.CID.set(sqe, 0, id);
    for (const [field, value] of fields) field.set(sqe, 0, value);
    pair.submissions.buffer.write(pair.tail * COMMAND_BYTES, sqe);
    pair.tail = (pair.tail + 1) % pair.size;
    return id;
  }

  ring(queue: number): void {
    this.pci.write(0, DOORBELLS_AT + queue * 8, 4, (this.pairs[queue] as Pair).tail);
  }

  ringHead(queue: number): void {
    this.pci.write(0, DOORBELLS_AT + queue * 8 + 4, 4, (this.pairs[queue] as Pair).head);
  }

  /** Completions that are there, without ringing. */
  peek(queue: number): Answer[] {
    const pair = this.pairs[queue] as Pair;
    const answers: Answer[] = [];
    for (let count = 0; count < pair.size; count++) {
      const entry = pair.completions.buffer.read(pair.head * COMPLETION_BYTES, COMPLETION_BYTES);
      if (Completion.P.get(entry) !== pair.phase) break;
      answers.push({
        id: Completion.CID.get(entry),
        queue: Completion.SQID.get(entry),
        status: Completion.STATUS.get(entry),
        dword0: Completion.DW0.get(entry),
        queueHead: Completion.SQHD.get(entry),
      });
      pair.head++;
      if (pair.head === pair.size) {
        pair.head = 0;
        pair.phase = 1 - pair.phase;
      }
    }
    return answers;
  }

  take(queue: number): Answer[] {
    const answers = this.peek(queue);
    if (answers.length > 0) this.ringHead(queue);
    return answers;
  }

  /** One command of the admin queue, from beginning to end. */
  admin(opcode: number, fields: Fields = []): Answer {
    const id = this.put(0, opcode, fields);
    this.ring(0);
    this.pass(1_000_000);
    const answer = this.take(0).find((each) => each.id === id);
    if (answer === undefined) throw new Error(`Admin command ${opcode} was not answered.`);
    return answer;
  }

  /** One command of an I/O queue. */
  io(queue: number, opcode: number, fields: Fields = []): Answer {
    const id = this.put(queue, opcode, fields);
    this.ring(queue);
    this.pass(10_000_000);
    const answer = this.take(queue).find((each) => each.id === id);
    if (answer === undefined) throw new Error(`I/O command ${opcode} was not answered.`);
    return answer;
  }

  /** An I/O queue pair with the vector of its number. */
  createPair(id: number, size = 16): { completion: Answer; submission: Answer } {
    const pair = this.pair(id, size);
    const completion = this.admin(AdminOpcode.CreateCompletionQueue, [
      [CreateCompletionQueue.QID, id],
      [CreateCompletionQueue.QSIZE, size - 1],
      [CreateCompletionQueue.PC, 1],
      [CreateCompletionQueue.IEN, 1],
      [CreateCompletionQueue.IV, id],
      [Command.PRP1, pair.completions.address],
    ]);
    const submission = this.admin(AdminOpcode.CreateSubmissionQueue, [
      [CreateSubmissionQueue.QID, id],
      [CreateSubmissionQueue.QSIZE, size - 1],
      [CreateSubmissionQueue.PC, 1],
      [CreateSubmissionQueue.CQID, id],
      [Command.PRP1, pair.submissions.address],
    ]);
    return { completion, submission };
  }
}
