/**
 * IODispatchQueue (DriverKit, xnu-11417 IODispatchQueue.iig): serial, first in first out, one
 * block at a time. A block that is an async function holds the queue until it ends, as a blocked
 * thread would; `Sleep` gives the queue up while it waits.
 */
import { Completion } from '../../sim/kernel/completion.ts';
import type { ScheduledEvent } from '../../sim/kernel/event-queue.ts';
import { fail } from './io-return.ts';
import { type HostResource, NAME_BYTES_MAX, nameBytes, type QueueHost } from './service-host.ts';

export const kIODispatchQueueReentrant = 0x1;
export const kIODispatchQueueMethodsNotSynchronized = 0x2;
export const kIODispatchQueueWakeupAll = 0x1;

const OPTIONS_ALL = kIODispatchQueueReentrant | kIODispatchQueueMethodsNotSynchronized;
/** Calls that wait in a row and begin in a row. */
const ROW_MAX = 256;
/** Blocks that may wait on one queue. */
const BLOCKS_MAX = 100_000;

/** The service that a queue is made for. */
export interface QueueOwner {
  readonly host: QueueHost;
  GetName(): string;
}

interface Waiter {
  readonly woken: Completion<'woken' | 'timed out'>;
  timer: ScheduledEvent | undefined;
}

export class IODispatchQueue implements HostResource {
  readonly resourceName: string;
  readonly ownerName: string | undefined;
  readonly host: QueueHost;
  readonly #name: string;
  readonly #reentrant: boolean;
  readonly #pending: (() => void)[] = [];
  /** What is to begin with the last pending block, when that is such a row. */
  #row: (() => void)[] | undefined;
  readonly #waiters = new Map<unknown, Waiter[]>();
  #held = false;
  #scheduled = false;
  #cancelled: (() => void) | undefined | 'done';

  /**
   * @param options `kIODispatchQueueReentrant`, `kIODispatchQueueMethodsNotSynchronized`
   * @param priority 0: none is defined
   * @throws kIOReturnBadArgument for other options, priorities and for names that are too long
   */
  static Create(owner: QueueOwner, name: string, options = 0, priority = 0): IODispatchQueue {
    if (priority !== 0) fail('kIOReturnBadArgument', 'a dispatch queue has no priorities; pass 0');
    if (!Number.isInteger(options) || options < 0 || options > OPTIONS_ALL) {
      fail('kIOReturnBadArgument', `${options} is no option of a dispatch queue`);
    }
    if (nameBytes(name) > NAME_BYTES_MAX) {
      fail('kIOReturnBadArgument', `a name has ${NAME_BYTES_MAX} bytes with its zero at the most`);
    }
    const queue = new IODispatchQueue(owner.host, name, options, owner.GetName());
    owner.host.adopt(queue);
    return queue;
  }

  /** Drivers use `Create`; the host makes default queues itself. */
  constructor(host: QueueHost, name: string, options = 0, ownerName?: string) {
    this.resourceName = `dispatch queue ${name}`;
    this.ownerName = ownerName;
    this.host = host;
    this.#name = name;
    this.#reentrant = (options & kIODispatchQueueReentrant) !== 0;
  }

  GetName(): string {
    return this.#name;
  }

  /** True while a block runs on this queue. */
  OnQueue(): boolean {
    return this.#held;
  }

  DispatchAsync(block: () => void | Promise<void>): void {
    this.#enqueue(() => this.#hold(block, undefined));
  }

  /** Runs a block here and waits for it. From a block of the same queue this never returns. */
  DispatchSync<T>(block: () => T | Promise<T>): Promise<T> {
    const done = new Completion<T>(this.host.world);
    this.#enqueue(() => this.#hold(block, done));
    return done.promise;
  }

  /** @throws kIOReturnUnsupported unless the queue was created with `kIODispatchQueueReentrant`. */
  DispatchConcurrent(block: () => void | Promise<void>): void {
    if (!this.#reentrant) {
      fail('kIOReturnUnsupported', `queue ${this.#name} was not created reentrant`);
    }
    if (this.#cancelled !== undefined) return;
    this.host.world.ready(() => {
      if (!this.host.dead) this.#run(block, undefined, () => {});
    });
  }

  /**
   * Runs a block and returns what it returns: at once where nothing else is runnable here, so
   * that a call which waits for nothing costs nothing.
   */
  RunAction<T>(block: () => T | Promise<T>): T | Promise<T> {
    if (this.#held || this.#pending.length > 0 || this.host.world.busy) {
      return this.DispatchSync(block);
    }
    this.#held = true;
    let result: T | Promise<T>;
    try {
      result = block();
    } catch (error) {
      this.#release();
      throw error;
    }
    if (!(result instanceof Promise)) {
      this.#release();
      return result;
    }
    return result.finally(() => this.#release());
  }

  /**
   * Runs a block that only begins something, and returns what it returns: the queue does not wait
   * for that. Those that have to wait, with no other block between them, begin in one go. (Ours.)
   */
  BeginAction<T>(block: () => T | Promise<T>): T | Promise<T> {
    if (this.#held || this.#pending.length > 0 || this.host.world.busy) {
      const begun = new Completion<T>(this.host.world);
      this.#line(() => {
        try {
          begun.resolve(block());
        } catch (error) {
          begun.reject(error);
        }
      });
      return begun.promise;
    }
    this.#held = true;
    try {
      return block();
    } finally {
      this.#release();
    }
  }

