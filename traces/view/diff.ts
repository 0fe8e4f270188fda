/**
 * Two traces side by side: events that agree, and those that only one of them has. Times do not
 * count. It looks ahead a bounded way on both sides for the place from which they agree again, so
 * that memory stays as it is; past that way everything is different, and it says so.
 */
import { hashBytes } from '../../sim/kernel/hash.ts';
import type { EventBatch } from '../format/batch.ts';
import type { TraceEvent } from '../format/event.ts';

/** How far ahead it looks for agreement on either side, in events. */
const WINDOW = 1024;
/** Of a window that is not the last, so many events are decided: what comes then looks ahead. */
const DECIDED = 768;

export interface Hunk {
  /** Numbers of the first event that differs, on either side. */
  readonly at: readonly [left: number, right: number];
  readonly left: readonly TraceEvent[];
  readonly right: readonly TraceEvent[];
}

export interface DiffSummary {
  readonly agreeing: number;
  readonly onlyLeft: number;
  readonly onlyRight: number;
}

/** A side of the comparison: some events ahead, and how many went by. */
class Side {
  readonly ahead: TraceEvent[] = [];
  passed = 0;
  readonly #batches: Iterator<EventBatch>;
  #over = false;

  constructor(batches: Iterable<EventBatch>) {
    this.#batches = batches[Symbol.iterator]();
  }

  /** Makes so many events visible, or as many as there are. */
  look(count: number): number {
    while (this.ahead.length < count && !this.#over) {
      const { value, done } = this.#batches.next();
      if (done === true) this.#over = true;
      else for (let at = 0; at < value.length; at++) this.ahead.push(value.eventAt(at));
    }
    return Math.min(count, this.ahead.length);
  }

  take(count: number): TraceEvent[] {
    this.passed += count;
    return this.ahead.splice(0, count);
  }
}

/** Every place where they differ, in order; returns the sums. */
export function* differences(
  left: Iterable<EventBatch>,
  right: Iterable<EventBatch>,
): Generator<Hunk, DiffSummary, void> {
  const [one, two] = [new Side(left), new Side(right)];
  const sums = { agreeing: 0, onlyLeft: 0, onlyRight: 0 };
  for (;;) {
    const [ofOne, ofTwo] = [one.look(WINDOW), two.look(WINDOW)];
    if (ofOne === 0 && ofTwo === 0) return sums;
    const common = Math.min(ofOne, ofTwo);
    let same = 0;
    while (same < common && agree(one.ahead[same]!, two.ahead[same]!)) same++;
    if (same > 0) {
      one.take(same);
      two.take(same);
      sums.agreeing += same;
      continue;
    }
    const isLast = ofOne < WINDOW && ofTwo < WINDOW;
    yield* aligned(one, two, isLast ? WINDOW : DECIDED, sums);
  }
}

/** Takes up to `count` events of either side, so that as many as can be agree. */
function* aligned(
  one: Side,
  two: Side,
  count: number,
  sums: { agreeing: number; onlyLeft: number; onlyRight: number },
): Generator<Hunk, void, void> {
  const [ofOne, ofTwo] = [Math.min(WINDOW, one.ahead.length), Math.min(WINDOW, two.ahead.length)];
  const keys = new Map<string, number>();
  const numbered = (events: readonly TraceEvent[], length: number) =>
    Array.from({ length }, (_, at) => {
      const key = keyOf(events[at]!);
      const number = keys.get(key) ?? keys.size;
      keys.set(key, number);
      return number;
    });
  const [left, right] = [numbered(one.ahead, ofOne), numbered(two.ahead, ofTwo)];
  const common = commonLengths(left, right);
  const row = ofTwo + 1;
  for (let [at, other] = [0, 0]; at < count && other < count && (at < ofOne || other < ofTwo);) {
    const [from, otherFrom] = [at, other];
    while (at < count && other < count && (at < ofOne || other < ofTwo)) {
      if (at < ofOne && other < ofTwo && left[at] === right[other]) break;
      const without = at < ofOne ? common[(at + 1) * row + other]! : -1;
      const otherWithout = other < ofTwo ? common[at * row + other + 1]! : -1;
      if (without >= otherWithout) at++;
      else other++;
    }
    if (at > from || other > otherFrom) {
      const place = [one.passed, two.passed] as const;
      sums.onlyLeft += at - from;
      sums.onlyRight += other - otherFrom;
      yield { at: place, left: one.take(at - from), right: two.take(other - otherFrom) };
    }
    const begun = at;
    while (at < ofOne && other < ofTwo && left[at] === right[other]) {
      at++;
      other++;
    }
    sums.agreeing += at - begun;
    one.take(at - begun);
    two.take(at - begun);
  }
}

/** For each place on both sides, how many events from there on can agree, in order. */
function commonLengths(left: readonly number[], right: readonly number[]): Uint16Array {
  const row = right.length + 1;
  const common = new Uint16Array((left.length + 1) * row);
  for (let at = left.length - 1; at >= 0; at--) {
    for (let other = right.length - 1; other >= 0; other--) {
      const here = at * row + other;
      common[here] =
        left[at] === right[other]
          ? common[here + row + 1]! + 1
          : Math.max(common[here + row]!, common[here + 1]!);
    }
  }
  return common;
}

/** Whether two events say the same, but for their times. */
export function agree(one: TraceEvent, two: TraceEvent): boolean {
  return (
    one.kind === two.kind &&
    one.space === two.space &&
    one.address === two.address &&
    one.size === two.size &&
    one.value === two.value &&
    one.high === two.high &&
    one.text === two.text &&
    sameBytes(one.bytes, two.bytes)
  );
}

function sameBytes(one: Uint8Array | undefined, two: Uint8Array | undefined): boolean {
  if (one === undefined || two === undefined) return one === two;
  return one.length === two.length && one.every((byte, at) => byte === two[at]);
}

/** The same for events that agree. */
function keyOf({ kind, space, address, size, value, high, text = '', bytes }: TraceEvent): string {
  const payload = bytes === undefined ? '' : hashBytes(bytes);
  return `${kind} ${space} ${address} ${size} ${value} ${high} ${payload} ${text}`;
}
