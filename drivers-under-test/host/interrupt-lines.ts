/** The host's side of a function's interrupts: which dispatch source listens to which of them. */
import type { InterruptListener } from '../../sim/buses/pci/function.ts';
import { fail } from './io-return.ts';
import type { QueueHost } from './service-host.ts';

/** What an interrupt is delivered to. */
export interface InterruptSink {
  /** A message arrived. */
  message(): void;
  /** The line's level changed, or is so from the beginning. */
  setLevel(asserted: boolean): void;
}

/** A provider with interrupts. */
export interface InterruptProvider {
  readonly host: QueueHost;
  readonly interrupts: InterruptLines;
}

export class InterruptLines implements InterruptListener {
  levelTriggered = true;
  /** Interrupts that there are, by the mechanism that is configured. */
  count = 1;
  readonly #sinks = new Map<number, InterruptSink>();
  #asserted = false;

  /** @throws kIOReturnNoInterrupt, kIOReturnExclusiveAccess */
  attach(index: number, sink: InterruptSink): void {
    if (!Number.isInteger(index) || index < 0 || index >= this.count) {
      fail('kIOReturnNoInterrupt', `there is no interrupt ${index}, only ${this.count}`);
    }
    if (this.#sinks.has(index)) fail('kIOReturnExclusiveAccess', `interrupt ${index} is taken`);
    this.#sinks.set(index, sink);
    if (index === 0 && this.#asserted) sink.setLevel(true);
  }

  detach(index: number, sink: InterruptSink): void {
    if (this.#sinks.get(index) === sink) this.#sinks.delete(index);
  }

  get used(): boolean {
    return this.#sinks.size > 0;
  }

  level(asserted: boolean): void {
    this.#asserted = asserted;
    this.#sinks.get(0)?.setLevel(asserted);
  }

  message(vector: number): void {
    this.#sinks.get(vector)?.message();
  }
}
