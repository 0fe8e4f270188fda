/**
 * When the controller signals: masks, coalescing, and what becomes of them by mechanism.
 *
 * NVM Express Base Specification 1.4, "Interrupts" (secondary). With INTx and MSI a vector is
 * asserted from the first completion until the host has taken all; with MSI-X each burst of
 * completions is one message, and the table in the function does the masking.
 */
import type { ScheduledEvent } from '../../kernel/event-queue.ts';
import type { World } from '../../kernel/world.ts';
import type { DeviceSide } from '../../buses/pci/sim-function.ts';
import type { CompletionQueue } from './queues.ts';
import type { QueueSet } from './queue-set.ts';
import { QUEUES } from './registers.ts';

/** Vectors that INTMS and INTMC mask. */
const MASKED_VECTORS = 32;
/** Interrupt Coalescing counts its time in units of this. */
const COALESCING_UNIT_NS = 100_000;

/** The features Interrupt Coalescing and Interrupt Vector Configuration. */
export interface Coalescing {
  /** Zero-based. */
  threshold: number;
  /** Units of 100 microseconds; 0: no delay. */
  time: number;
  /** By vector: one where coalescing is disabled. */
  readonly disabled: Uint8Array;
}

export class Interrupts {
  readonly coalescing: Coalescing = { threshold: 0, time: 0, disabled: new Uint8Array(QUEUES) };
  /** The bits of INTMS. */
  readonly #masks: () => number;
  readonly #world: World;
  readonly #bus: DeviceSide;
  readonly #queues: QueueSet;
  readonly #asserted = new Uint8Array(QUEUES);
  /** Completions that wait for company, and until when. */
  readonly #held = new Uint32Array(QUEUES);
  readonly #timers: (ScheduledEvent | undefined)[] = Array.from({ length: QUEUES });
  /** Vectors that are to signal at the next flush; each once. */
  readonly #due: number[] = [];
  readonly #isDue = new Uint8Array(QUEUES);

  constructor(world: World, bus: DeviceSide, queues: QueueSet, masks: () => number) {
    this.#world = world;
    this.#bus = bus;
    this.#queues = queues;
    this.#masks = masks;
  }

  /** How many vectors a completion queue may choose from, as the function is set up now. */
  get vectors(): number {
    switch (this.#bus.mechanism()) {
      case 'msix':
        return QUEUES;
      case 'msi':
        return MASKED_VECTORS;
      case 'none':
        return 1;
    }
  }

  /** A completion was posted. */
  posted(queue: CompletionQueue): void {
    if (!queue.interrupts) return;
    const { vector } = queue;
    const { threshold, time, disabled } = this.coalescing;
    // The admin queue is never coalesced.
    if (queue.id === 0 || threshold === 0 || time === 0 || disabled[vector] === 1) {
      this.#raise(vector);
      return;
    }
    const held = (this.#held[vector] as number) + 1;
    this.#held[vector] = held;
    if (held > threshold) this.#raise(vector);
    else if (this.#timers[vector] === undefined) {
      this.#timers[vector] = this.#world.after(time * COALESCING_UNIT_NS, () => {
        this.#raise(vector);
        this.flush();
      });
    }
  }

  /** Signals what has become due. */
  flush(): void {
    const due = this.#due;
    if (due.length === 0) return;
    const mechanism = this.#bus.mechanism();
    for (let index = 0; index < due.length; index++) {
      const vector = due[index] as number;
      this.#isDue[vector] = 0;
      if (mechanism === 'msix') this.#bus.message(vector);
      else if (this.#asserted[vector] === 0) {
        this.#asserted[vector] = 1;
        if (mechanism === 'msi' && !this.#isMasked(vector)) this.#bus.message(vector);
      }
    }
    due.length = 0;
    this.#drive();
  }

  /** The host took completions: a vector with nothing left is withdrawn. */
  taken(queue: CompletionQueue): void {
    if (this.#asserted[queue.vector] === 0) return;
    for (const other of this.#queues.completions) {
      if (other === undefined || other.vector !== queue.vector || !other.interrupts) continue;
      if (!other.isEmpty) return;
    }
    this.#asserted[queue.vector] = 0;
    this.#drive();
  }

  /** A completion queue goes away: nothing of it signals any more. */
  removed(queue: CompletionQueue): void {
    this.taken(queue);
  }

  /** The masks changed: `before` are the bits that they were. */
  masked(before: number): void {
    if (this.#bus.mechanism() === 'msi') {
      for (let vector = 0; vector < MASKED_VECTORS; vector++) {
        const was = bitOf(before, vector);
        if (was && !this.#isMasked(vector) && this.#asserted[vector] === 1) {
          this.#bus.message(vector);
        }
      }
    }
    this.#drive();
  }

  reset(): void {
    this.#asserted.fill(0);
    this.#held.fill(0);
    this.#isDue.fill(0);
    this.#due.length = 0;
    for (const timer of this.#timers) timer?.cancel();
    this.#timers.fill(undefined);
    this.#bus.interrupt.drive(false);
  }

  #raise(vector: number): void {
    this.#held[vector] = 0;
    this.#timers[vector]?.cancel();
    this.#timers[vector] = undefined;
    if (this.#isDue[vector] === 1) return;
    this.#isDue[vector] = 1;
    this.#due.push(vector);
  }

  #drive(): void {
    if (this.#bus.mechanism() !== 'none') {
      this.#bus.interrupt.drive(false);
      return;
    }
    let level = false;
    for (let vector = 0; vector < MASKED_VECTORS; vector++) {
      if (this.#asserted[vector] === 1 && !this.#isMasked(vector)) level = true;
    }
    this.#bus.interrupt.drive(level);
  }

  #isMasked(vector: number): boolean {
    return vector < MASKED_VECTORS && bitOf(this.#masks(), vector);
  }
}

function bitOf(word: number, at: number): boolean {
  return Math.floor(word / 2 ** at) % 2 === 1;
}
