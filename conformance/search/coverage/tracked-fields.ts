/** Which registers of a map are followed, and which of their fields: those that hold a state. */
import type { CompiledMap, Field } from '../../../sim/registers/compile.ts';
import { mixed } from './feature-hash.ts';

export interface TrackedField {
  readonly id: number;
  /** Its bits in the low 32 of the register. */
  readonly mask: number;
}

export interface TrackedRegister {
  readonly at: number;
  readonly fields: readonly TrackedField[];
  /** All of them together. */
  readonly mask: number;
  /** Its place among the tracked of its map. */
  readonly index: number;
}

const LOW_LANE = 0xffff_ffff;
const known = new WeakMap<CompiledMap, ReadonlyMap<number, TrackedRegister>>();

/** By offset. Registers of other pages at the same offset share its entry. */
export function trackedRegisters(map: CompiledMap): ReadonlyMap<number, TrackedRegister> {
  let registers = known.get(map);
  if (registers === undefined) {
    registers = tracked(map);
    known.set(map, registers);
  }
  return registers;
}

function tracked(map: CompiledMap): Map<number, TrackedRegister> {
  const registers = new Map<number, TrackedRegister>();
  for (const { at, slot, fields } of map.registers) {
    const chosen = fields.filter(holdsState).map((field, index) => ({
      id: mixed(slot, index),
      mask: Number(field.mask) | 0,
    }));
    const before = registers.get(at);
    const all = [...(before?.fields ?? []), ...chosen];
    const mask = all.reduce((bits, field) => bits | field.mask, 0);
    const index = before?.index ?? registers.size;
    registers.set(at, { at, fields: all, mask, index });
  }
  return registers;
}

/** Flags, and what has names for its values; numbers and data are no states. */
function holdsState({ msb, lsb, values, mask }: Field): boolean {
  return (msb === lsb || values !== undefined) && mask <= LOW_LANE;
}
