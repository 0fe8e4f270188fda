/**
 * One simulated universe: a virtual clock in integer nanoseconds, one queue of events, seeded
 * randomness, a schedule and a journal. Nothing outside can influence it, unless it has a pace:
 * then time is shared with something real and passes as that allows.
 */
import { EventQueue, type ScheduledEvent } from './event-queue.ts';
import { Journal } from './journal.ts';
import { Random } from './random.ts';
import { inOrder, type Schedule } from './schedule.ts';

/** Time that is not ours alone: a stopped QEMU, a real device, the wall clock. */
export interface Pace {
  /** A driver spent this much time in accesses and delays, synchronously. */
  spend(ns: number): void;
  /**
   * Nothing is runnable until `until` (Infinity: no event is due). Lets real time pass, at the
   * most that far, and returns the time that it is now; earlier than `until` when something
   * happened outside. Returns `from` when nothing can ever happen.
   */
  idle(from: number, until: number): number | Promise<number>;
}

export interface WorldOptions {
  seed: number;
  /** Lets promises settle: resolves when no microtask is left. The host knows how. */
  settle: () => Promise<void>;
  schedule?: Schedule;
  pace?: Pace;
  journalCapacity?: number;
}

export interface Limits {
  /** Virtual nanoseconds from the start of the run. */
  virtualNs: number;
  events: number;
}
export const DEFAULT_LIMITS: Limits = { virtualNs: 600e9, events: 10_000_000 };

/** How a run ends. */
export type RunEnd<T> =
  | { end: 'returned'; value: T }
  | { end: 'threw'; error: unknown }
  /** The task waits and nothing can ever happen. */
  | { end: 'stuck' }
  | { end: 'over-budget'; budget: 'virtual time' | 'events' };

/** Breaks a driver out of a loop that it would never leave. Drivers must let it pass. */
export class Abort extends Error {
  override readonly name = 'Abort';
}

export class World {
  readonly seed: number;
  readonly journal: Journal;
  /** Choices that the schedule made, in order; the input that reproduces them. */
  readonly choices: number[] = [];
  now = 0;
  /** Something ran that may have resolved what a driver awaits: promises must settle. */
  unsettled = false;

  readonly #settle: () => Promise<void>;
  readonly #schedule: Schedule;
  readonly #pace: Pace | undefined;
  readonly #events = new EventQueue();
  readonly #ready: (() => void)[] = [];
  /** Who each of them comes from. */
  readonly #origins: object[] = [];
  readonly #streams = new Map<string, Random>();
  /** The next moment at which `advance` has something to do. */
  #alarm = Infinity;
  #deadline = Infinity;
  #eventsLeft = Infinity;
  #spent: 'virtual time' | 'events' | undefined;
  #running = false;

  constructor(options: WorldOptions) {
    this.seed = options.seed;
    this.#settle = options.settle;
    this.#schedule = options.schedule ?? inOrder;
    this.#pace = options.pace;
    this.journal = new Journal(options.journalCapacity);
  }

