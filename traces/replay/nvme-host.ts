/**
 * Memory of the host of a recorded NVMe driver: a recording tells commands and completions, but
 * not where they lay, nor the data. Queues and buffers are made anew, and addresses translated.
 *
 * Not replayed: shadow doorbells (Doorbell Buffer Config is refused), data of writes (zeros are
 * written), SGLs, metadata, queues that are not contiguous, pages of another size than 4096.
 */
import type { DmaBuffer, DmaMapping, DmaMemory } from '../../sim/buses/pci/function.ts';
import { transferBytes } from './nvme-transfer.ts';
import {
  Admin,
  BLOCK_SHIFT_AT,
  CNS_NAMESPACE,
  COMMAND_BYTES,
  COMPLETION_BYTES,
  CreateQueue,
  Cqe,
  FORMATS_AT,
  FORMAT_AT,
  FORMAT_BYTES,
  Identify,
  Offset,
  PAGE,
  Sqe,
} from './nvme-layout.ts';

interface Piece {
  readonly buffer: DmaBuffer;
  readonly mapping: DmaMapping;
}

interface Queue {
  readonly memory: Piece;
  readonly entries: number;
  /** Submission: the tail. Completion: the head. */
  at: number;
  phase: number;
}

interface Memory {
  readonly data: Piece | undefined;
  readonly list: Piece | undefined;
}
const NO_MEMORY: Memory = { data: undefined, list: undefined };

interface Waiting extends Memory {
  /** As it was recorded. */
  readonly sqe: Uint8Array;
}

/** What answers a command, and the command as it was given to the device. */
export interface Answer {
  readonly cqe: Uint8Array;
  readonly sqe: Uint8Array | undefined;
}

const RIGHTS = { deviceReads: true, deviceWrites: true, maxAddressBits: 64 } as const;
/** Commands that may be waiting for their doorbell, and answers for their recording. */
const WAITING_MAX = 65_536;
const WORD = 2 ** 32;
const QUEUE_STRIDE = 8;
const DEFAULT_BLOCK_BYTES = 512;
const FORMATS = 16;
const BLOCK_SHIFT_MIN = 9;
const BLOCK_SHIFT_MAX = 16;

export class NvmeHost {
  readonly #memory: DmaMemory;
  readonly #submissions = new Map<number, Queue>();
  readonly #completions = new Map<number, Queue>();
  /** Recorded commands whose doorbell has not come yet, by queue. */
  readonly #pending = new Map<number, Uint8Array[]>();
  /** Under way, by queue and identifier. */
  readonly #waiting = new Map<string, Waiting>();
  /** Taken from our queues and not yet asked for. */
  readonly #answers = new Map<string, Answer>();
  readonly #blockBytes = new Map<number, number>();
  #attributes = 0;

  constructor(memory: DmaMemory) {
    this.#memory = memory;
  }

  /** The value to write instead, where a register of the controller holds an address. */
  translated(offset: number, value: number): number {
    if (offset === Offset.AQA) this.#attributes = value;
    if (offset === Offset.ASQ)
      this.#makeQueue(this.#submissions, 0, this.#attributes % 4096, COMMAND_BYTES);
    if (offset === Offset.ACQ) {
      const entries = Math.floor(this.#attributes / 0x1_0000) % 4096;
      this.#makeQueue(this.#completions, 0, entries, COMPLETION_BYTES);
    }
    const queues = offset < Offset.ACQ ? this.#submissions : this.#completions;
    const address = queues.get(0)?.memory.mapping.address ?? 0;
    if (offset === Offset.ASQ || offset === Offset.ACQ) return address % WORD;
    if (offset === Offset.ASQ + 4 || offset === Offset.ACQ + 4) return Math.floor(address / WORD);
    return value;
  }

  /** Whether reading it back gives an address. */
  static isAddress(offset: number): boolean {
    return offset >= Offset.ASQ && offset < Offset.ACQ + 8;
  }

  /** A recorded command: it is put into its queue when its doorbell rings. */
  command(queue: number, bytes: Uint8Array): void {
    const pending = this.#pending.get(queue) ?? [];
    if (bytes.length !== COMMAND_BYTES || pending.length === WAITING_MAX) return;
    pending.push(bytes.slice());
    this.#pending.set(queue, pending);
  }

  /** Before a write behind the registers; a problem where the recording lacks commands. */
  doorbell(offset: number, value: number): string | undefined {
    const place = offset - Offset.DOORBELLS;
    const id = Math.floor(place / QUEUE_STRIDE);
    if (place % QUEUE_STRIDE !== 0) return undefined;
    const queue = this.#submissions.get(id);
    if (queue === undefined) return `submission queue ${id} was not made`;
    const count = (value + queue.entries - queue.at) % queue.entries;
    const pending = this.#pending.get(id) ?? [];
    const commands = pending.splice(0, count);
    for (const sqe of commands) this.#submit(id, queue, sqe);
    if (commands.length < count) return `the recording lacks ${count - commands.length} commands`;
    return undefined;
  }

  /** The answer to a command, once it is there; a second call gives none. */
  answer(queue: number, id: number): Answer | undefined {
    this.#take();
    const key = `${queue}/${id}`;
    const answer = this.#answers.get(key);
    this.#answers.delete(key);
    return answer;
  }

  /** A command that nothing has answered yet. */
  unanswered(queue: number, id: number): Uint8Array | undefined {
    return this.#waiting.get(`${queue}/${id}`)?.sqe;
  }

  #submit(id: number, queue: Queue, recorded: Uint8Array): void {
    const sqe = recorded.slice();
    const { data, list } = this.#prepare(id, sqe);
    queue.memory.buffer.write(queue.at * COMMAND_BYTES, sqe);
    queue.at = (queue.at + 1) % queue.entries;
    this.#waiting.set(`${id}/${Sqe.CID.get(sqe)}`, { sqe: recorded, data, list });
  }

