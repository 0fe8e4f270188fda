/** IODispatchSource and its timer (DriverKit). After Cancel a source can only be freed. */
import type { ScheduledEvent } from '../../sim/kernel/event-queue.ts';
import type { HostResource, IODispatchQueue, QueueHost } from './io-dispatch-queue.ts';
import { fail } from './io-return.ts';

export abstract class IODispatchSource implements HostResource {
  abstract readonly resourceName: string;
  protected readonly host: QueueHost;
  protected readonly queue: IODispatchQueue;
  protected enabled = false;
  protected cancelled = false;

  constructor(host: QueueHost, queue: IODispatchQueue) {
    this.host = host;
    this.queue = queue;
    host.adopt(this);
  }

  /** `handler` runs once every pending callback is done. */
  Cancel(handler: () => void = () => {}): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.enabled = false;
    this.stopped();
    this.queue.DispatchAsync(() => {
      this.host.disown(this);
      handler();
    });
  }

  SetEnable(enable: boolean): void {
    if (this.cancelled) fail('kIOReturnNotReady', `${this.resourceName} was cancelled`);
    this.enabled = enable;
    this.enabledChanged(enable);
  }

  /** As SetEnable; `done` runs when no callback can be running any more. */
  SetEnableWithCompletion(enable: boolean, done: () => void): void {
    this.SetEnable(enable);
    this.queue.DispatchAsync(done);
  }

  protected abstract enabledChanged(enable: boolean): void;
  protected abstract stopped(): void;
}

export type TimerHandler = (time: number) => void | Promise<void>;

/**
 * IOTimerDispatchSource. Its header is in the DriverKit SDK only: the names below are from Apple's
 * reference pages, the semantics are ours where those are silent. Time is virtual nanoseconds.
 */
export class IOTimerDispatchSource extends IODispatchSource {
  readonly resourceName = 'timer dispatch source';
  #handler: TimerHandler | undefined;
  #event: ScheduledEvent | undefined;

  static Create(queue: IODispatchQueue): IOTimerDispatchSource {
    const source = new IOTimerDispatchSource(queue.host, queue);
    source.enabled = true;
    return source;
  }

  SetHandler(handler: TimerHandler): void {
    this.#handler = handler;
  }

  /** Fires once at `deadlineNs`; a later call moves the deadline. */
  WakeAtTime(deadlineNs: number): void {
    if (this.cancelled) fail('kIOReturnNotReady', 'the timer was cancelled');
    this.#event?.cancel();
    const { world } = this.host;
    this.#event = world.after(deadlineNs - world.now, () => this.#fire());
  }

  /** Fires once after a delay. */
  WakeAfter(delayNs: number): void {
    this.WakeAtTime(this.host.world.now + delayNs);
  }

  /** Takes the deadline back; a callback that is queued already still runs. */
  Disarm(): void {
    this.#event?.cancel();
    this.#event = undefined;
  }

  #fire(): void {
    this.#event = undefined;
    if (!this.enabled) return;
    this.queue.DispatchAsync(() => {
      if (!this.cancelled) return this.#handler?.(this.host.world.now);
    });
  }

  protected enabledChanged(): void {}

  protected stopped(): void {
    this.Disarm();
  }
}
