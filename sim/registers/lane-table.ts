/**
 * The masks that an access needs, side by side for each lane: one typed array on the hot path.
 *
 * What a write does to a bit depends on the bit and on what is written there: four masks, the
 * `NEXT_`s, say for which bits the outcome is one, and cover every write effect without a branch.
 * Write-once bits are in them as bits that ignore writes; the bank opens them.
 */
import type { MaskName, Masks } from './compiled-map.ts';

/**
 * One object: who is fast takes from it constants of its own, which V8 folds into code. What a
 * module exports is loaded and checked at every use instead, even in that module itself.
 */
export const Column = {
  READABLE: 0,
  /** The next state where the bit is 0 or 1 (first digit) and 0 or 1 is written (second digit). */
  NEXT_00: 1,
  NEXT_01: 2,
  NEXT_10: 3,
  NEXT_11: 4,
  /** Bits whose change by a write is a side effect: cleared, set, toggled. */
  CLEARS: 5,
  SETS: 6,
  TOGGLES: 7,
  ONCE: 8,
  WRITABLE: 9,
  READ_CLEAR: 10,
  READ_SET: 11,
  RESERVED: 12,
  /** All bits whose change by a write is a side effect. */
  EFFECTS: 13,
  /** A lane's masks start at `lane << STRIDE_BITS`. */
  STRIDE_BITS: 4,
} as const;
const { READABLE, NEXT_00, NEXT_01, NEXT_10, NEXT_11, CLEARS, SETS, TOGGLES, ONCE } = Column;
const { WRITABLE, READ_CLEAR, READ_SET, RESERVED, EFFECTS, STRIDE_BITS } = Column;

const COLUMNS: readonly (readonly [column: number, from: readonly MaskName[]])[] = [
  [READABLE, ['readable']],
  [NEXT_00, ['set', 'w0s', 'w0t']],
  [NEXT_01, ['value', 'set', 'w1s', 'w1t']],
  [NEXT_10, ['set', 'w1c', 'w1s', 'w1t', 'w0s']],
  [NEXT_11, ['value', 'set', 'w1s', 'w0c', 'w0s', 'w0t']],
  [CLEARS, ['clear', 'w1c', 'w0c']],
  [SETS, ['set', 'w1s', 'w0s']],
  [TOGGLES, ['w1t', 'w0t']],
  [ONCE, ['once']],
  [WRITABLE, ['writable']],
  [READ_CLEAR, ['readClear']],
  [READ_SET, ['readSet']],
  [RESERVED, ['reserved']],
  [EFFECTS, ['clear', 'set', 'w1c', 'w1s', 'w1t', 'w0c', 'w0s', 'w0t']],
];

export function laneTable(masks: Masks): Uint32Array {
  const lanes = masks.defined.length;
  const table = new Uint32Array(lanes << STRIDE_BITS);
  for (let lane = 0; lane < lanes; lane++) {
    const base = lane << STRIDE_BITS;
    for (const [column, from] of COLUMNS) {
      table[base + column] = from.reduce((all, name) => all | (masks[name][lane] as number), 0);
    }
    // Bits that a write does not reach stay as they are.
    const kept = ~(masks.writable[lane] as number) | (masks.once[lane] as number);
    table[base + NEXT_10] = (table[base | NEXT_10] as number) | kept;
    table[base + NEXT_11] = (table[base | NEXT_11] as number) | kept;
  }
  return table;
}

/** The state after a write of the whole lane, but for write-once bits. */
export function nextOnWrite(
  table: Uint32Array,
  base: number,
  before: number,
  value: number,
): number {
  const whereOne =
    ((table[base | NEXT_10] as number) & ~value) | ((table[base | NEXT_11] as number) & value);
  const whereZero =
    ((table[base | NEXT_00] as number) & ~value) | ((table[base | NEXT_01] as number) & value);
  return (before & whereOne) | (~before & whereZero);
}

/** The bits whose state after a write does not depend on the state before it. */
export function fixedByWrite(table: Uint32Array, base: number, value: number): number {
  const onOnes = (table[base | NEXT_01] as number) ^ (table[base | NEXT_11] as number);
  const onZeros = (table[base | NEXT_00] as number) ^ (table[base | NEXT_10] as number);
  return (~onOnes & value) | (~onZeros & ~value);
}
