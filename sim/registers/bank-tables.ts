/**
 * What every bank of one map shares: for each register what its plain accesses need, in one word,
 * and where registers start. Entries are slot + 1, so that 0 is no register.
 */
import type { CompiledMap, Register } from './compiled-map.ts';

const COMPOSED = 1 << 4;
const READ_HOOK = 1 << 5;
const GAP = 1 << 6;
const WRITE_HOOK = 1 << 7;
const ENUMERATED = 1 << 8;
const WIDE = 1 << 9;
const ONCE_FLAG = 1 << 10;
const LANE_SHIFT = 11;

/** What the word of an entry says; to be taken into constants of one's own, see `Column`. */
export const Info = {
  /** Bits 0 .. 3: the size of an access that is exactly this register, if its map takes it. */
  SIZE: 15,
  COMPOSED,
  READ_HOOK,
  GAP,
  WRITE_HOOK,
  WIDE,
  SLOW_READ: COMPOSED | READ_HOOK | GAP | ENUMERATED | WIDE,
  SLOW_WRITE: GAP | WRITE_HOOK | ENUMERATED | WIDE | ONCE_FLAG,
  /** The lane is in the bits from here on. */
  LANE_SHIFT,
} as const;

/** Offsets below this are decoded by one look. */
const NEAR_MAX = 1 << 16;

export interface BankTables {
  /** By entry. */
  readonly info: Uint32Array;
  /** By page and offset: the entry of the register that starts there. */
  readonly read: readonly Uint16Array[];
  readonly write: readonly Uint16Array[];
}

const tables = new WeakMap<CompiledMap, BankTables>();

export function tablesOf(map: CompiledMap): BankTables {
  const known = tables.get(map);
  if (known !== undefined) return known;
  const near = Math.min(map.extent, NEAR_MAX);
  const starts = () => map.pages.map(() => new Uint16Array(near));
  const made = {
    info: Uint32Array.from([0, ...map.registers.map((register) => declaredInfo(map, register))]),
    read: starts(),
    write: starts(),
  };
  for (const register of map.registers) {
    for (const [page, read] of made.read.entries()) {
      const write = made.write[page] as Uint16Array;
      const { at, slot } = register;
      if (at >= near) continue;
      if (map.find('read', page, at) === register) read[at] = slot + 1;
      if (map.find('write', page, at) === register) write[at] = slot + 1;
    }
  }
  tables.set(map, made);
  return made;
}

function declaredInfo({ masks }: CompiledMap, register: Register): number {
  const { lane, bytes, fields, sizes } = register;
  const any = (mask: Uint32Array) => mask[lane] !== 0 || (bytes === 8 && mask[lane + 1] !== 0);
  return (
    (sizes.includes(bytes) ? bytes : 0) |
    (any(masks.gap) ? GAP : 0) |
    (any(masks.once) ? ONCE_FLAG : 0) |
    (fields.some(({ values }) => values !== undefined) ? ENUMERATED : 0) |
    (bytes === 8 ? WIDE : 0) |
    (lane << LANE_SHIFT)
  );
}
