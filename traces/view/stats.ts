/** What a trace holds, in figures: counted as it passes, in memory that stays as it is. */
import type { EventBatch } from '../format/batch.ts';
import { KIND_NAMES, TraceKind } from '../format/event.ts';
import { PollWatcher } from './polls.ts';
import type { RegisterView } from './register-view.ts';

/** Places that are counted apart; what comes later counts as others. */
const PLACES_MAX = 4096;
export const OTHER_PLACES = 'others';

export interface PlaceCount {
  reads: number;
  writes: number;
  /** Reads that only repeated the one before. */
  polls: number;
}

export interface KindCount {
  events: number;
  /** Bytes of payload that the trace has. */
  bytes: number;
}

export class TraceStats {
  events = 0;
  firstNs = 0;
  lastNs = 0;
  /** The longest time between two events that follow each other, and the number of the second. */
  longestGapNs = 0;
  longestGapAt = 0;
  polls = 0;
  readonly kinds = new Map<string, KindCount>();
  /** By name of the register, or place where no map names it. */
  readonly places = new Map<string, PlaceCount>();
  readonly #view: RegisterView;
  readonly #polls = new PollWatcher();
  readonly #kindCounts: KindCount[] = [];
  /** By space and address, so that a place costs no text for each event. */
  readonly #placeCounts = new Map<number, PlaceCount>();

  constructor(view: RegisterView) {
    this.#view = view;
  }

  add(batch: EventBatch): void {
    for (let index = 0; index < batch.length; index++) this.#event(batch, index);
  }

  #event(batch: EventBatch, index: number): void {
    const timeNs = batch.timesNs[index] as number;
    const kind = batch.kinds[index] as TraceKind;
    if (this.events === 0) this.firstNs = timeNs;
    else if (timeNs - this.lastNs > this.longestGapNs) {
      this.longestGapNs = timeNs - this.lastNs;
      this.longestGapAt = this.events;
    }
    this.events++;
    this.lastNs = timeNs;
    const count = (this.#kindCounts[kind] ??= this.#newKind(kind));
    count.events++;
    count.bytes += batch.bytesAt(index)?.length ?? 0;
    const register = this.#view.registerAt(batch, index);
    const repeats = this.#polls.repeats(batch, index, register);
    if (repeats) this.polls++;
    const isRead = kind === TraceKind.Read || kind === TraceKind.ConfigRead;
    if (!isRead && kind !== TraceKind.Write && kind !== TraceKind.ConfigWrite) return;
    const place =
      register === undefined ? this.#unnamed(batch, index, kind) : this.#named(register.name);
    if (isRead) place.reads++;
    else place.writes++;
    if (repeats) place.polls++;
  }

  #newKind(kind: TraceKind): KindCount {
    const count = { events: 0, bytes: 0 };
    this.kinds.set(KIND_NAMES.get(kind) ?? '', count);
    return count;
  }

  #unnamed(batch: EventBatch, index: number, kind: TraceKind): PlaceCount {
    const isConfig = kind === TraceKind.ConfigRead || kind === TraceKind.ConfigWrite;
    const space = isConfig ? SPACES : (batch.spaces[index] as number);
    const address = batch.addresses[index] as number;
    const key = address * (SPACES + 1) + space;
    const known = this.#placeCounts.get(key);
    if (known !== undefined) return known;
    const at = `0x${address.toString(16)}`;
    const count = this.#named(isConfig ? `config+${at}` : `BAR${space}+${at}`);
    if (this.#placeCounts.size < PLACES_MAX) this.#placeCounts.set(key, count);
    return count;
  }

  #named(name: string): PlaceCount {
    const key = this.places.size < PLACES_MAX || this.places.has(name) ? name : OTHER_PLACES;
    let count = this.places.get(key);
    if (count === undefined) {
      count = { reads: 0, writes: 0, polls: 0 };
      this.places.set(key, count);
    }
    return count;
  }
}

/** Spaces of accesses are BARs; configuration space counts as one more. */
const SPACES = 65_536;