  #line(begin: () => void): void {
    if (this.#row === undefined || this.#row.length === ROW_MAX) {
      const row: (() => void)[] = [];
      this.#enqueue(() => this.#beginAll(row));
      this.#row = row;
    }
    this.#row.push(begin);
  }

  #beginAll(row: readonly (() => void)[]): void {
    if (this.#row === row) this.#row = undefined;
    for (let index = 0; index < row.length; index++) {
      if (this.host.dead || this.#cancelled !== undefined) break;
      this.#held = true;
      row[index]?.();
    }
    this.#release();
  }

  /**
   * Gives the queue up until `Wakeup(event)` or the timeout; in every case the caller then holds
   * it again. DriverKit documents this for reentrant queues; here every queue can.
   * @param event any value: the token that `Wakeup` names
   * @throws kIOReturnBadArgument unless a block of this queue calls
   */
  Sleep(event: unknown, timeoutNs?: number): Promise<'woken' | 'timed out'> {
    if (!this.#held) fail('kIOReturnBadArgument', 'Sleep is legal only on its own queue');
    const waiter: Waiter = { woken: new Completion(this.host.world), timer: undefined };
    const waiters = this.#waiters.get(event);
    if (waiters === undefined) this.#waiters.set(event, [waiter]);
    else waiters.push(waiter);
    if (timeoutNs !== undefined) {
      waiter.timer = this.host.world.after(timeoutNs, () => {
        const left = (this.#waiters.get(event) ?? []).filter((other) => other !== waiter);
        if (left.length > 0) this.#waiters.set(event, left);
        else this.#waiters.delete(event);
        this.#resume(waiter, 'timed out');
      });
    }
    this.#release();
    return waiter.woken.promise;
  }

  /** As Sleep, until a moment of virtual time instead of for so long. */
  SleepWithDeadline(event: unknown, deadlineNs: number): Promise<'woken' | 'timed out'> {
    return this.Sleep(event, Math.max(0, deadlineNs - this.host.world.now));
  }

  /**
   * Wakes the sleeper of this event that came first, or all of them; nobody there, nothing happens.
   * @throws kIOReturnBadArgument unless a block of this queue calls
   */
  Wakeup(event: unknown, options = 0): void {
    if (!this.#held) fail('kIOReturnBadArgument', 'Wakeup is legal only on its own queue');
    const waiters = this.#waiters.get(event) ?? [];
    const woken = waiters.splice(0, options === kIODispatchQueueWakeupAll ? waiters.length : 1);
    if (waiters.length === 0) this.#waiters.delete(event);
    for (const waiter of woken) {
      waiter.timer?.cancel();
      this.#resume(waiter, 'woken');
    }
  }

  /** Stops taking blocks, those that wait included; `handler` runs after the block in progress. */
  Cancel(handler: () => void): void {
    if (this.#cancelled !== undefined) return;
    this.#cancelled = handler;
    this.#pending.length = 0;
    if (!this.#held) this.#finishCancel();
  }

  /** Gives the queue back; it must be idle. */
  release(): void {
    this.host.disown(this);
  }

  #resume(waiter: Waiter, how: 'woken' | 'timed out'): void {
    this.#enqueue(() => {
      this.#held = true;
      waiter.woken.resolve(how);
    });
  }

  #enqueue(task: () => void): void {
    if (this.#cancelled !== undefined || this.host.dead) return;
    if (this.#pending.length === BLOCKS_MAX) {
      fail('kIOReturnNoSpace', `more than ${BLOCKS_MAX} blocks wait on queue ${this.#name}`);
    }
    this.#row = undefined;
    this.#pending.push(task);
    this.#offer();
  }

  /** One task of this queue at a time competes for the schedule. */
  #offer(): void {
    if (this.#held || this.#scheduled || this.#pending.length === 0) return;
    this.#scheduled = true;
    this.host.world.ready(() => {
      this.#scheduled = false;
      if (this.#held || this.host.dead) return;
      this.#pending.shift()?.();
    }, this);
  }

  #hold<T>(block: () => T | Promise<T>, done: Completion<T> | undefined): void {
    this.#held = true;
    this.#run(block, done, () => this.#release());
  }

  #run<T>(block: () => T | Promise<T>, done: Completion<T> | undefined, ended: () => void): void {
    const failed = (error: unknown) => {
      ended();
      if (done === undefined) this.host.unhandled(error);
      else done.reject(error);
    };
    try {
      const result = block();
      if (result instanceof Promise) {
        result.then((value) => {
          ended();
          done?.resolve(value);
        }, failed);
      } else {
        ended();
        done?.resolve(result);
      }
    } catch (error) {
      failed(error);
    }
  }

  #release(): void {
    this.#held = false;
    if (this.#cancelled !== undefined) this.#finishCancel();
    else this.#offer();
  }

  #finishCancel(): void {
    if (typeof this.#cancelled !== 'function') return;
    const handler = this.#cancelled;
    this.#cancelled = 'done';
    this.host.world.ready(handler, this);
  }
}
