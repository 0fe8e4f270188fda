/** Events of block storage that wait for a client, and clients that wait for an event. */
import { Completion } from '../../sim/kernel/completion.ts';
import type { ScheduledEvent } from '../../sim/kernel/event-queue.ts';
import type { World } from '../../sim/kernel/world.ts';
import type { BlockEvent } from './classes/block-device.ts';
import { IOReturnError, type IOReturnName, fail } from './io-return.ts';

/** The newest ones are kept. */
const EVENTS_MAX = 256;
const WAITERS_MAX = 256;

interface Waiter {
  readonly end: Completion<BlockEvent | undefined>;
  timer: ScheduledEvent | undefined;
}

export class BlockEvents {
  readonly #world: World;
  #events: BlockEvent[] = [];
  #waiters: Waiter[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  post(event: BlockEvent): void {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.timer?.cancel();
      waiter.end.resolve(event);
      return;
    }
    if (this.#events.length === EVENTS_MAX) this.#events.shift();
    this.#events.push(event);
  }

  /** Undefined when none comes in time. @throws kIOReturnNoResources */
  next(timeoutNs: number): Promise<BlockEvent | undefined> {
    const waiter: Waiter = { end: new Completion(this.#world), timer: undefined };
    if (this.#events.length > 0) {
      waiter.end.resolve(this.#events.shift());
      return waiter.end.promise;
    }
    if (this.#waiters.length === WAITERS_MAX) {
      fail('kIOReturnNoResources', `${WAITERS_MAX} clients wait for events`);
    }
    this.#waiters.push(waiter);
    waiter.timer = this.#world.after(timeoutNs, () => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      waiter.end.resolve(undefined);
    });
    return waiter.end.promise;
  }

  /** Nobody waits any longer. */
  abandon(status: IOReturnName, why: string): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { end, timer } of waiters) {
      timer?.cancel();
      end.reject(new IOReturnError(status, why));
    }
  }
}
