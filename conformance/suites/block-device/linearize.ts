/**
 * Whether what was seen of one block can be explained: is there an order of the operations on it,
 * each at one moment between its call and its end, in which every read sees what was there?
 *
 * Just-in-time linearization (G. Lowe, "Testing for linearizability", 2017; from memory): a write
 * takes its place only when an operation ends that needs it. Reads do not change the block, so a
 * read takes the first place where it can. The state is one number, so what must be kept is the
 * set of (state, which of the pending operations have taken place): exact, and small as long as
 * few operations on one block are pending at once.
 *
 * What survives a power cut is one more read, with a place anywhere after all durable writes: then
 * no durable write is lost, and whatever came after may be.
 */
import type { Value } from './contents.ts';

/** A write that may leave the block as it was: half of what trim may do. */
export const SAME = Number.POSITIVE_INFINITY;

/** One operation as it concerns one block. Times are numbers that only order. */
export interface BlockOperation {
  readonly id: number;
  readonly invoked: number;
  /** Infinity: it never ended. */
  readonly returned: number;
  /** A read: what it saw. */
  readonly saw?: Value;
  /** A write: what it may leave. */
  readonly leaves?: readonly Value[];
  /** It ended with an error: it may have taken place until then, or not at all. */
  readonly failed: boolean;
  /** It must survive a power cut after the history. */
  readonly durable?: boolean;
}

export interface BlockHistory {
  readonly initial: Value;
  readonly operations: readonly BlockOperation[];
  /** What was there after a power cut, which ended the history. */
  readonly survivor?: Value;
  /** A driver that recovers may carry out a pending write again. */
  readonly repeats?: boolean;
}

export interface Impossible {
  /** The read that cannot be explained; undefined: the survivor. */
  readonly operation: BlockOperation | undefined;
  /** What it could have been. */
  readonly possible: readonly Value[];
}

/** Operations on one block that may be pending at once. */
export const PENDING_MAX = 40;
/** States of knowledge; beyond them the history is too concurrent to be judged. */
export const CONFIGURATIONS_MAX = 100_000;

interface Configuration {
  readonly state: Value;
  /** Sum of the weights of the pending operations that have taken place. */
  readonly done: number;
  readonly survived: boolean;
}

interface Pending {
  readonly operation: BlockOperation;
  readonly weight: number;
}

/** @throws RangeError when too much is pending at once */
export function impossible(history: BlockHistory): Impossible | undefined {
  const search = new Search(history);
  for (const { operation, isEnd } of eventsOf(history.operations)) {
    if (!isEnd) search.invoke(operation);
    else if (!search.end(operation)) return { operation, possible: search.possible() };
  }
  const { initial, operations, survivor } = history;
  if (survivor === undefined || search.survives()) return undefined;
  const values = new Set([initial, ...operations.flatMap(({ leaves = [] }) => leaves)]);
  values.delete(SAME);
  values.delete(survivor);
  return {
    operation: undefined,
    possible: [...values].filter((other) => couldSurvive(history, other)),
  };
}

function couldSurvive(history: BlockHistory, survivor: Value): boolean {
  const search = new Search({ ...history, survivor });
  for (const { operation, isEnd } of eventsOf(history.operations)) {
    if (isEnd) search.end(operation);
    else search.invoke(operation);
  }
  return search.survives();
}

function eventsOf(operations: readonly BlockOperation[]) {
  const events = operations.flatMap((operation) => [
    { at: operation.invoked, operation, isEnd: false },
    ...(operation.returned === Infinity
      ? []
      : [{ at: operation.returned, operation, isEnd: true }]),
  ]);
  return events.toSorted((a, b) => a.at - b.at);
}

class Search {
  readonly #survivor: Value | undefined;
  readonly #repeats: boolean;
  #configurations: readonly Configuration[];
  readonly #pending: Pending[] = [];
  /** Durable writes that were not called yet. */
  #durableToCome: number;

  constructor({ initial, operations, survivor, repeats = false }: BlockHistory) {
    this.#survivor = survivor;
    this.#repeats = repeats;
    this.#durableToCome = operations.filter(({ durable }) => durable).length;
    this.#configurations = [this.#absorbed(initial, 0, false)];
  }

