/**
 * What CC.EN and CC.SHN do: enabling, controller reset, shutdown, and the time they take.
 *
 * NVM Express Base Specification 1.4, "Controller Configuration", "Controller Status", "Controller
 * Initialization", "Controller Level Reset", "Shutdown" (secondary).
 */
import { EventKind } from '../../kernel/journal.ts';
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import type { World } from '../../kernel/world.ts';
import type { View, Views } from '../../registers/views.ts';
import type { NvmeTiming } from './options.ts';
import { type NvmeRegisters, SHUTDOWN_STATUS } from './registers.ts';

type ConfigurationView = View<NvmeRegisters, NvmeRegisters['registers']['CC']>;

export interface LifecycleParts {
  readonly world: World;
  readonly registers: Views<NvmeRegisters>;
  readonly timing: NvmeTiming;
  /** Begins to take commands; false when the configuration cannot be used. */
  start(): boolean;
  /** A controller reset: queues and commands are gone, features are what they were saved as. */
  stop(): void;
  /** Takes no more commands, and makes everything durable if there is time. */
  shutDown(normal: boolean): void;
  /** How much later than it would CSTS.RDY changes; Infinity for never. */
  readyDelay(ready: boolean): number;
}

export class Lifecycle {
  readonly #parts: LifecycleParts;
  #change: ScheduledEvent | undefined;
  #shutdown: ScheduledEvent | undefined;
  #stopping = false;
  /** CC.EN was set again while the controller was still stopping. */
  #restart = false;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
  }

  /** CC was written. */
  configured(before: ConfigurationView): void {
    const { CC } = this.#parts.registers;
    if (before.EN === 1 && CC.EN === 1) this.#keepWhileEnabled(before);
    if (CC.EN === 1 && before.EN === 0) this.#enable();
    else if (CC.EN === 0 && before.EN === 1) this.#disable();
    else if (CC.SHN !== 0 && CC.SHN !== before.SHN) this.#shutDown(CC.SHN === 1);
  }

  /** Something happened that the controller cannot go on after. */
  fatal(): void {
    this.#parts.registers.CSTS.CFS = 1;
  }

  /** A reset from outside: everything is as after power-on. */
  reset(): void {
    this.#change?.cancel();
    this.#shutdown?.cancel();
    this.#change = undefined;
    this.#shutdown = undefined;
    this.#stopping = false;
    this.#restart = false;
  }

  /** What a host must not change while CC.EN is set stays as it was: nothing says what it does. */
  #keepWhileEnabled(before: ConfigurationView): void {
    const { CC } = this.#parts.registers;
    const changed = CC.CSS !== before.CSS || CC.MPS !== before.MPS || CC.AMS !== before.AMS;
    if (!changed) return;
    CC.CSS = before.CSS;
    CC.MPS = before.MPS;
    CC.AMS = before.AMS;
    const { journal } = this.#parts.world;
    journal.note(EventKind.Gap, 'undocumented: CC.CSS, CC.MPS or CC.AMS changed while CC.EN is 1');
  }

  #enable(): void {
    if (this.#stopping) {
      this.#restart = true;
      return;
    }
    const { CSTS } = this.#parts.registers;
    CSTS.SHST = SHUTDOWN_STATUS.Normal;
    this.#after(this.#parts.timing.readyNs, true, () => {
      if (this.#parts.start()) CSTS.RDY = 1;
      else this.fatal();
    });
  }

  #disable(): void {
    const { CSTS } = this.#parts.registers;
    this.#shutdown?.cancel();
    this.#restart = false;
    this.#parts.stop();
    CSTS.CFS = 0;
    CSTS.SHST = SHUTDOWN_STATUS.Normal;
    if (this.#stopping) return;
    this.#stopping = true;
    this.#after(this.#parts.timing.resetNs, false, () => {
      CSTS.RDY = 0;
      this.#stopping = false;
      if (this.#restart) this.#enable();
      this.#restart = false;
    });
  }

  #shutDown(normal: boolean): void {
    const { CSTS } = this.#parts.registers;
    CSTS.SHST = SHUTDOWN_STATUS.Occurring;
    this.#shutdown?.cancel();
    this.#shutdown = this.#parts.world.after(this.#parts.timing.shutdownNs, () => {
      this.#parts.shutDown(normal);
      CSTS.SHST = SHUTDOWN_STATUS.Complete;
    });
  }

  #after(ns: number, ready: boolean, action: () => void): void {
    this.#change?.cancel();
    const delay = ns + this.#parts.readyDelay(ready);
    if (delay === Infinity) return;
    this.#change = this.#parts.world.after(delay, action);
  }
}
