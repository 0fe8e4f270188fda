/** The controller's queues by identifier, and what doorbells do to them. */
import { CompletionQueue, SubmissionQueue } from './queues.ts';
import { QUEUES } from './registers.ts';

/** What a doorbell did; the last two are reported as asynchronous events. */
export type Rung = 'moved' | 'no-queue' | 'bad-value';

export class QueueSet {
  readonly submissions: (SubmissionQueue | undefined)[] = Array.from({ length: QUEUES });
  readonly completions: (CompletionQueue | undefined)[] = Array.from({ length: QUEUES });
  /** The highest submission queue identifier in use. */
  top = 0;

  addCompletion(queue: CompletionQueue): void {
    this.completions[queue.id] = queue;
  }

  addSubmission(queue: SubmissionQueue): void {
    this.submissions[queue.id] = queue;
    queue.completions.users++;
    if (queue.id > this.top) this.top = queue.id;
  }

  removeSubmission(queue: SubmissionQueue): void {
    this.submissions[queue.id] = undefined;
    queue.completions.users--;
    while (this.top > 0 && this.submissions[this.top] === undefined) this.top--;
  }

  removeCompletion(queue: CompletionQueue): void {
    this.completions[queue.id] = undefined;
  }

  clear(): void {
    this.submissions.fill(undefined);
    this.completions.fill(undefined);
    this.top = 0;
  }

  /** The host has put commands up to here. */
  moveTail(id: number, tail: number): Rung {
    const queue = this.submissions[id];
    if (queue === undefined) return 'no-queue';
    if (tail >= queue.size || tail === queue.tail) return 'bad-value';
    const added = tail - queue.tail;
    const held = queue.tail - queue.head;
    const more = added < 0 ? added + queue.size : added;
    const used = held < 0 ? held + queue.size : held;
    // One entry stays free, or a full queue would look empty.
    if (used + more >= queue.size) return 'bad-value';
    queue.tail = tail;
    return 'moved';
  }

  /** The host has taken completions up to here. */
  moveHead(id: number, head: number): Rung {
    const queue = this.completions[id];
    if (queue === undefined) return 'no-queue';
    if (head === queue.head || !queue.moveHead(head)) return 'bad-value';
    return 'moved';
  }
}
