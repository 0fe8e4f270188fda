/**
 * Mines a trace, in one pass and in memory that stays as it is: which places of each space are
 * accessed, how, and what their bits do. `claims.ts` says what follows from it.
 */
import type { AccessSize } from '../../sim/registers/declare.ts';
import type { EventBatch } from '../format/batch.ts';
import { TraceKind } from '../format/event.ts';
import { Evidence } from './evidence.ts';

/** Spaces that are followed. */
export const SPACES_MAX = 16;

/** What was seen of an offset. */
export interface Place {
  readonly at: number;
  /** Accesses by their size in bytes. */
  readonly reads: Map<AccessSize, number>;
  readonly writes: Map<AccessSize, number>;
  /** What the first read gave, where nothing had been written there before. */
  readonly first: bigint | undefined;
}

/** Spaces that a recording gives to tables of MSI-X in a BAR; see traces/corpus/README.md. */
const TABLES_FROM = 8;
const SIZES: ReadonlySet<number> = new Set([1, 2, 4, 8]);
/** A value that was read so often at once, and then another one, was waited for. */
const POLL_READS = 2;

export class SpaceMiner {
  readonly evidence = new Evidence();
  readonly places = new Map<number, Place>();
  /** Accesses in all, and those that could not be followed: no alignment, too many places. */
  accesses = 0;
  unaligned = 0;
  beyond = 0;
  readonly #bytes = new DataView(new ArrayBuffer(8));
  #lastAt = -1;
  #lastSize = 0;
  #lastRead = false;
  #lastValue = 0;
  #lastHigh = 0;
  #repeated = 0;

  access(isRead: boolean, at: number, size: number, value: number, high: number): void {
    this.accesses++;
    if (!SIZES.has(size) || at % size !== 0) {
      this.unaligned++;
      for (let byte = at; byte < at + size; byte++) this.evidence.forgetByte(byte);
      this.#lastAt = -1;
      return;
    }
    if (!this.evidence.admit(at, size)) {
      this.beyond++;
      this.#lastAt = -1;
      return;
    }
    this.#countPlace(isRead, at, size as AccessSize, value, high);
    const same = at === this.#lastAt && size === this.#lastSize;
    const atOnce = isRead && same && this.#lastRead;
    const repeats = atOnce && value === this.#lastValue && high === this.#lastHigh;
    const repeated = atOnce && !repeats && this.#repeated >= POLL_READS ? this.#repeated : 0;
    const afterWrite = this.#lastAt >= 0 && !same && !this.#lastRead;
    const around = { atOnce, afterWrite, repeated };
    this.#bytes.setUint32(0, value, true);
    this.#bytes.setUint32(4, high, true);
    for (let byte = 0; byte < size; byte++) {
      if (isRead) this.evidence.read(at + byte, this.#bytes.getUint8(byte), around);
      else this.evidence.write(at + byte, this.#bytes.getUint8(byte));
    }
    this.#repeated = repeats ? this.#repeated + 1 : 1;
    this.#lastAt = at;
    this.#lastSize = size;
    this.#lastRead = isRead;
    this.#lastValue = value;
    this.#lastHigh = high;
  }

  forget(): void {
    this.evidence.forget();
    this.#lastAt = -1;
  }

  #countPlace(isRead: boolean, at: number, size: AccessSize, value: number, high: number): void {
    let place = this.places.get(at);
    if (place === undefined) {
      const first = isRead ? BigInt(high) * 0x1_0000_0000n + BigInt(value) : undefined;
      place = { at, reads: new Map(), writes: new Map(), first };
      this.places.set(at, place);
    }
    const counts = isRead ? place.reads : place.writes;
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
}

export class Miner {
  readonly spaces = new Map<number, SpaceMiner>();
  /** Accesses to spaces beyond the bound. */
  beyond = 0;
  readonly #only: number | undefined;

  /** @param only the one space that is wanted; all of them without */
  constructor(only?: number) {
    this.#only = only;
  }

  add(batch: EventBatch): void {
    const { kinds, spaces, addresses, sizes, values, highs, length } = batch;
    for (let index = 0; index < length; index++) {
      const kind = kinds[index];
      if (kind === TraceKind.Reset || kind === TraceKind.Lost || kind === TraceKind.Removed) {
        for (const space of this.spaces.values()) space.forget();
      }
      if (kind !== TraceKind.Read && kind !== TraceKind.Write) continue;
      const space = this.#space(spaces[index]!);
      const [value, high] = [values[index]!, highs[index]!];
      space?.access(kind === TraceKind.Read, addresses[index]!, sizes[index]!, value, high);
    }
  }

  /** The BAR with most accesses, or else another space; undefined when there is none. */
  get busiest(): number | undefined {
    const isTable = (space: number) => Number(space >= TABLES_FROM);
    const all = [...this.spaces].toSorted(([one, { accesses }], [two, other]) => {
      return isTable(one) - isTable(two) || other.accesses - accesses;
    });
    return all[0]?.[0];
  }

  #space(number: number): SpaceMiner | undefined {
    if (this.#only !== undefined && number !== this.#only) return undefined;
    const known = this.spaces.get(number);
    if (known !== undefined) return known;
    if (this.spaces.size === SPACES_MAX) {
      this.beyond++;
      return undefined;
    }
    const space = new SpaceMiner();
    this.spaces.set(number, space);
    return space;
  }
}