  invoke(operation: BlockOperation): void {
    // A read that failed saw nothing.
    if (operation.saw === undefined && operation.leaves === undefined) return;
    this.#pending.push({ operation, weight: this.#freeWeight() });
    if (operation.durable) this.#durableToCome--;
    if (operation.saw !== undefined) {
      this.#configurations = this.#configurations.map(({ state, done, survived }) =>
        this.#absorbed(state, done, survived),
      );
    }
  }

  /** False when it cannot have ended so. */
  end(operation: BlockOperation): boolean {
    const index = this.#pending.findIndex((pending) => pending.operation === operation);
    const pending = this.#pending[index];
    if (pending === undefined) return true;
    const reached = this.#reaching(({ done }) => includes(done, pending.weight));
    if (reached.length === 0 && !operation.failed) return false;
    const kept = new Map<string, Configuration>();
    const add = (one: Configuration) => kept.set(keyOf(one), one);
    for (const { state, done, survived } of reached) {
      add({ state, done: done - pending.weight, survived });
    }
    if (operation.failed) {
      for (const one of this.#configurations) if (!includes(one.done, pending.weight)) add(one);
    }
    this.#pending.splice(index, 1);
    this.#configurations = [...kept.values()];
    return true;
  }

  /** States that the block may be in now. */
  possible(): Value[] {
    const states = new Set<Value>();
    this.#reaching(({ state }) => {
      states.add(state);
      return false;
    });
    return [...states];
  }

  survives(): boolean {
    return this.#reaching(({ survived }) => survived).length > 0;
  }

  /** Configurations that hold, by as few writes as possible from those that are. */
  #reaching(holds: (configuration: Configuration) => boolean): Configuration[] {
    if (this.#repeats) {
      return this.#configurations.flatMap((one) => this.#saturated(one)).filter(holds);
    }
    const found: Configuration[] = [];
    const seen = new Set<string>(this.#configurations.map(keyOf));
    const open = [...this.#configurations];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (holds(next)) {
        found.push(next);
        continue;
      }
      for (const follower of this.#followers(next)) {
        const key = keyOf(follower);
        if (seen.has(key)) continue;
        if (seen.size === CONFIGURATIONS_MAX) {
          throw new RangeError('Too many operations on one block are pending at once.');
        }
        seen.add(key);
        open.push(follower);
      }
    }
    return found;
  }

  /**
   * What follows where each pending write may take place again and again: then it is never worse
   * that more have taken place, so for each state that can be reached one configuration is enough.
   */
  #saturated(from: Configuration): Configuration[] {
    let kept = from;
    const put = (before: Configuration, value: Value, weight: number) => {
      const done = includes(before.done, weight) ? before.done : before.done + weight;
      return this.#absorbed(value, done, before.survived);
    };
    const writes = this.#pending.flatMap(({ operation, weight }) =>
      (operation.leaves ?? []).map((value) => ({ value, weight })),
    );
    for (const { value, weight } of writes)
      if (value === SAME) kept = put(kept, kept.state, weight);
    const changes = writes.filter(({ value }) => value !== SAME);
    let all = kept;
    // Twice: what survives a power cut comes after all durable writes.
    for (let pass = 0; pass < 2; pass++) {
      for (const { value, weight } of changes) all = put(all, value, weight);
    }
    return [kept, ...changes.map(({ value, weight }) => put(all, value, weight))];
  }

  *#followers({ state, done, survived }: Configuration): Iterable<Configuration> {
    for (const { operation, weight } of this.#pending) {
      const { leaves = [] } = operation;
      if (includes(done, weight)) continue;
      for (const value of leaves) {
        const next = value === SAME ? state : value;
        yield this.#absorbed(next, done + weight, survived);
      }
    }
  }

  /** With every read that can take place here. */
  #absorbed(state: Value, before: number, survivedBefore: boolean): Configuration {
    let done = before;
    let durable = this.#durableToCome === 0;
    for (const { operation, weight } of this.#pending) {
      if (operation.saw === state && !includes(done, weight)) done += weight;
      if (operation.durable && !includes(done, weight)) durable = false;
    }
    const survived = survivedBefore || (durable && state === this.#survivor);
    return { state, done, survived };
  }

  #freeWeight(): number {
    for (let exponent = 0; exponent < PENDING_MAX; exponent++) {
      const weight = 2 ** exponent;
      if (!this.#pending.some((pending) => pending.weight === weight)) return weight;
    }
    throw new RangeError(`More than ${PENDING_MAX} operations on one block are pending at once.`);
  }
}

function includes(done: number, weight: number): boolean {
  return Math.floor(done / weight) % 2 === 1;
}

function keyOf({ state, done, survived }: Configuration): string {
  return `${state} ${done} ${survived}`;
}
