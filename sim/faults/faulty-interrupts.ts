/** Interrupts that get lost, come late, come unasked or do not end, between device and host. */
import type { InterruptListener } from '../buses/pci/function.ts';
import type { World } from '../kernel/world.ts';
import { armed, strikes } from './armed-faults.ts';
import { type PciFaultPlan, STORM_TIMES_MAX } from './plan.ts';

/** How long the line is up between two pulses of a storm. */
const PULSE_NS = 1;

export class FaultyInterrupts implements InterruptListener {
  /** The function signals by messages: what comes unasked comes so too. */
  messages = false;
  readonly #world: World;
  readonly #lost;
  readonly #late;
  readonly #storms;
  readonly #spurious;
  #listener: InterruptListener | undefined;
  #removed = false;
  /** The device's own level, and whether its rise was kept back. */
  #level = false;
  #keptBack = false;
  /** Levels that were raised here and not by the device. */
  #raised = 0;
  #heard = false;

  constructor(plan: PciFaultPlan, world: World) {
    this.#world = world;
    this.#lost = armed(plan, 'lost-interrupt');
    this.#late = armed(plan, 'late-interrupt');
    this.#storms = armed(plan, 'interrupt-storm');
    this.#spurious = armed(plan, 'spurious-interrupt');
  }

  listen(listener: InterruptListener): void {
    this.#listener = listener;
    if (this.#heard) listener.level(true);
  }

  /** The function is gone: no level, no message from now on. */
  remove(): void {
    this.#level = false;
    this.#raised = 0;
    this.#tell();
    this.#removed = true;
  }

  level(asserted: boolean): void {
    this.#level = asserted;
    this.#keptBack = false;
    if (asserted) {
      this.#keptBack = this.#isKeptBack(() => {
        if (!this.#level) return;
        this.#keptBack = false;
        this.#tell();
      });
      this.#storm(() => this.#pulse());
    }
    this.#tell();
  }

  message(vector: number): void {
    const keptBack = this.#isKeptBack(() => this.#send(vector));
    this.#storm(() => this.#send(vector));
    if (!keptBack) this.#send(vector);
  }

  /** An access went by: what strikes at accesses may come now. */
  accessed(): void {
    for (const fault of this.#spurious) {
      if (!strikes(fault, this.#world)) continue;
      const { vector, ns } = fault.fault;
      if (this.messages) this.#send(vector);
      else this.#raise(ns);
    }
  }

  #isKeptBack(later: () => void): boolean {
    let keptBack = false;
    for (const fault of this.#lost) {
      if (strikes(fault, this.#world)) keptBack = true;
    }
    for (const fault of this.#late) {
      if (!strikes(fault, this.#world)) continue;
      if (!keptBack) this.#world.after(fault.fault.ns, later);
      keptBack = true;
    }
    return keptBack;
  }

  #storm(again: () => void): void {
    for (const fault of this.#storms) {
      if (!strikes(fault, this.#world)) continue;
      const { times, everyNs } = fault.fault;
      const repeat = (left: number): void => {
        if (left <= 0 || this.#removed) return;
        this.#world.after(everyNs, () => {
          again();
          repeat(left - 1);
        });
      };
      repeat(Math.min(times, STORM_TIMES_MAX));
    }
  }

  /** The line falls and rises, whatever the device says; then it is the device's again. */
  #pulse(): void {
    if (this.#heard) {
      this.#heard = false;
      this.#listener?.level(false);
    }
    this.#raise(PULSE_NS);
  }

  #raise(ns: number): void {
    this.#raised++;
    this.#tell();
    this.#world.after(ns, () => {
      this.#raised = Math.max(0, this.#raised - 1);
      this.#tell();
    });
  }

  #send(vector: number): void {
    if (!this.#removed) this.#listener?.message(vector);
  }

  #tell(): void {
    const asserted = !this.#removed && ((this.#level && !this.#keptBack) || this.#raised > 0);
    if (asserted === this.#heard) return;
    this.#heard = asserted;
    this.#listener?.level(asserted);
  }
}
