/** The queues that exist, and the memory that they lie in. */
import type { DmaMemory } from '../../../sim/buses/pci/function.ts';
import { pinRange } from './data-pointer.ts';
import { COMMAND_BYTES, COMPLETION_BYTES, PHASE } from './layout.ts';
import type { Trouble } from './listener.ts';
import type { Mappings } from './mappings.ts';
import type { Command, CompletionQueue, Mapping, SubmissionQueue } from './queues.ts';

const ADMIN = 0;
const DEVICE_READS = 1;
const DEVICE_WRITES = 2;

export class QueueSet {
  readonly submission: (SubmissionQueue | undefined)[] = [];
  readonly completion: (CompletionQueue | undefined)[] = [];
  readonly #mappings: Mappings;
  readonly #memory: Pick<DmaMemory, 'peek'> | undefined;
  readonly #found: (kind: Trouble, detail: string) => void;

  constructor(
    mappings: Mappings,
    memory: Pick<DmaMemory, 'peek'> | undefined,
    found: (kind: Trouble, detail: string) => void,
  ) {
    this.#mappings = mappings;
    this.#memory = memory;
    this.#found = found;
  }

  /** No queue is left. */
  clear(): void {
    this.release();
    this.submission.length = 0;
    this.completion.length = 0;
  }

  /** The device touches no memory any more, though it may not be known to have stopped. */
  release(): void {
    for (const queue of this.submission) {
      if (queue === undefined) continue;
      for (const command of queue.inFlight.values()) unpin(command);
      unpinQueue(queue.pins);
    }
    for (const queue of this.completion) if (queue !== undefined) unpinQueue(queue.pins);
  }

  deleteCompletion(id: number): void {
    unpinQueue(this.completion[id]?.pins ?? []);
    this.completion[id] = undefined;
  }

  deleteSubmission(id: number): void {
    unpinQueue(this.submission[id]?.pins ?? []);
    this.submission[id] = undefined;
  }

  judgePhases(id: number, base: number, size: number): void {
    const bytes = this.#memory?.peek(base, size * COMPLETION_BYTES);
    if (bytes === undefined) return;
    for (let slot = 0; slot < size; slot++) {
      if ((bytes[slot * COMPLETION_BYTES + PHASE] as number) % 2 === 0) continue;
      this.#found('stale-phase', `entry ${slot} of completion queue ${id} has phase tag 1`);
      return;
    }
  }

  makeCompletion(id: number, base: number, size: number): void {
    const pins = this.#pinQueue(base, size * COMPLETION_BYTES, DEVICE_WRITES);
    if (pins === undefined && id === ADMIN) {
      this.#found('queue-memory', 'the memory of the admin completion queue is not mapped');
    }
    this.completion[id] = { id, base, size, head: 0, posted: 0, phase: 1, pins: pins ?? [] };
  }

  makeSubmission(id: number, base: number, size: number, completionQueue: number): void {
    const pins = this.#pinQueue(base, size * COMMAND_BYTES, DEVICE_READS);
    if (pins === undefined && id === ADMIN) {
      this.#found('queue-memory', 'the memory of the admin submission queue is not mapped');
    }
    const [first] = pins ?? [];
    const host = first === undefined || first.host === 0 ? 0 : first.host + base - first.address;
    const fresh = { head: 0, tail: 0, inFlight: new Map<number, Command>(), pins: pins ?? [] };
    this.submission[id] = { id, base, host, size, completionQueue, ...fresh };
  }

  #pinQueue(base: number, bytes: number, rights: number): Mapping[] | undefined {
    const mappings = this.#mappings;
    const pins: Mapping[] = [];
    if (!mappings.known) return pins;
    const whole = pinRange(mappings, base, bytes, rights, (mapping) => {
      mapping.queues++;
      pins.push(mapping);
    });
    if (whole) return pins;
    unpinQueue(pins);
    return undefined;
  }
}

export function unpin(command: Command): void {
  for (const mapping of command.pins) mapping.users--;
  command.pins.length = 0;
}

function unpinQueue(pins: Mapping[]): void {
  for (const mapping of pins) mapping.queues--;
  pins.length = 0;
}
