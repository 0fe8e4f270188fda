/**
 * Accesses of a trace as registers and fields, by the maps of its device. Pages (a divisor
 * latch, say) are followed by the writes that select them, from the beginning of the trace on.
 */
import { type CompiledMap, type Register } from '../../sim/registers/compile.ts';
import { extract } from '../../sim/registers/driver-access.ts';
import { joined } from '../../sim/registers/split.ts';
import type { EventBatch } from '../format/batch.ts';
import { TraceKind } from '../format/event.ts';

export interface FieldValue {
  readonly name: string;
  readonly value: number;
  /** The name of an enumerated value. */
  readonly meaning?: string;
}

interface Paged {
  readonly map: CompiledMap;
  /** The field that selects the page, where the map has pages. */
  readonly selector: { register: Register; msb: number; lsb: number } | undefined;
  page: number;
}

const READING = ['read', 'write'] as const;
const WRITING = ['write', 'read'] as const;

export class RegisterView {
  readonly #spaces = new Map<number, Paged>();

  /** Maps by BAR, as of a target's hardware. */
  constructor(maps: ReadonlyMap<number, CompiledMap>) {
    for (const [space, map] of maps) {
      this.#spaces.set(space, { map, selector: selectorOf(map), page: 0 });
    }
  }

  /**
   * The register that an access hits, or undefined: unknown, no access, or only a part of one.
   * Call it for every event in order, so that pages are followed.
   */
  registerAt(batch: EventBatch, index: number): Register | undefined {
    const kind = batch.kinds[index] as TraceKind;
    if (kind !== TraceKind.Read && kind !== TraceKind.Write) return undefined;
    const space = this.#spaces.get(batch.spaces[index] as number);
    if (space === undefined) return undefined;
    const [side, other] = kind === TraceKind.Read ? READING : WRITING;
    const address = batch.addresses[index] as number;
    if (address >= space.map.extent) return undefined;
    // A write to what is only read is named all the same.
    const register =
      space.map.find(side, space.page, address) ?? space.map.find(other, space.page, address);
    const { selector } = space;
    if (selector !== undefined && kind === TraceKind.Write && register === selector.register) {
      space.page = extract(batch.values[index] as number, selector.msb, selector.lsb) >>> 0;
    }
    return register?.at === address ? register : undefined;
  }
}

function selectorOf(map: CompiledMap): Paged['selector'] {
  const [registerName, fieldName] = map.map.pageBy ?? [];
  const register = map.byName.get(registerName ?? '');
  const field = register?.fields.find(({ name }) => name === fieldName);
  if (register === undefined || field === undefined) return undefined;
  return { register, msb: field.msb, lsb: field.lsb };
}

/** The fields of a register in an access's value. */
export function fieldsOf(register: Register, value: number, high: number): FieldValue[] {
  const whole = register.bytes === 8 ? joined(value, high) : value;
  return register.fields.map(({ name, msb, lsb, values }) => {
    const part = extract(whole, msb, lsb) >>> 0;
    const meaning = Object.entries(values ?? {}).find(([, number]) => number === part)?.[0];
    return meaning === undefined ? { name, value: part } : { name, value: part, meaning };
  });
}
