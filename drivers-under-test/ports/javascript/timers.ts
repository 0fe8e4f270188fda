/**
 * Timers of a realm, with the names and rules of Node.js (lib/internal/timers.js, secondary):
 * at least a millisecond; each callback is a task of its own. A callback that throws ends the
 * program, as an uncaught exception does: nothing of it runs any more.
 */
import { Completion } from '../../../sim/kernel/completion.ts';
import type { ScheduledEvent } from '../../../sim/kernel/event-queue.ts';
import type { QueueHost } from '../../host/service-host.ts';
import { asForeignError, ForeignError } from './foreign-error.ts';

type Callback = (...values: unknown[]) => unknown;

const MS = 1e6;
/** Longer ones become the shortest, as in Node.js. */
const DELAY_MS_MAX = 2 ** 31 - 1;
/** A program that has more timers at once has gone mad. */
const TIMERS_MAX = 100_000;

interface Timer {
  readonly callback: Callback;
  readonly values: readonly unknown[];
  /** Of an interval. */
  readonly periodNs?: number;
  event?: ScheduledEvent;
}

export class RealmTimers {
  /** As globals and as what require('timers') gives. */
  readonly functions;
  readonly #host: QueueHost;
  readonly #live = new Map<number, Timer>();
  #last = 0;
  #crash: Error | undefined;
  #closed = false;
  #waiting: Completion<void>[] = [];

  constructor(host: QueueHost) {
    this.#host = host;
    const clear = (handle: unknown) => this.#clear(handle);
    this.functions = {
      setTimeout: (callback: Callback, ms?: unknown, ...values: unknown[]) =>
        this.#set({ callback, values }, milliseconds(ms) * MS),
      setInterval: (callback: Callback, ms?: unknown, ...values: unknown[]) => {
        const periodNs = milliseconds(ms) * MS;
        return this.#set({ callback, values, periodNs }, periodNs);
      },
      setImmediate: (callback: Callback, ...values: unknown[]) =>
        this.#set({ callback, values }, 0),
      nextTick: (callback: Callback, ...values: unknown[]) => this.#soon(callback, values),
      queueMicrotask: (callback: Callback) => this.#soon(callback, []),
      clearTimeout: clear,
      clearInterval: clear,
      clearImmediate: clear,
    };
  }

  /** What ended the program, if anything did. */
  get crash(): Error | undefined {
    return this.#crash;
  }

  /** Resolves when no timer is left; rejects with what a callback threw. */
  idle(): Promise<void> {
    if (this.#crash !== undefined) return Promise.reject(this.#crash);
    if (this.#live.size === 0) return Promise.resolve();
    const waiting = new Completion<void>(this.#host.world);
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  close(): void {
    this.#closed = true;
    for (const { event } of this.#live.values()) event?.cancel();
    this.#live.clear();
    this.#wake();
  }

  #set(timer: Timer, delayNs: number) {
    if (typeof timer.callback !== 'function') {
      throw new ForeignError('TypeError: the callback of a timer must be a function');
    }
    if (this.#live.size >= TIMERS_MAX) throw new ForeignError('RangeError: too many timers');
    const id = ++this.#last;
    if (!this.#closed) this.#arm(id, timer, delayNs);
    const handle = {
      ref: () => handle,
      unref: () => handle,
      hasRef: () => true,
      refresh: () => handle,
      close: () => this.#clear(id),
      [Symbol.toPrimitive]: () => id,
    };
    return handle;
  }

  #arm(id: number, timer: Timer, delayNs: number): void {
    const { world } = this.#host;
    timer.event = world.after(delayNs, () => world.ready(() => this.#fire(id, timer)));
    this.#live.set(id, timer);
  }

  #fire(id: number, timer: Timer): void {
    if (this.#live.get(id) !== timer) return;
    if (timer.periodNs === undefined) this.#live.delete(id);
    else this.#arm(id, timer, timer.periodNs);
    this.#run(timer.callback, timer.values);
    this.#wake();
  }

  #soon(callback: Callback, values: readonly unknown[]): void {
    queueMicrotask(() => {
      if (!this.#closed) this.#run(callback, values);
    });
  }

  #run(callback: Callback, values: readonly unknown[]): void {
    if (this.#host.dead) return;
    try {
      callback(...values);
    } catch (error) {
      this.#end(asForeignError(error));
    }
  }

  #end(crash: Error): void {
    this.#crash ??= crash;
    this.#host.unhandled(crash);
    this.close();
  }

  #wake(): void {
    if (this.#live.size > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) {
      if (this.#crash === undefined) each.resolve(undefined);
      else each.reject(this.#crash);
    }
  }

  #clear(handle: unknown): void {
    const id = Number(handle);
    this.#live.get(id)?.event?.cancel();
    this.#live.delete(id);
    this.#wake();
  }
}

function milliseconds(value: unknown): number {
  const ms = Number(value);
  return ms >= 1 && ms <= DELAY_MS_MAX ? Math.trunc(ms) : 1;
}
