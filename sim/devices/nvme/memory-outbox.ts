/** The way out without faults: completions and data reach the host's memory. */
import type { DeviceDma } from '../../buses/pci/dma.ts';
import type { Execution } from './execution.ts';
import type { Interrupts } from './interrupts.ts';
import { Begin, type NvmeOutbox } from './outbox.ts';
import { BACKLOG_MAX, type CompletionQueue } from './queues.ts';
import type { QueueSet } from './queue-set.ts';
import { Completion } from './structures.ts';

interface OutboxParts {
  readonly dma: DeviceDma;
  readonly queues: QueueSet;
  readonly interrupts: Interrupts;
  /** The controller cannot go on: CSTS.CFS. */
  fatal(): void;
}

export class MemoryOutbox implements NvmeOutbox {
  readonly #parts: OutboxParts;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  begin(): number {
    return Begin.Go;
  }

  post(id: number, completion: Uint8Array): void {
    const queue = this.#parts.queues.completions[id];
    if (queue === undefined) return;
    if (queue.isFull || queue.backlog.length > 0) {
      if (queue.backlog.length < BACKLOG_MAX) queue.backlog.push(completion.slice());
      return;
    }
    this.#write(queue, completion);
  }

  /** The host made room: what waited is posted. */
  drain(queue: CompletionQueue): void {
    while (queue.backlog.length > 0 && !queue.isFull) {
      this.#write(queue, queue.backlog.shift() as Uint8Array);
    }
  }

  dataOut(_: Execution, __: number, address: number, bytes: Uint8Array): boolean {
    return this.#parts.dma.write(address, bytes);
  }

  dataIn(_: Execution, __: number, address: number, into: Uint8Array): boolean {
    return this.#parts.dma.readInto(address, into);
  }

  readyDelay(): number {
    return 0;
  }

  reset(): void {}

  #write(queue: CompletionQueue, completion: Uint8Array): void {
    const inverted = Completion.P.get(completion);
    Completion.P.set(completion, 0, inverted === 1 ? 1 - queue.phase : queue.phase);
    const written = this.#parts.dma.write(queue.next, completion);
    Completion.P.set(completion, 0, inverted);
    if (!written) {
      this.#parts.fatal();
      return;
    }
    queue.advance();
    this.#parts.interrupts.posted(queue);
  }
}
