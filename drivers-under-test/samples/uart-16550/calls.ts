/**
 * Calls of clients that sleep: each ends once, by itself, by its deadline or because all are
 * aborted; and only one at a time owns the transmitter.
 */
import type { World } from '../../../sim/kernel/world.ts';
import { type IODispatchQueue, kIODispatchQueueWakeupAll } from '../../host/io-dispatch-queue.ts';
import { fail } from '../../host/io-return.ts';

/** What sleepers wait for. */
export const ARRIVED = 'arrived';
export const SENT = 'sent';
/** Nothing but time. */
export const PAUSE = 'pause';
const TURN = 'turn';
const LEFT = 'left';

type Wake = typeof ARRIVED | typeof SENT | typeof PAUSE | typeof TURN;

export class Calls {
  readonly #world: World;
  readonly #queue: IODispatchQueue;
  readonly #requireOnline: () => void;
  /** Grows whenever the calls in progress are aborted. */
  #session = 0;
  #inside = 0;
  #transmitting = false;

  constructor(world: World, queue: IODispatchQueue, requireOnline: () => void) {
    this.#world = world;
    this.#queue = queue;
    this.#requireOnline = requireOnline;
  }

  async enter<T>(block: (session: number) => Promise<T>): Promise<T> {
    this.#inside++;
    try {
      return await block(this.#session);
    } finally {
      this.#inside--;
      if (this.#inside === 0) this.#queue.Wakeup(LEFT, kIODispatchQueueWakeupAll);
    }
  }

  /** As `enter`, alone at the transmitter. Undefined when it was not this one's turn in time. */
  async transmit<T>(
    timeoutNs: number,
    block: (session: number) => Promise<T>,
  ): Promise<T | undefined> {
    const deadline = this.#world.now + timeoutNs;
    return this.enter(async (session) => {
      while (this.#transmitting) {
        if (this.#world.now >= deadline) return undefined;
        await this.sleep(session, TURN, deadline);
      }
      this.#transmitting = true;
      try {
        return await block(session);
      } finally {
        this.#transmitting = false;
        this.#queue.Wakeup(TURN);
      }
    });
  }

  /** @throws kIOReturnOffline, kIOReturnAborted when that happened meanwhile */
  async sleep(session: number, event: Wake, deadline: number): Promise<'woken' | 'timed out'> {
    const how = await this.#queue.Sleep(event, Math.max(0, deadline - this.#world.now));
    this.check(session);
    return how;
  }

  check(session: number): void {
    this.#requireOnline();
    if (session !== this.#session) fail('kIOReturnAborted', 'the port was closed');
  }

  wake(event: Wake): void {
    this.#queue.Wakeup(event, kIODispatchQueueWakeupAll);
  }

  /** Every sleeper wakes to find that it was aborted. */
  abort(): void {
    this.#session++;
    for (const event of [ARRIVED, SENT, PAUSE, TURN] as const) this.wake(event);
  }

  /** Ends when nobody is inside. */
  async left(): Promise<void> {
    while (this.#inside > 0) await this.#queue.Sleep(LEFT);
  }
}
