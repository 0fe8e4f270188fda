/**
 * Which registers, bits, values, sizes and side effects an execution touched. Always on; counters
 * live in typed arrays that the bank (or an observer of a foreign device) increments.
 */
import type { CompiledMap } from './compile.ts';

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
  /** By slot * 4 + log2(size). */
  readonly sizes: Float64Array;
  readonly ones: Uint32Array;
  readonly zeros: Uint32Array;
  readonly effects: Float64Array;
  readonly refused = new Float64Array(REFUSALS.length);
  /** Values of up to five bits that an enumerated field has shown: one bit per value. */
  readonly values: Uint32Array;
  /** Per slot: enumerated fields as [index into values, lane offset, lsb, mask]; mostly empty. */
  readonly #enumerated: readonly (readonly (readonly [number, number, number, number])[])[];

  constructor(map: CompiledMap) {
    this.map = map;
    const slots = map.registers.length;
    this.reads = new Float64Array(slots);
    this.writes = new Float64Array(slots);
    this.sizes = new Float64Array(slots * 4);
    this.ones = new Uint32Array(map.lanes);
    this.zeros = new Uint32Array(map.lanes);
    this.effects = new Float64Array(slots * SIDE_EFFECTS.length);
    const { table, count } = enumerated(map);
    this.#enumerated = table;
    this.values = new Uint32Array(count);
  }

  /** Bits of a lane were seen by the driver, in a read or a write. */
  sawValues(slot: number, lane: number, value: number): void {
    const fields = this.#enumerated[slot] as (readonly [number, number, number, number])[];
    for (let index = 0; index < fields.length; index++) {
      const [at, offset, lsb, mask] = fields[index] as readonly [number, number, number, number];
      if (offset !== lane) continue;
      this.values[at] = (this.values[at] as number) | (1 << ((value >>> lsb) & mask));
    }
  }

  effect(slot: number, effect: SideEffect): void {
    const index = slot * SIDE_EFFECTS.length + SIDE_EFFECTS.indexOf(effect);
    this.effects[index] = (this.effects[index] as number) + 1;
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
    const added = ['reads', 'writes', 'sizes', 'effects', 'refused'] as const;
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
        const sizes = this.sizes.subarray(slot * 4, slot * 4 + 4);
        return {
          name: register.name,
          reads: this.reads[slot] ?? 0,
          writes: this.writes[slot] ?? 0,
          sizes: [sizes[0] ?? 0, sizes[1] ?? 0, sizes[2] ?? 0, sizes[3] ?? 0] as const,
          ones: lanes.map((at) => this.ones[at] ?? 0),
          zeros: lanes.map((at) => this.zeros[at] ?? 0),
          values: this.#valueNames(slot),
          effects: counts(
            SIDE_EFFECTS,
            (index) => this.effects[slot * SIDE_EFFECTS.length + index],
          ),
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
      const seen = this.values[tracked[index]?.[0] ?? 0] ?? 0;
      const entries = Object.entries(field.values ?? {});
      names[field.name] = entries.filter(([, at]) => (seen >>> at) & 1).map(([name]) => name);
    });
    return names;
  }
}

const TRACKED_BITS_MAX = 5;

function isTracked(field: CompiledMap['registers'][number]['fields'][number]): boolean {
  const sameLane = field.msb < 32 || field.lsb >= 32;
  return field.values !== undefined && field.msb - field.lsb < TRACKED_BITS_MAX && sameLane;
}

function enumerated(map: CompiledMap) {
  let count = 0;
  const table = map.registers.map(({ fields, lane }) =>
    fields.filter(isTracked).map(({ msb, lsb }) => {
      const at = count++;
      const width = msb - lsb + 1;
      return [at, lsb >= 32 ? lane + 1 : lane, lsb % 32, (1 << width) - 1] as const;
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
