/** The queues of a program for an NVMe controller, as its host knows them. */
import type { PciPort } from '../../sim/buses/pci/port.ts';
import { MEMORY, type NvmeCommand, type Place } from '../generators/nvme-steps.ts';
import { Admin, SQE_BYTES, encode } from '../suites/nvme/commands.ts';
import { CQE_BYTES } from '../suites/nvme/raw-queue.ts';
import type { NvmeMemory } from './nvme-memory.ts';

const DOORBELLS = 0x1000;
const HALF = 0x1_0000;
/** Bits of a status, behind the phase tag. */
const STATUS_SIZE = 0x8000;

interface Ring {
  readonly at: Place;
  readonly entries: number;
}

interface Submissions extends Ring {
  readonly completions: number;
  tail: number;
  /** As the last completion told it. */
  head: number;
}

interface Completions extends Ring {
  head: number;
  phase: number;
}

export interface NvmeCompletion {
  readonly cq: number;
  readonly sq: number;
  readonly id: number;
  /** With Do Not Retry and More. */
  readonly status: number;
  readonly result: number;
  readonly result1: number;
  readonly head: number;
}

export class NvmeRings {
  readonly #port: PciPort;
  readonly #memory: NvmeMemory;
  readonly #submissions = new Map<number, Submissions>();
  readonly #completions = new Map<number, Completions>();
  readonly #view = new DataView(new ArrayBuffer(SQE_BYTES));
  readonly #entry = new Uint8Array(this.#view.buffer);

  constructor(port: PciPort, memory: NvmeMemory) {
    this.#port = port;
    this.#memory = memory;
  }

  /** Only the admin queues are left. */
  reset(submissions: number, completions: number): void {
    this.#submissions.clear();
    this.#completions.clear();
    const at = (page: number) => ({ page, offset: 0 });
    this.#addCompletions(0, at(MEMORY.adminCq), completions);
    this.#addSubmissions(0, at(MEMORY.adminSq), submissions, 0);
  }

  /** Commands that the queue has room for; 0 when there is none. */
  room(queue: number): number {
    const ring = this.#submissions.get(queue);
    return ring === undefined ? 0 : (ring.head - ring.tail - 1 + ring.entries) % ring.entries;
  }

  push(queue: number, command: NvmeCommand, id: number): void {
    const ring = this.#submissions.get(queue);
    if (ring === undefined) return;
    const { prp1, prp2, ...fields } = command;
    const address = (place: Place | undefined) =>
      place === undefined ? 0 : this.#memory.address(place);
    encode({ ...fields, prp1: address(prp1), prp2: address(prp2) }, id, this.#view);
    this.#memory.write(ring.at.page, ring.at.offset + ring.tail * SQE_BYTES, this.#entry);
    ring.tail = (ring.tail + 1) % ring.entries;
  }

  /** Tells the controller of new commands, or of something else. */
  ring(queue: number, side: 'tail' | 'head', value?: number): void {
    const ring = this.#submissions.get(queue);
    const offset = DOORBELLS + queue * 8 + (side === 'head' ? 4 : 0);
    this.#port.write(0, offset, 4, value ?? ring?.tail ?? 0);
  }

  /** What has arrived in all queues; the controller is told. */
  take(): NvmeCompletion[] {
    const taken: NvmeCompletion[] = [];
    for (const [cq, ring] of this.#completions) {
      const before = taken.length;
      for (let count = 0; count < ring.entries; count++) {
        const completion = this.#next(cq, ring);
        if (completion === undefined) break;
        taken.push(completion);
      }
      if (taken.length > before) this.ring(cq, 'head', ring.head);
    }
    return taken;
  }

  /** Before a command goes out: memory of a ring that it may make. */
  prepare({ opcode, prp1, dword10 = 0 }: NvmeCommand): void {
    const known = opcode === Admin.CreateCq ? this.#completions : this.#submissions;
    const creates = opcode === Admin.CreateCq || opcode === Admin.CreateSq;
    if (!creates || known.has(dword10 % HALF)) return;
    if (prp1 !== undefined && isRing(prp1)) this.#memory.clear(prp1.page);
  }

  /** An admin command has succeeded. */
  follow({ opcode, prp1, dword10 = 0, dword11 = 0 }: NvmeCommand): void {
    const id = dword10 % HALF;
    const entries = Math.floor(dword10 / HALF) + 1;
    if (opcode === Admin.DeleteCq) this.#completions.delete(id);
    if (opcode === Admin.DeleteSq) this.#submissions.delete(id);
    if (prp1 === undefined || !isRing(prp1)) return;
    if (opcode === Admin.CreateCq) this.#addCompletions(id, prp1, entries);
    if (opcode === Admin.CreateSq) {
      this.#addSubmissions(id, prp1, entries, Math.floor(dword11 / HALF));
    }
  }

  #addCompletions(id: number, at: Place, entries: number): void {
    this.#memory.clear(at.page);
    this.#completions.set(id, { at, entries, head: 0, phase: 1 });
  }

  #addSubmissions(id: number, at: Place, entries: number, completions: number): void {
    this.#submissions.set(id, { at, entries, completions, tail: 0, head: 0 });
  }

  #next(cq: number, ring: Completions): NvmeCompletion | undefined {
    const { page, offset } = ring.at;
    const at = offset + ring.head * CQE_BYTES;
    const [id, word] = halves(this.#memory.read32(page, at + 12));
    if (word % 2 !== ring.phase) return undefined;
    const [head, sq] = halves(this.#memory.read32(page, at + 8));
    ring.head++;
    if (ring.head === ring.entries) {
      ring.head = 0;
      ring.phase = 1 - ring.phase;
    }
    const queue = this.#submissions.get(sq);
    if (queue !== undefined) queue.head = head % queue.entries;
    return {
      cq,
      sq,
      id,
      status: Math.floor(word / 2) % STATUS_SIZE,
      result: this.#memory.read32(page, at),
      result1: this.#memory.read32(page, at + 4),
      head,
    };
  }
}

const halves = (dword: number): [low: number, high: number] => [
  dword % HALF,
  Math.floor(dword / HALF),
];

function isRing({ page, offset }: Place): boolean {
  return page >= MEMORY.rings && page < MEMORY.lists && offset === 0;
}
