/**
 * IOInterruptDispatchSource (DriverKit, xnu-11417): an interrupt of a provider, delivered on a
 * queue. DriverKit serves messages of PCI devices only; INTx works here too, since the devices
 * that we have are older than that.
 */
import { EventKind } from '../../sim/kernel/journal.ts';
import { Lifecycle } from '../../sim/kernel/lifecycle.ts';
import type { IODispatchQueue } from './io-dispatch-queue.ts';
import { IODispatchSource } from './io-dispatch-source.ts';
import type { InterruptProvider, InterruptSink } from './interrupt-lines.ts';

export const kIOInterruptTypeEdge = 0;
export const kIOInterruptTypeLevel = 1;

/** `count`: how many since the last call; more than one is possible. */
export type InterruptHandler = (count: number, timeNs: number) => void | Promise<void>;

/**
 * Handler calls in a row with the level never falling after which the line is disabled, as
 * kernels do with an interrupt that nobody cares about (Linux: 99,900 of 100,000).
 */
export const STORM_MAX = 10_000;
export const STORM = 'interrupt storm';

export class IOInterruptDispatchSource extends IODispatchSource implements InterruptSink {
  readonly resourceName: string;
  readonly #provider: InterruptProvider;
  readonly #index: number;
  #handler: InterruptHandler | undefined;
  #pending = 0;
  #queued = false;
  #level = false;
  #inARow = 0;
  #last = { count: 0, timeNs: 0 };

  /**
   * Disabled, and without a handler.
   * @throws kIOReturnNoInterrupt when the provider has no interrupt of this index,
   * kIOReturnExclusiveAccess when somebody else listens to it
   */
  static Create(
    provider: InterruptProvider,
    index: number,
    queue: IODispatchQueue,
  ): IOInterruptDispatchSource {
    const source = new IOInterruptDispatchSource(provider, index, queue);
    try {
      provider.interrupts.attach(index, source);
    } catch (error) {
      provider.host.disown(source);
      throw error;
    }
    return source;
  }

  constructor(provider: InterruptProvider, index: number, queue: IODispatchQueue) {
    super(provider.host, queue);
    this.resourceName = `interrupt dispatch source ${index}`;
    this.#provider = provider;
    this.#index = index;
  }

  SetHandler(handler: InterruptHandler): void {
    this.#handler = handler;
    this.#note(Lifecycle.HandlerSet);
  }

  GetInterruptType(): number {
    return this.#provider.interrupts.levelTriggered ? kIOInterruptTypeLevel : kIOInterruptTypeEdge;
  }

  /** Count and time as the handler got them last. */
  GetLastInterrupt(): { count: number; timeNs: number } {
    return this.#last;
  }

  message(): void {
    this.#pending++;
    this.#deliver();
  }

  setLevel(asserted: boolean): void {
    this.#level = asserted;
    if (asserted) this.#deliver();
    else this.#inARow = 0;
  }

  #deliver(): void {
    if (!this.enabled || this.#queued || this.#handler === undefined) return;
    this.#queued = true;
    this.queue.DispatchAsync(() => this.#call());
  }

  #call(): void | Promise<void> {
    this.#queued = false;
    const handler = this.#handler;
    const count = this.#level ? Math.max(1, this.#pending) : this.#pending;
    if (!this.enabled || handler === undefined || count === 0) return;
    this.#pending = 0;
    const { world } = this.host;
    this.#last = { count, timeNs: world.now };
    world.journal.record(EventKind.InterruptHandled, this.#index, count, this.#level ? 1 : 0);
    let result: void | Promise<void>;
    try {
      result = handler(count, world.now);
    } catch (error) {
      this.#crashed(error);
    }
    if (result instanceof Promise) {
      return result.then(
        () => this.#handled(),
        (error: unknown) => this.#crashed(error),
      );
    }
    this.#handled();
  }

  /** A driver that dies takes its interrupts with it: the handler is not called again. */
  #crashed(error: unknown): never {
    this.enabled = false;
    throw error;
  }

  /** A level that is still asserted interrupts again at once. */
  #handled(): void {
    if (!this.#level) {
      this.#inARow = 0;
      if (this.#pending > 0) this.#deliver();
      return;
    }
    this.#inARow++;
    if (this.#inARow < STORM_MAX) {
      this.#deliver();
      return;
    }
    this.enabled = false;
    this.host.world.journal.note(
      EventKind.Violation,
      `${STORM}: ${STORM_MAX} calls of the handler left the interrupt asserted`,
    );
  }

  protected enabledChanged(enable: boolean): void {
    this.#note(enable ? Lifecycle.HandlerEnabled : Lifecycle.HandlerDisabled);
    if (enable && (this.#level || this.#pending > 0)) this.#deliver();
  }

  protected stopped(): void {
    this.#provider.interrupts.detach(this.#index, this);
    this.#note(Lifecycle.HandlerCancelled);
  }

  #note(text: Lifecycle): void {
    this.host.world.journal.note(EventKind.Lifecycle, text, this.#index);
  }
}
