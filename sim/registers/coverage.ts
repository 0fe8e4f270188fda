/**
 * Which registers, bits, values, sizes and side effects an execution touched. Always on; counters
 * live in typed arrays that the bank (or an observer of a foreign device) increments.
 */
import type { CompiledMap, Register } from './compile.ts';
import type { AccessSize } from './declare.ts';
import { Column } from './lane-table.ts';

const { CLEARS, SETS, TOGGLES, STRIDE_BITS } = Column;

/** What can go wrong with an access, as counted. */
export const REFUSALS = ['undefined', 'size', 'unaligned', 'read-only', 'write-only'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Side effects that change something, as counted. */
export const SIDE_EFFECTS = [
  'read-clear',
  'read-set',
  'write-clear',
  'write-set',
  'write-toggle',
  'write-once',
  'write-once-ignored',
] as const;
export type SideEffect = (typeof SIDE_EFFECTS)[number];

/** The places of side effects in `SIDE_EFFECTS`: what counts them. */
export const Effect = {
  READ_CLEAR: 0,
  READ_SET: 1,
  WRITE_CLEAR: 2,
  WRITE_SET: 3,
  WRITE_TOGGLE: 4,
  WRITE_ONCE: 5,
  ONCE_IGNORED: 6,
} as const;
const { WRITE_CLEAR, WRITE_SET, WRITE_TOGGLE } = Effect;
const EFFECTS = SIDE_EFFECTS.length;

/** Small and mergeable: plain numbers, keyed by register and field name. */
export interface CoverageRecord {
  readonly map: string;
  readonly registers: readonly {
    readonly name: string;
    readonly reads: number;
    readonly writes: number;
    /** Accesses by size in bytes: 1, 2, 4, 8. */
    readonly sizes: readonly [number, number, number, number];
    /** Bits seen as one and as zero, low lane first. */
    readonly ones: readonly number[];
    readonly zeros: readonly number[];
    readonly values: Readonly<Record<string, readonly string[]>>;
    readonly effects: Readonly<Partial<Record<SideEffect, number>>>;
  }[];
  readonly refused: Readonly<Partial<Record<Refusal, number>>>;
}

export class RegisterCoverage {
  readonly map: CompiledMap;
  readonly reads: Float64Array;
  readonly writes: Float64Array;
  /** Accesses of another size than the register's, by slot * 4 + log2(size). */
  readonly otherSizes: Float64Array;
  readonly ones: Uint32Array;
  readonly zeros: Uint32Array;
  readonly effects: Float64Array;
  readonly refused = new Float64Array(REFUSALS.length);
  /** Values of up to five bits that an enumerated field has shown: one bit per value. */
  readonly values: Uint32Array;
  /** Per slot; mostly empty. */
  readonly #enumerated: readonly (readonly Enumerated[])[];

  /** `seen` is storage for `ones` and `zeros`, that a bank keeps beside its state. */
  constructor(map: CompiledMap, seen: Uint32Array = new Uint32Array(map.lanes * 2)) {
    this.map = map;
    const slots = map.registers.length;
    this.reads = new Float64Array(slots);
    this.writes = new Float64Array(slots);
    this.otherSizes = new Float64Array(slots * 4);
    this.ones = seen.subarray(0, map.lanes);
    this.zeros = seen.subarray(map.lanes);
    this.effects = new Float64Array(slots * EFFECTS);
    const { table, count } = enumerated(map);
    this.#enumerated = table;
    this.values = new Uint32Array(count);
  }

  /** One read of a register of `bytes`, in an access of `size` bytes. */
  read(slot: number, size: AccessSize, bytes: AccessSize): void {
    this.reads[slot] = (this.reads[slot] as number) + 1;
    if (size !== bytes) this.#other(slot, size);
  }

  write(slot: number, size: AccessSize, bytes: AccessSize): void {
    this.writes[slot] = (this.writes[slot] as number) + 1;
    if (size !== bytes) this.#other(slot, size);
  }

  /** Bits of a lane were seen: `carried` are those that can be read, or written, and were. */
  saw(slot: number, lane: number, value: number, carried: number): void {
    this.ones[lane] = (this.ones[lane] as number) | (value & carried);
    this.zeros[lane] = (this.zeros[lane] as number) | (~value & carried);
    const fields = this.#enumerated[slot] as readonly Enumerated[];
    for (let index = 0; index < fields.length; index++) {
      const { at, inLane, lsb, mask } = fields[index] as Enumerated;
      if (inLane !== lane || ((carried >>> lsb) & mask) !== mask) continue;
      this.values[at] = (this.values[at] as number) | (1 << ((value >>> lsb) & mask));
    }
  }

  #other(slot: number, size: AccessSize): void {
    const at = slot * 4 + sizeIndex(size);
    this.otherSizes[at] = (this.otherSizes[at] as number) + 1;
  }

  /** Accesses by size: what is not of another size is of the register's own. */
  #sizes({ slot, bytes }: Register): [number, number, number, number] {
    const [one = 0, two = 0, four = 0, eight = 0] = this.otherSizes.subarray(
      slot * 4,
      slot * 4 + 4,
    );
    const all = (this.reads[slot] ?? 0) + (this.writes[slot] ?? 0);
    const sizes: [number, number, number, number] = [one, two, four, eight];
    sizes[sizeIndex(bytes)] = all - one - two - four - eight;
    return sizes;
  }

  /** `effect` is its place in `SIDE_EFFECTS`. */
  effect(slot: number, effect: number): void {
    const index = slot * EFFECTS + effect;
    this.effects[index] = (this.effects[index] as number) + 1;
  }

  /** A write changed these bits of a lane, which held `before`. */
  wrote(slot: number, lane: number, changed: number, before: number): void {
    const { table } = this.map;
    const base = lane << STRIDE_BITS;
    if ((changed & before & (table[base + CLEARS] as number)) !== 0) {
      this.effect(slot, WRITE_CLEAR);
    }
    if ((changed & ~before & (table[base + SETS] as number)) !== 0) this.effect(slot, WRITE_SET);
    if ((changed & (table[base + TOGGLES] as number)) !== 0) this.effect(slot, WRITE_TOGGLE);
  }

  refuse(what: Refusal): void {
    const index = REFUSALS.indexOf(what);
    this.refused[index] = (this.refused[index] as number) + 1;
  }

  /** Adds what another execution on the same map touched. */
  merge(other: RegisterCoverage): void {
    if (other.map !== this.map) {
      throw new TypeError(`Coverage of ${other.map.map.name} cannot join ${this.map.map.name}.`);
    }
    const added = ['reads', 'writes', 'otherSizes', 'effects', 'refused'] as const;
    for (const name of added) {
      other[name].forEach((count, index) => {
        this[name][index] = (this[name][index] as number) + count;
      });
    }
    for (const name of ['ones', 'zeros', 'values'] as const) {
      other[name].forEach((seen, index) => {
        this[name][index] = (this[name][index] as number) | seen;
      });
    }
  }

  record(): CoverageRecord {
    return {
      map: this.map.map.name,
      registers: this.map.registers.map((register) => {
        const { slot, lane } = register;
        const lanes = register.bytes === 8 ? [lane, lane + 1] : [lane];
        return {
          name: register.name,
          reads: this.reads[slot] ?? 0,
          writes: this.writes[slot] ?? 0,
          sizes: this.#sizes(register),
          ones: lanes.map((at) => this.ones[at] ?? 0),
          zeros: lanes.map((at) => this.zeros[at] ?? 0),
          values: this.#valueNames(slot),
          effects: counts(SIDE_EFFECTS, (index) => this.effects[slot * EFFECTS + index]),
        };
      }),
      refused: counts(REFUSALS, (index) => this.refused[index]),
    };
  }

  #valueNames(slot: number): Record<string, string[]> {
    const names: Record<string, string[]> = {};
    const tracked = this.#enumerated[slot] ?? [];
    const fields = this.map.registers[slot]?.fields.filter(isTracked) ?? [];
    fields.forEach((field, index) => {
      const seen = this.values[tracked[index]?.at ?? 0] ?? 0;
      const entries = Object.entries(field.values ?? {});
      names[field.name] = entries.filter(([, at]) => (seen >>> at) & 1).map(([name]) => name);
    });
    return names;
  }
}

