/** For tests of rules: a host and a controller played by hand, and what one rule makes of them. */
import { MappedFor } from '../../../sim/buses/pci/iommu.ts';
import { EventKind, Journal } from '../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import { RuleBook } from '../../rule-book.ts';
import { Admin, COMMAND_BYTES, COMPLETION_BYTES, Offset } from './layout.ts';
import { nvmeRules } from './rules.ts';

export const { Reading, Writing } = MappedFor;
export const Both = Reading + Writing;

/** CAP: 64 entries, contiguous queues, 1 s, pages of 4 KiB only, the NVM command set. */
const CAP = { low: 0x0201_003f, high: 0x0000_0020 };
const ENTRY_SIZES = 0x0046_0000;
export const ENABLE = ENTRY_SIZES + 1;
export const READY = 1;

/** Where things lie. */
export const At = {
  adminSubmission: 0x10_0000,
  adminCompletion: 0x11_0000,
  identify: 0x12_0000,
  submission: 0x20_0000,
  completion: 0x21_0000,
  data: 0x30_0000,
  list: 0x31_0000,
} as const;
/** What the host's own addresses are above those. */
const HOST = 0x1000_0000;
/** Entries of the queues that `start` and `queues` make. */
export const ENTRIES = 4;

export interface CommandFields {
  readonly opcode: number;
  readonly id?: number;
  readonly flags?: number;
  readonly nsid?: number;
  readonly prp1?: number;
  readonly prp2?: number;
  /** Command dwords by index. */
  readonly dwords?: Readonly<Record<number, number>>;
}

interface Ring {
  readonly base: number;
  readonly size: number;
  /** Next entry of the writer. */
  next: number;
  phase: number;
  /** Next entry of the reader. */
  head: number;
}

export class ScriptedHost {
  readonly journal = new Journal();
  readonly memory = { peek: (address: number, length: number) => this.#peek(address, length) };
  readonly #regions: { readonly address: number; readonly bytes: Uint8Array }[] = [];
  readonly #submission = new Map<number, Ring>();
  readonly #completion = new Map<number, Ring>();
  #nextId = 100;

  map(address: number, length = 0x1000, rights: number = Both): void {
    this.#regions.push({ address, bytes: new Uint8Array(length) });
    this.journal.record(EventKind.DmaMap, rights, address, length, 0, HOST + address);
  }

  unmap(address: number): void {
    const index = this.#regions.findIndex((region) => region.address === address);
    const [region] = this.#regions.splice(index, 1);
    this.journal.record(EventKind.DmaUnmap, 0, address, region?.bytes.length ?? 0);
  }

  /** The driver writes memory. */
  store(address: number, bytes: Uint8Array): void {
    this.poke(address, bytes);
    this.journal.recordBytes(EventKind.BufferWrite, 0, HOST + address, bytes);
  }

  /** Memory has this content, however it came there. */
  poke(address: number, bytes: Uint8Array): void {
    const region = this.#regions.find(
      ({ address: at, bytes: all }) => at <= address && address < at + all.length,
    );
    region?.bytes.set(bytes, address - region.address);
  }

