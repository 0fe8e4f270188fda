/**
 * Where the queues of an NVMe controller lie in host memory, and how far each was filled: followed
 * from register writes and from the commands themselves, so that each entry gets its address, and
 * each doorbell confirms that no entry was missed. NVM Express Base Specification 2.0, 3.1.3 and
 * 3.3.
 */
import { type TraceEvent, TraceKind } from '../format/event.ts';

export const COMMAND_BYTES = 64;
export const COMPLETION_BYTES = 16;

const Offset = { CC: 0x14, AQA: 0x24, ASQ: 0x28, ACQ: 0x30, DOORBELLS: 0x1000 } as const;
/** CAP.DSTRD is 0 in QEMU's model. */
const STRIDE = 4;
const UPPER_HALF = 4;
const WORD = 0x1_0000_0000;
const HALF = 0x1_0000;
const AQA_SIZES = 0x1000;
const CREATE_SUBMISSION = 0x01;
const CREATE_COMPLETION = 0x05;

interface Queue {
  readonly base: number;
  readonly size: number;
  /** Where the next entry goes. */
  at: number;
  phase: number;
}

export class NvmeQueues {
  readonly #registers = new Map<number, number>();
  readonly #submission = new Map<number, Queue>();
  readonly #completion = new Map<number, Queue>();

  /** A register of the controller is written. @throws Error when entries were missed */
  written({ kind, space, address, value }: TraceEvent): void {
    if (kind !== TraceKind.Write || space !== 0) return;
    if (address >= Offset.DOORBELLS) {
      const index = (address - Offset.DOORBELLS) / STRIDE;
      const queues = index % 2 === 0 ? this.#submission : this.#completion;
      const queue = queues.get(Math.floor(index / 2));
      // Beyond the doorbells are other structures, such as the table of MSI-X.
      if (queue === undefined || queue.at === value) return;
      throw new Error(`The doorbell at 0x${address.toString(16)} says ${value}, not ${queue.at}.`);
    }
    this.#registers.set(address, value);
    if (address === Offset.CC && value % 2 === 1) this.#makeAdminQueues();
  }

  /** The host puts a command into a queue. @returns its address */
  submit(id: number, entry: DataView): number {
    const queue = known(this.#submission, id);
    const address = queue.base + queue.at * COMMAND_BYTES;
    queue.at = (queue.at + 1) % queue.size;
    if (id === 0) this.#make(entry);
    return address;
  }

  /** The host takes a completion from a queue. @returns its address, and the phase that it has */
  complete(id: number): { address: number; phase: number } {
    const queue = known(this.#completion, id);
    const { phase } = queue;
    const address = queue.base + queue.at * COMPLETION_BYTES;
    queue.at = (queue.at + 1) % queue.size;
    if (queue.at === 0) queue.phase = 1 - phase;
    return { address, phase };
  }

  #makeAdminQueues(): void {
    const sizes = this.#registers.get(Offset.AQA) ?? 0;
    this.#submission.clear();
    this.#completion.clear();
    this.#submission.set(0, made(this.#base(Offset.ASQ), sizes % AQA_SIZES));
    this.#completion.set(0, made(this.#base(Offset.ACQ), Math.floor(sizes / HALF) % AQA_SIZES));
  }

  #base(offset: number): number {
    const upper = this.#registers.get(offset + UPPER_HALF) ?? 0;
    return upper * WORD + (this.#registers.get(offset) ?? 0);
  }

  /** By a command that makes a queue; what it is like is in its dwords 6, 7 and 10. */
  #make(entry: DataView): void {
    const opcode = entry.getUint8(0);
    if (opcode !== CREATE_COMPLETION && opcode !== CREATE_SUBMISSION) return;
    const queues = opcode === CREATE_COMPLETION ? this.#completion : this.#submission;
    const base = Number(entry.getBigUint64(24, true));
    queues.set(entry.getUint16(40, true), made(base, entry.getUint16(42, true)));
  }
}

/** @param last number of the last entry, as registers and commands say it */
function made(base: number, last: number): Queue {
  return { base, size: last + 1, at: 0, phase: 1 };
}

function known(queues: Map<number, Queue>, id: number): Queue {
  const queue = queues.get(id);
  if (queue === undefined) throw new Error(`Queue ${id} is used before it is made.`);
  return queue;
}
