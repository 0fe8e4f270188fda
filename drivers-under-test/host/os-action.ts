/**
 * OSAction (DriverKit, xnu-11417): a callback as an object. It runs on the queue that its target
 * set for the method, not on the queue of whoever fires it.
 */
import { Completion } from '../../sim/kernel/completion.ts';
import type { ScheduledEvent } from '../../sim/kernel/event-queue.ts';
import type { IODispatchQueue } from './io-dispatch-queue.ts';
import { fail, type IOReturnName } from './io-return.ts';
import type { QueueHost } from './service-host.ts';

/** What a callback is delivered to. */
export interface ActionTarget {
  readonly host: QueueHost;
  CopyDispatchQueue(name: string): IODispatchQueue;
}

export interface ActionOptions<Arguments extends readonly unknown[], Reference> {
  readonly target: ActionTarget;
  readonly method: (...args: Arguments) => void | Promise<void>;
  /** Queue of the target; where it set none of this name, its default queue. */
  readonly queueName?: string;
  /** State of the creator, for `GetReference`. */
  readonly reference?: Reference;
}

/** What `WillWait` gives out; one for one action. */
export class OSActionWaitToken {
  readonly ended: Completion<IOReturnName>;
  outcome: IOReturnName | undefined;
  timer: ScheduledEvent | undefined;

  constructor(host: QueueHost) {
    this.ended = new Completion(host.world);
  }

  end(outcome: IOReturnName): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.timer?.cancel();
    this.ended.resolve(outcome);
  }
}

export class OSAction<Arguments extends readonly unknown[] = [], Reference = undefined> {
  readonly #options: ActionOptions<Arguments, Reference>;
  #state: 'live' | 'cancelled' | 'aborted' = 'live';
  #aborted: (() => void) | undefined;
  #token: OSActionWaitToken | undefined;

  static Create<A extends readonly unknown[] = [], R = undefined>(
    options: ActionOptions<A, R>,
  ): OSAction<A, R> {
    return new OSAction<A, R>(options);
  }

  constructor(options: ActionOptions<Arguments, Reference>) {
    this.#options = options;
  }

  GetReference(): Reference | undefined {
    return this.#options.reference;
  }

  /** Fires the callback; after Cancel or an abort nothing happens. */
  Invoke(...args: Arguments): void {
    if (this.#state !== 'live') return;
    const { method } = this.#options;
    this.#queue.DispatchAsync(async () => {
      if (this.#state !== 'live') return;
      await method(...args);
      this.#token?.end('kIOReturnSuccess');
    });
  }

  /** No callback begins any more; `handler` runs when those that began are done. */
  Cancel(handler: () => void = () => {}): void {
    if (this.#state !== 'live') return;
    this.#state = 'cancelled';
    this.#token?.end('kIOReturnAborted');
    this.#queue.DispatchAsync(handler);
  }

  /** Called when the other side is gone and can never invoke the action. */
  SetAbortedHandler(handler: () => void): void {
    this.#aborted = handler;
  }

  /** For the host: nobody but the creator refers to the action any more. */
  Aborted(): void {
    if (this.#state !== 'live') return;
    this.#state = 'aborted';
    this.#token?.end('kIOReturnAborted');
    if (this.#aborted !== undefined) this.#queue.DispatchAsync(this.#aborted);
  }

  /** Call before anybody can invoke the action. @throws kIOReturnBusy: one waiter only */
  WillWait(): OSActionWaitToken {
    if (this.#token !== undefined) fail('kIOReturnBusy', 'an action has one waiter');
    this.#token = new OSActionWaitToken(this.#options.target.host);
    if (this.#state !== 'live') this.#token.end('kIOReturnAborted');
    return this.#token;
  }

  /**
   * Blocks until the callback is done. The callback needs the target's queue: whoever waits on that
   * queue waits for ever.
   * @param deadlineNs Virtual time; 0 waits without a limit.
   * @throws kIOReturnTimeout, kIOReturnAborted after Cancel or an abort
   */
  async Wait(token: OSActionWaitToken, deadlineNs = 0): Promise<void> {
    if (token !== this.#token) fail('kIOReturnBadArgument', 'this token is of another action');
    if (deadlineNs > 0 && token.outcome === undefined) {
      const { world } = this.#options.target.host;
      token.timer = world.after(deadlineNs - world.now, () => token.end('kIOReturnTimeout'));
    }
    const outcome = await token.ended.promise;
    if (outcome !== 'kIOReturnSuccess') fail(outcome, 'the action did not come to its end');
  }

  /** Gives the token back; another WillWait is possible then. */
  EndWait(token: OSActionWaitToken): void {
    if (token !== this.#token) fail('kIOReturnBadArgument', 'this token is of another action');
    this.#token = undefined;
    token.timer?.cancel();
  }

  get #queue(): IODispatchQueue {
    return this.#options.target.CopyDispatchQueue(this.#options.queueName ?? 'Default');
  }
}