  #peek(address: number, length: number): Uint8Array | undefined {
    for (const { address: at, bytes } of this.#regions) {
      if (at <= address && address + length <= at + bytes.length) {
        return bytes.slice(address - at, address - at + length);
      }
    }
    return undefined;
  }

  lifecycle(step: Lifecycle): void {
    this.journal.note(EventKind.Lifecycle, step);
  }

  note(kind: EventKind, text: string): void {
    this.journal.note(kind, text);
  }

  pass(ns: number): void {
    this.journal.now += ns;
  }

  read(offset: number, value: number, size = 4, high = 0): void {
    this.journal.record(EventKind.Read, 0, offset, value, size, high);
  }

  write(offset: number, value: number, size = 4, high = 0): void {
    this.journal.record(EventKind.Write, 0, offset, value, size, high);
  }

  status(value: number): void {
    this.read(Offset.CSTS, value);
  }

  /** A driver starts, and gets as far as to setting EN. */
  prepare(): void {
    this.lifecycle(Lifecycle.Start);
    this.read(Offset.CAP, CAP.low, 8, CAP.high);
    this.status(0);
    this.map(At.adminSubmission);
    this.map(At.adminCompletion);
    this.write(Offset.AQA, (ENTRIES - 1) * 0x10001);
    this.write(Offset.ASQ, At.adminSubmission, 8);
    this.write(Offset.ACQ, At.adminCompletion, 8);
  }

  enable(value = ENABLE): void {
    this.write(Offset.CC, value);
    this.#submission.set(0, ring(At.adminSubmission, ENTRIES));
    this.#completion.set(0, ring(At.adminCompletion, ENTRIES));
  }

  /** The controller is enabled and ready. */
  start(): void {
    this.prepare();
    this.enable();
    this.status(READY);
  }

  /** Identify Controller, and namespace 1 of 512-byte blocks. */
  identify(fields: Readonly<Record<number, number>> = {}): void {
    this.map(At.identify);
    const controller = { 77: 1, 258: 0, 259: 0, 512: 0x66, 513: 0x44, 516: 2, 522: 1, ...fields };
    this.#identified(1, 0, controller);
    this.#identified(0, 1, { 26: 0, 130: 9 });
  }

  #identified(cns: number, nsid: number, fields: Readonly<Record<number, number>>): void {
    const bytes = new Uint8Array(0x1000);
    for (const [at, byte] of Object.entries(fields)) bytes[Number(at)] = byte;
    const id = this.submit(0, {
      opcode: Admin.Identify,
      nsid,
      prp1: At.identify,
      dwords: { 10: cns },
    });
    this.poke(At.identify, bytes);
    this.finish(0, id);
  }

  /** Asks for the number of queues, and makes one pair. */
  queues(): void {
    this.#grant();
    this.map(At.completion);
    this.map(At.submission);
    this.finish(0, this.submit(0, createCompletion()));
    this.finish(0, this.submit(0, createSubmission()));
    this.#completion.set(1, ring(At.completion, ENTRIES));
    this.#submission.set(1, ring(At.submission, ENTRIES));
  }

  #grant(): void {
    const asked = { opcode: Admin.SetFeatures, dwords: { 10: 7, 11: 0x0001_0001 } };
    this.finish(0, this.submit(0, asked), { dword0: 0x0001_0001 });
  }

  /** As far as to a pair of I/O queues, and a page for data. */
  run(): void {
    this.start();
    this.identify();
    this.queues();
    this.map(At.data, 0x4000);
  }

  /** Writes an entry and rings the doorbell; returns the command identifier. */
  submit(queue: number, fields: CommandFields): number {
    const id = this.enter(queue, fields);
    this.ring(queue);
    return id;
  }

  /** Writes an entry. */
  enter(queue: number, fields: CommandFields): number {
    const entries = this.#submission.get(queue) as Ring;
    const id = fields.id ?? this.#nextId++;
    const bytes = entry(fields, id);
    this.store(entries.base + entries.next * COMMAND_BYTES, bytes);
    entries.next = (entries.next + 1) % entries.size;
    return id;
  }

  ring(queue: number, value = (this.#submission.get(queue) as Ring).next): void {
    this.write(Offset.DOORBELLS + queue * 8, value);
  }

  /** The controller posts a completion. */
  post(queue: number, id: number, answer: { dword0?: number; status?: number } = {}): void {
    const entries = this.#completion.get(queue) as Ring;
    const bytes = new Uint8Array(COMPLETION_BYTES);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, answer.dword0 ?? 0, true);
    view.setUint16(8, (this.#submission.get(queue) as Ring).next, true);
    view.setUint16(10, queue, true);
    view.setUint16(12, id, true);
    view.setUint16(14, (answer.status ?? 0) * 2 + entries.phase, true);
    this.poke(entries.base + entries.next * COMPLETION_BYTES, bytes);
    entries.next = (entries.next + 1) % entries.size;
    if (entries.next === 0) entries.phase = 1 - entries.phase;
  }

  /** The driver takes one completion, and says so. */
  take(queue: number): void {
    const entries = this.#completion.get(queue) as Ring;
    entries.head = (entries.head + 1) % entries.size;
    this.write(Offset.DOORBELLS + queue * 8 + 4, entries.head);
  }

  finish(queue: number, id: number, answer: { dword0?: number; status?: number } = {}): void {
    this.post(queue, id, answer);
    this.take(queue);
  }
}

export const createCompletion = (
  fields: Partial<CommandFields> = {},
  dwords: CommandFields['dwords'] = {},
): CommandFields => ({
  opcode: Admin.CreateCompletionQueue,
  prp1: At.completion,
  dwords: { 10: (ENTRIES - 1) * 0x10000 + 1, 11: 1, ...dwords },
  ...fields,
});

export const createSubmission = (
  fields: Partial<CommandFields> = {},
  dwords: CommandFields['dwords'] = {},
): CommandFields => ({
  opcode: Admin.CreateSubmissionQueue,
  prp1: At.submission,
  dwords: { 10: (ENTRIES - 1) * 0x10000 + 1, 11: 0x0001_0001, ...dwords },
  ...fields,
});

function ring(base: number, size: number): Ring {
  return { base, size, next: 0, phase: 1, head: 0 };
}

function entry(fields: CommandFields, id: number): Uint8Array {
  const bytes = new Uint8Array(COMMAND_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, fields.opcode);
  view.setUint8(1, fields.flags ?? 0);
  view.setUint16(2, id, true);
  view.setUint32(4, fields.nsid ?? 0, true);
  view.setUint32(24, fields.prp1 ?? 0, true);
  view.setUint32(32, fields.prp2 ?? 0, true);
  for (const [index, value] of Object.entries(fields.dwords ?? {})) {
    view.setUint32(Number(index) * 4, value, true);
  }
  return bytes;
}

export type Play = (host: ScriptedHost) => void;

/** Plays before one rule. */
export function judge(id: string, play: Play): { armed: boolean; details: readonly string[] } {
  const rule = nvmeRules.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new RangeError(`There is no rule ${id}.`);
  const host = new ScriptedHost();
  const book = new RuleBook([rule], host.journal, new Map(), host.memory);
  play(host);
  const details = book.broken.map(({ detail }) => detail);
  return { armed: (book.armed.get(id) ?? 0) > 0, details };
}

/** Every rule that the play breaks. */
export function broken(play: Play): string[] {
  const host = new ScriptedHost();
  const book = new RuleBook(nvmeRules, host.journal, new Map(), host.memory);
  play(host);
  return book.broken.map(({ rule, detail }) => `${rule.id}: ${detail}`);
}
