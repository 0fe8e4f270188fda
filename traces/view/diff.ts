/**
 * Two traces side by side: events that agree, and those that only one of them has. Times do not
 * count. It looks ahead a bounded way on both sides for the place from which they agree again, so
 * that memory stays as it is; past that way everything is different, and it says so.
 */
import type { EventBatch } from '../format/batch.ts';
import type { TraceEvent } from '../format/event.ts';

/** How far ahead it looks for agreement on either side, in events. */
const WINDOW = 1024;
/** Events in a row that must agree before it believes that they do. */
const AGREEING = 3;

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
    const [skipOne, skipTwo] = resync(one.ahead, two.ahead, ofOne, ofTwo);
    const at = [one.passed, two.passed] as const;
    const hunk = { at, left: one.take(skipOne), right: two.take(skipTwo) };
    sums.onlyLeft += skipOne;
    sums.onlyRight += skipTwo;
    yield hunk;
  }
}

/** How many to pass on either side until they agree: the fewest together. */
function resync(
  one: readonly TraceEvent[],
  two: readonly TraceEvent[],
  ofOne: number,
  ofTwo: number,
): [number, number] {
  const keys = new Map<string, number[]>();
  for (let at = 0; at < ofTwo; at++) {
    const key = keyOf(two[at]!);
    const places = keys.get(key);
    if (places === undefined) keys.set(key, [at]);
    else places.push(at);
  }
  let best: [number, number] = [ofOne, ofTwo];
  for (let skip = 0; skip < ofOne && skip < best[0] + best[1]; skip++) {
    for (const other of keys.get(keyOf(one[skip]!)) ?? []) {
      if (skip + other >= best[0] + best[1]) break;
      if (agreeOn(one, two, skip, other, ofOne, ofTwo)) {
        best = [skip, other];
        break;
      }
    }
  }
  return best;
}

function agreeOn(
  one: readonly TraceEvent[],
  two: readonly TraceEvent[],
  from: number,
  other: number,
  ofOne: number,
  ofTwo: number,
): boolean {
  const count = Math.min(AGREEING, ofOne - from, ofTwo - other);
  // At the end of one side there is nothing more to agree on.
  for (let at = 0; at < count; at++) {
    if (!agree(one[from + at]!, two[other + at]!)) return false;
  }
  return count > 0;
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

/** The same for events that may agree. */
function keyOf({ kind, space, address, size, value, high, text = '' }: TraceEvent): string {
  return `${kind} ${space} ${address} ${size} ${value} ${high} ${text}`;
}
