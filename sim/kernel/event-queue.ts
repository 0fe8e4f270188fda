/** A binary heap of events keyed `(time, sequence)`: equal times run in the order made. */

/** What may wait at once: a bound on a model that schedules without end. */
export const EVENTS_MAX = 1_000_000;

export class ScheduledEvent {
  readonly time: number;
  readonly sequence: number;
  /** Undefined once cancelled. */
  action: (() => void) | undefined;

  constructor(time: number, sequence: number, action: () => void) {
    this.time = time;
    this.sequence = sequence;
    this.action = action;
  }

  cancel(): void {
    this.action = undefined;
  }
}

export class EventQueue {
  readonly #heap: ScheduledEvent[] = [];
  #sequence = 0;

  /** Time of the next event that is not cancelled, or Infinity. */
  nextTime(): number {
    let first = this.#heap[0];
    while (first !== undefined && first.action === undefined) {
      this.#removeFirst();
      first = this.#heap[0];
    }
    return first === undefined ? Infinity : first.time;
  }

  add(time: number, action: () => void): ScheduledEvent {
    if (this.#heap.length === EVENTS_MAX) {
      throw new RangeError(`More than ${EVENTS_MAX} events wait in one world.`);
    }
    const event = new ScheduledEvent(time, this.#sequence++, action);
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = heap[parent] as ScheduledEvent;
      if (!before(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
    return event;
  }

  /** Takes the next event; call `nextTime` first, which drops cancelled ones. */
  take(): ScheduledEvent {
    const first = this.#heap[0] as ScheduledEvent;
    this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as ScheduledEvent;
    const { length } = heap;
    if (length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      const right = child + 1;
      if (right < length && before(heap[right] as ScheduledEvent, heap[child] as ScheduledEvent)) {
        child = right;
      }
      const below = heap[child] as ScheduledEvent;
      if (!before(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function before(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.time < b.time || (a.time === b.time && a.sequence < b.sequence);
}
