/**
 * IOTimerDispatchSource (DriverKit). Its header is in the DriverKit SDK only: the names below are
 * from Apple's reference pages, the semantics are ours where those are silent. Time is virtual
 * nanoseconds.
 */
import type { ScheduledEvent } from '../../sim/kernel/event-queue.ts';
import type { IODispatchQueue } from './io-dispatch-queue.ts';
import { IODispatchSource } from './io-dispatch-source.ts';
import { fail } from './io-return.ts';

export type TimerHandler = (timeNs: number) => void | Promise<void>;

export class IOTimerDispatchSource extends IODispatchSource {
  readonly resourceName = 'timer dispatch source';
  #handler: TimerHandler | undefined;
  #event: ScheduledEvent | undefined;
  /** The deadline passed while the source was disabled. */
  #missed = false;
  /** Grows with every WakeAtTime and Disarm: a callback of before is void. */
  #arming = 0;

  /** Enabled, and not armed. */
  static Create(queue: IODispatchQueue): IOTimerDispatchSource {
    const source = new IOTimerDispatchSource(queue.host, queue);
    source.enabled = true;
    return source;
  }

  SetHandler(handler: TimerHandler): void {
    this.#handler = handler;
  }

  /**
   * Fires once at `deadlineNs`, at once when that has passed; a later call moves the deadline.
   * @throws kIOReturnNotReady after Cancel
   */
  WakeAtTime(deadlineNs: number): void {
    if (this.cancelled) fail('kIOReturnNotReady', 'the timer was cancelled');
    this.Disarm();
    const { world } = this.host;
    this.#event = world.after(deadlineNs - world.now, () => this.#expired());
  }

  /** Fires once after a delay. */
  WakeAfter(delayNs: number): void {
    this.WakeAtTime(this.host.world.now + delayNs);
  }

  /** Takes the deadline back, and a callback that is queued with it. */
  Disarm(): void {
    this.#arming++;
    this.#missed = false;
    this.#event?.cancel();
    this.#event = undefined;
  }

  #expired(): void {
    this.#event = undefined;
    if (!this.enabled) {
      this.#missed = true;
      return;
    }
    const arming = this.#arming;
    this.queue.DispatchAsync(() => {
      if (arming !== this.#arming) return;
      if (this.enabled) return this.#handler?.(this.host.world.now);
      this.#missed = true;
    });
  }

  /** What expired meanwhile fires now. */
  protected enabledChanged(enable: boolean): void {
    if (!enable || !this.#missed) return;
    this.#missed = false;
    this.#expired();
  }

  protected stopped(): void {
    this.Disarm();
  }
}
