/** Queues and commands as the host knows them: data only, kept by Traffic. */
import { dword, qword } from './layout.ts';

/** A live DMA mapping, and what of NVMe lies in it. */
export interface Mapping {
  readonly address: number;
  readonly end: number;
  readonly rights: number;
  /** Where its bytes lie in the host's own memory; 0 where that is not known. */
  readonly host: number;
  /** Commands in flight that use it; `user` is the last of them. */
  users: number;
  user: Command | undefined;
  /** Queues that lie in it. */
  queues: number;
  gone: boolean;
}

export interface CompletionQueue {
  readonly id: number;
  readonly base: number;
  readonly size: number;
  /** What the head doorbell was last given. */
  head: number;
  /** Behind the last entry that was seen posted, and the phase tag of the next one. */
  posted: number;
  phase: number;
  readonly pins: Mapping[];
}

export interface SubmissionQueue {
  readonly id: number;
  readonly base: number;
  readonly size: number;
  readonly completionQueue: number;
  /** Where it lies in the host's own memory; 0 where that is not known. */
  readonly host: number;
  /** As the controller last reported it. */
  head: number;
  tail: number;
  readonly inFlight: Map<number, Command>;
  readonly pins: Mapping[];
}

/** A command in flight; the object is used again once it has completed. */
export class Command {
  queue: SubmissionQueue;
  /** Its place in the queue. */
  slot = 0;
  bytes: Uint8Array;
  id = 0;
  opcode = 0;
  /** FUSE in bits 1:0, reserved 5:2, PSDT in bits 7:6. */
  flags = 0;
  nsid = 0;
  /** Mappings that its data and its PRP lists lie in. */
  readonly pins: Mapping[] = [];

  constructor(queue: SubmissionQueue, bytes: Uint8Array) {
    this.queue = queue;
    this.bytes = bytes;
  }

  load(queue: SubmissionQueue, slot: number, bytes: Uint8Array): void {
    this.queue = queue;
    this.slot = slot;
    this.bytes = bytes;
    this.opcode = bytes[0] as number;
    this.flags = bytes[1] as number;
    this.id = (bytes[2] as number) + (bytes[3] as number) * 0x100;
    this.nsid = dword(bytes, 4);
  }

  get isAdmin(): boolean {
    return this.queue.id === 0;
  }

  /** Command dword `index`, 0 .. 15. */
  dword(index: number): number {
    return dword(this.bytes, index * 4);
  }

  get prp1(): number {
    return qword(this.bytes, 24);
  }

  get prp2(): number {
    return qword(this.bytes, 32);
  }

  /** Such as "command 7 (opcode 0x2) of queue 1". */
  get name(): string {
    return `command ${this.id} (opcode 0x${this.opcode.toString(16)}) of queue ${this.queue.id}`;
  }
}

/** A completion as it was taken from its queue. */
export interface Completion {
  readonly command: Command;
  readonly dword0: number;
  /** Status field without the phase tag: 0 is success. */
  readonly status: number;
}
