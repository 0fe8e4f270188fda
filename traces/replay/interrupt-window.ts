/**
 * Interrupts of the recording against those of the device. They need not come at the same place:
 * a level falls within the access that clears its cause, and a device may take a little longer.
 * Each recorded one must have its own within so many events, and the device none beside them.
 */
import type { Difference, ReplayTally } from './tally.ts';

/** Recorded events within which the same interrupt must come. */
export const WINDOW_EVENTS = 64;

interface Edge {
  readonly value: number;
  readonly event: number;
  readonly timeNs: number;
}

/** One line, or one vector: edges in order. */
export class InterruptWindow {
  readonly #where: string;
  readonly #recorded: Edge[] = [];
  readonly #came: Edge[] = [];

  constructor(where: string) {
    this.#where = where;
  }

  recorded(edge: Edge): void {
    this.#recorded.push(edge);
  }

  came(edge: Edge): void {
    this.#came.push(edge);
  }

  /** Pairs what can be paired; what is out of the window at this event stays alone. */
  settle(event: number, tally: ReplayTally, differ: (difference: Difference) => void): void {
    for (;;) {
      const [theirs, ours] = [this.#recorded[0], this.#came[0]];
      if (theirs !== undefined && ours !== undefined && isNear(theirs, ours)) {
        this.#recorded.shift();
        this.#came.shift();
        if (theirs.event === ours.event) tally.same();
        else tally.tolerate('window');
      } else if (theirs !== undefined && isOver(theirs, event) && !isEarlier(ours, theirs)) {
        this.#recorded.shift();
        if (this.#isPulse(this.#recorded, theirs)) tally.tolerate('coalesced');
        else differ(this.#lone(theirs, shown(theirs), 'none'));
      } else if (ours !== undefined && isOver(ours, event)) {
        this.#came.shift();
        if (this.#isPulse(this.#came, ours)) tally.tolerate('coalesced');
        else differ(this.#lone(ours, 'none', shown(ours)));
      } else return;
    }
  }

  /** A level that came and went, or went and came, without anybody handling it between. */
  #isPulse(edges: Edge[], first: Edge): boolean {
    const [next] = edges;
    if (next === undefined || next.value === first.value) return false;
    if (next.event - first.event > WINDOW_EVENTS) return false;
    edges.shift();
    return true;
  }

  #lone({ event, timeNs }: Edge, expected: string, seen: string): Difference {
    return { event, timeNs, where: this.#where, expected, seen };
  }
}

function isNear(a: Edge, b: Edge): boolean {
  return a.value === b.value && Math.abs(a.event - b.event) <= WINDOW_EVENTS;
}

function isOver({ event }: Edge, now: number): boolean {
  return now - event > WINDOW_EVENTS;
}

function isEarlier(a: Edge | undefined, b: Edge): boolean {
  return a !== undefined && a.event < b.event;
}

function shown({ value }: Edge): string {
  return value === 1 ? 'raised' : 'lowered';
}