/** 1, 2, 4, 8 become 0, 1, 2, 3. */
function sizeIndex(size: AccessSize): number {
  return size === 8 ? 3 : size >>> 1;
}

const TRACKED_BITS_MAX = 5;

function isTracked(field: CompiledMap['registers'][number]['fields'][number]): boolean {
  const sameLane = field.msb < 32 || field.lsb >= 32;
  return field.values !== undefined && field.msb - field.lsb < TRACKED_BITS_MAX && sameLane;
}

/** A field with named values: `at` is its place in `values`. */
interface Enumerated {
  readonly at: number;
  readonly inLane: number;
  readonly lsb: number;
  readonly mask: number;
}

function enumerated(map: CompiledMap): { table: Enumerated[][]; count: number } {
  let count = 0;
  const table = map.registers.map(({ fields, lane }) =>
    fields.filter(isTracked).map(({ msb, lsb }) => {
      const at = count++;
      const width = msb - lsb + 1;
      const inLane = lsb >= 32 ? lane + 1 : lane;
      return { at, inLane, lsb: lsb % 32, mask: (1 << width) - 1 };
    }),
  );
  return { table, count };
}

function counts<N extends string>(
  names: readonly N[],
  of: (index: number) => number | undefined,
): Partial<Record<N, number>> {
  const result: Partial<Record<N, number>> = {};
  names.forEach((name, index) => {
    const count = of(index) ?? 0;
    if (count > 0) result[name] = count;
  });
  return result;
}
