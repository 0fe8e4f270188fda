/** What every bank of one map shares: positions, and flags that tell plain accesses from others. */
import type { CompiledMap, MaskName, Register } from './compile.ts';

export const COMPOSED = 1;
export const READ_HOOK = 2;
export const READ_EFFECT = 4;
export const GAP = 8;
export const WRITE_HOOK = 16;
export const WRITE_EFFECT = 32;
export const ENUMERATED = 64;
export const WIDE = 128;
export const SLOW_READ = COMPOSED | READ_HOOK | READ_EFFECT | GAP | ENUMERATED | WIDE;
export const SLOW_WRITE = GAP | WRITE_HOOK | WRITE_EFFECT | ENUMERATED | WIDE;

export interface BankTables {
  readonly at: Uint32Array;
  /** The size of an access that is exactly this register; 0 if its map refuses that size. */
  readonly whole: Uint8Array;
  readonly lane: Uint32Array;
  readonly flags: Uint8Array;
}

const tables = new WeakMap<CompiledMap, BankTables>();

export function tablesOf(map: CompiledMap): BankTables {
  const known = tables.get(map);
  if (known !== undefined) return known;
  const { registers } = map;
  const made = {
    at: Uint32Array.from(registers, ({ at }) => at),
    whole: Uint8Array.from(registers, ({ bytes, sizes }) => (sizes.includes(bytes) ? bytes : 0)),
    lane: Uint32Array.from(registers, ({ lane }) => lane),
    flags: Uint8Array.from(registers, (register) => declaredFlags(map, register)),
  };
  tables.set(map, made);
  return made;
}

const EFFECTS = ['clear', 'set', 'w1c', 'w1s', 'w1t', 'w0c', 'w0s', 'w0t', 'once'] as const;

function declaredFlags({ masks }: CompiledMap, { lane, bytes, fields }: Register): number {
  const any = (...names: MaskName[]) =>
    names.some((name) => masks[name][lane] !== 0 || (bytes === 8 && masks[name][lane + 1] !== 0));
  return (
    (any('readClear', 'readSet') ? READ_EFFECT : 0) |
    (any('gap') ? GAP : 0) |
    (any(...EFFECTS) ? WRITE_EFFECT : 0) |
    (fields.some(({ values }) => values !== undefined) ? ENUMERATED : 0) |
    (bytes === 8 ? WIDE : 0)
  );
}