  #prepare(id: number, sqe: Uint8Array): Memory {
    const isAdmin = id === 0;
    const opcode = Sqe.OPC.get(sqe);
    if (isAdmin && opcode === Admin.DoorbellBuffer) {
      // The device would look for doorbells in memory, of which there is no recording.
      Sqe.OPC.set(sqe, 0, Admin.Reserved);
      return NO_MEMORY;
    }
    if (isAdmin && (opcode === Admin.CreateSq || opcode === Admin.CreateCq)) {
      const isSq = opcode === Admin.CreateSq;
      const [queues, bytes] = isSq
        ? ([this.#submissions, COMMAND_BYTES] as const)
        : ([this.#completions, COMPLETION_BYTES] as const);
      const qid = CreateQueue.QID.get(sqe);
      const { memory } = this.#makeQueue(queues, qid, CreateQueue.QSIZE.get(sqe), bytes);
      Sqe.PRP1.set(sqe, 0, memory.mapping.address);
      return NO_MEMORY;
    }
    const length = transferBytes(
      isAdmin,
      sqe,
      this.#blockBytes.get(Sqe.NSID.get(sqe)) ?? DEFAULT_BLOCK_BYTES,
    );
    if (length === 0 || Sqe.PRP1.get(sqe) === 0) return NO_MEMORY;
    const offset = Sqe.PRP1.get(sqe) % PAGE;
    const data = this.#piece(offset + length);
    Sqe.PRP1.set(sqe, 0, data.mapping.address + offset);
    const pages = Math.ceil((offset + length) / PAGE) - 1;
    if (pages === 0) return { data, list: undefined };
    const second = data.mapping.address + PAGE;
    if (pages === 1) {
      Sqe.PRP2.set(sqe, 0, second);
      return { data, list: undefined };
    }
    const list = this.#list(second, pages);
    Sqe.PRP2.set(sqe, 0, list.mapping.address);
    return { data, list };
  }

  /** Lists in a row: the last entry of each page names the next page. */
  #list(first: number, pages: number): Piece {
    const perPage = PAGE / 8;
    const lists = Math.ceil((pages - 1) / (perPage - 1));
    const piece = this.#piece(Math.max(1, lists) * PAGE);
    const entry = new Uint8Array(8);
    let slot = 0;
    const put = (address: number) => {
      new DataView(entry.buffer).setBigUint64(0, BigInt(address), true);
      piece.buffer.write(slot++ * 8, entry);
    };
    for (let page = 0; page < pages; page++) {
      const isLastSlot = slot % perPage === perPage - 1;
      if (isLastSlot && page < pages - 1) put(piece.mapping.address + (slot + 1) * 8);
      put(first + page * PAGE);
    }
    return piece;
  }

  #makeQueue(queues: Map<number, Queue>, id: number, size: number, bytes: number): Queue {
    const old = queues.get(id);
    if (old !== undefined) free(old.memory);
    const entries = size + 1;
    const queue = { memory: this.#piece(entries * bytes), entries, at: 0, phase: 1 };
    queues.set(id, queue);
    return queue;
  }

  #piece(length: number): Piece {
    const buffer = this.#memory.allocate(length, PAGE);
    return { buffer, mapping: this.#memory.map(buffer, 0, length, RIGHTS) };
  }

  /** Takes what the controller has posted. */
  #take(): void {
    for (const queue of this.#completions.values()) {
      for (let taken = 0; taken < queue.entries; taken++) {
        const cqe = queue.memory.buffer.read(queue.at * COMPLETION_BYTES, COMPLETION_BYTES);
        if (Cqe.P.get(cqe) !== queue.phase) break;
        queue.at = (queue.at + 1) % queue.entries;
        if (queue.at === 0) queue.phase = 1 - queue.phase;
        this.#answered(cqe.slice());
      }
    }
  }

  #answered(cqe: Uint8Array): void {
    const key = `${Cqe.SQID.get(cqe)}/${Cqe.CID.get(cqe)}`;
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (waiting !== undefined) this.#release(waiting, Cqe.SQID.get(cqe));
    if (this.#answers.size === WAITING_MAX) return;
    this.#answers.set(key, { cqe, sqe: waiting?.sqe });
  }

  #release({ sqe, data, list }: Waiting, queue: number): void {
    if (data !== undefined && queue === 0 && Sqe.OPC.get(sqe) === Admin.Identify) {
      if (Identify.CNS.get(sqe) === CNS_NAMESPACE) this.#learnBlockSize(sqe, data);
    }
    if (data !== undefined) free(data);
    if (list !== undefined) free(list);
  }

  /** From what Identify gave: a recording does not hold it. */
  #learnBlockSize(sqe: Uint8Array, { buffer }: Piece): void {
    const at = buffer.length - PAGE;
    const [format = 0] = buffer.read(at + FORMAT_AT, 1);
    const place = at + FORMATS_AT + (format % FORMATS) * FORMAT_BYTES + BLOCK_SHIFT_AT;
    const [shift = 0] = buffer.read(place, 1);
    if (shift >= BLOCK_SHIFT_MIN && shift <= BLOCK_SHIFT_MAX) {
      this.#blockBytes.set(Sqe.NSID.get(sqe), 2 ** shift);
    }
  }
}

function free({ buffer, mapping }: Piece): void {
  mapping.unmap();
  buffer.free();
}