  /** The stream of this name; the same name gives the same stream. */
  random(name: string): Random {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new Random(this.seed, name);
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** Device-side action after a delay in nanoseconds. It must not wait, and not call drivers. */
  after(delayNs: number, action: () => void): ScheduledEvent {
    const time = this.now + Math.max(0, Math.round(delayNs));
    const event = this.#events.add(time, action);
    if (time < this.#alarm) this.#alarm = time;
    return event;
  }

  /**
   * A driver-side task becomes runnable; the schedule decides when it runs.
   * @param origin whose turn it is, such as a queue: schedules with priorities rank these
   */
  ready(task: () => void, origin: object = task): void {
    this.#ready.push(task);
    this.#origins.push(origin);
  }

  /** Whether driver-side tasks are waiting to run. */
  get busy(): boolean {
    return this.#ready.length > 0;
  }

  /** The driver spends time synchronously; device events that fall due happen. */
  advance(ns: number): void {
    const until = this.now + ns;
    if (this.#pace !== undefined) this.#pace.spend(ns);
    if (until < this.#alarm) {
      this.now = until;
      this.journal.now = until;
      return;
    }
    // Each event sees its own time, not the end of the wait: what it schedules follows from there.
    this.#happen(until);
    if (this.#spent !== undefined) throw new Abort(`The run is over its budget of ${this.#spent}.`);
  }

  /**
   * Runs a task to its end: whatever is runnable, then the next event, and so on.
   * One run at a time.
   */
  async run<T>(task: () => Promise<T> | T, limits: Limits = DEFAULT_LIMITS): Promise<RunEnd<T>> {
    if (this.#running) throw new Error('A world runs one task at a time; await the other run.');
    this.#running = true;
    this.#deadline = this.now + limits.virtualNs;
    this.#eventsLeft = limits.events;
    this.#spent = undefined;
    this.#setAlarm();
    try {
      return await this.#pump(task);
    } finally {
      this.#running = false;
      this.#deadline = Infinity;
      this.#eventsLeft = Infinity;
      this.#setAlarm();
    }
  }

  async #pump<T>(task: () => Promise<T> | T): Promise<RunEnd<T>> {
    const outcome: { end?: RunEnd<T> } = {};
    start(task, outcome);
    await this.#settle();
    for (;;) {
      // A task that ended because the budget broke it out of a loop is over budget, not failed.
      if (this.#spent !== undefined) return { end: 'over-budget', budget: this.#spent };
      if (outcome.end !== undefined) return outcome.end;
      const next = this.#pick();
      if (next !== undefined) {
        // Driver code may have resolved promises of its own.
        this.unsettled = true;
        next();
      } else if (!(this.#pace === undefined ? this.#proceed() : await this.#idle(this.#pace))) {
        return { end: 'stuck' };
      }
      if (this.unsettled) {
        this.unsettled = false;
        await this.#settle();
      }
    }
  }

  #pick(): (() => void) | undefined {
    const { length } = this.#ready;
    if (length > 0 && this.#eventsLeft-- <= 0) this.#spent = 'events';
    if (length <= 1) {
      this.#origins.pop();
      return this.#ready.pop();
    }
    const choice = this.#schedule.choose(length, this.#origins);
    this.choices.push(choice);
    this.#origins.splice(choice, 1);
    return this.#ready.splice(choice, 1)[0];
  }

  /** Moves to the next event; false when there is none and never will be. */
  #proceed(): boolean {
    const due = this.#events.nextTime();
    if (due === Infinity) return false;
    this.#happen(Math.min(due, this.#deadline));
    return true;
  }

  /** As `#proceed`, in time that is shared with something real. */
  async #idle(pace: Pace): Promise<boolean> {
    const due = this.#events.nextTime();
    const next = Math.min(due, this.#deadline);
    const reached = await pace.idle(this.now, due === Infinity ? due : next);
    // Outside things may have made driver-side tasks runnable without any time passing.
    if (this.#ready.length > 0) {
      this.#happen(Math.max(reached, this.now));
      return true;
    }
    if (reached === this.now && due === Infinity) return false;
    this.unsettled = true;
    this.#happen(Math.max(reached, this.now));
    return true;
  }

  /** Everything due until `time` happens, in order; then it is that time. */
  #happen(time: number): void {
    for (;;) {
      const next = this.#events.nextTime();
      if (next > time) break;
      if (this.#eventsLeft-- <= 0) {
        this.#spent = 'events';
        return;
      }
      this.now = Math.max(this.now, next);
      this.journal.now = this.now;
      this.#events.take().action?.();
    }
    this.now = time;
    this.journal.now = time;
    this.#setAlarm();
    if (time >= this.#deadline) this.#spent = 'virtual time';
  }

  #setAlarm(): void {
    this.#alarm = Math.min(this.#events.nextTime(), this.#deadline);
  }
}

function start<T>(task: () => Promise<T> | T, outcome: { end?: RunEnd<T> }): void {
  try {
    const result = task();
    if (result instanceof Promise) {
      result.then(
        (value) => (outcome.end = { end: 'returned', value }),
        (error: unknown) => (outcome.end = { end: 'threw', error }),
      );
    } else {
      outcome.end = { end: 'returned', value: result };
    }
  } catch (error) {
    outcome.end = { end: 'threw', error };
  }
}
