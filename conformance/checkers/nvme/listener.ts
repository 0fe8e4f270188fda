/** What rules hear of NVMe traffic. */
import type { Command, Completion, CompletionQueue, SubmissionQueue } from './queues.ts';

/** What is wrong with a command's data pointer. */
export type PointerFault = 'offset' | 'list-offset' | 'unmapped' | 'list-unmapped' | 'too-long';

/** What the traffic itself shows to be wrong. */
export type Trouble =
  | PointerFault
  | 'not-ready'
  | 'after-shutdown'
  | 'no-queue'
  | 'range'
  | 'same-value'
  | 'full'
  | 'not-posted'
  | 'duplicate-id'
  | 'queue-memory'
  | 'queue-unmapped'
  | 'data-unmapped'
  | 'rewritten'
  | 'stale-phase'
  | 'not-in-flight';

/** What a rule may listen to; what it is given is valid during the call only. */
export interface TrafficListener {
  /** Something is wrong with a queue, a doorbell or a pointer. */
  trouble?(kind: Trouble, detail: string): void;
  /** A register below the doorbells, before the traffic takes notice of it. */
  accessed?(access: RegisterAccess): void;
  /** The doorbell of a queue that exists was rung; after its commands or completions. */
  rang?(queue: SubmissionQueue | CompletionQueue, isSubmission: boolean): void;
  /** A command that was just submitted; it is not in flight yet. */
  submitted?(command: Command): void;
  completed?(completion: Completion): void;
  /** The controller was disabled, reset or lost: nothing is in flight, no queue is left. */
  forgotten?(): void;
}

export interface RegisterAccess {
  readonly offset: number;
  readonly size: number;
  readonly value: number;
  /** Of an access of eight bytes. */
  readonly high: number;
  readonly isWrite: boolean;
}

type Handlers = { readonly [K in keyof TrafficListener]-?: NonNullable<TrafficListener[K]>[] };

export class Listeners {
  readonly handlers: Handlers = {
    trouble: [],
    accessed: [],
    rang: [],
    submitted: [],
    completed: [],
    forgotten: [],
  };

  add({ trouble, accessed, rang, submitted, completed, forgotten }: TrafficListener): void {
    const { handlers } = this;
    if (trouble) handlers.trouble.push(trouble);
    if (accessed) handlers.accessed.push(accessed);
    if (rang) handlers.rang.push(rang);
    if (submitted) handlers.submitted.push(submitted);
    if (completed) handlers.completed.push(completed);
    if (forgotten) handlers.forgotten.push(forgotten);
  }

  trouble(kind: Trouble, detail: string): void {
    for (const handler of this.handlers.trouble) handler(kind, detail);
  }
}
