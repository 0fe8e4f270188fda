/**
 * Accesses of a trace as registers and fields, by the maps of its device. Pages (a divisor
 * latch, say) are followed by the writes that select them, from the beginning of the trace on.
 */
import type { CompiledMap, Register } from '../../sim/registers/compile.ts';
import { extract } from '../../sim/registers/driver-access.ts';
import { joined } from '../../sim/registers/split.ts';
import type { EventBatch } from '../format/batch.ts';
import { TraceKind } from '../format/event.ts';
import { PageFollower } from './page-follower.ts';

export interface FieldValue {
  readonly name: string;
  readonly value: number;
  /** The name of an enumerated value. */
  readonly meaning?: string;
}

export class RegisterView {
  readonly #spaces = new Map<number, PageFollower>();

  /** Maps by BAR, as of a target's hardware. */
  constructor(maps: ReadonlyMap<number, CompiledMap>) {
    for (const [space, map] of maps) this.#spaces.set(space, new PageFollower(map));
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
    const address = batch.addresses[index] as number;
    const isWrite = kind === TraceKind.Write;
    const register = space.register(isWrite ? 'write' : 'read', address);
    if (isWrite) space.wrote(address, batch.values[index] as number);
    return register?.at === address ? register : undefined;
  }
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
