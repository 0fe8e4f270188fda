/**
 * Polls: reads of one register that give the same value again and again, with nothing between. Only
 * reads that change nothing are polls: where the map says that one took something, each counts.
 */
import type { Register } from '../../sim/registers/compile.ts';
import { extract } from '../../sim/registers/driver-access.ts';
import { joined } from '../../sim/registers/split.ts';
import type { EventBatch } from '../format/batch.ts';
import { TraceKind } from '../format/event.ts';

export class PollWatcher {
  #kind = 0;
  #space = 0;
  #address = -1;
  #size = 0;
  #value = 0;
  #high = 0;

  /** Whether this event repeats the one before it. Call it for every event in order. */
  repeats(batch: EventBatch, index: number, register: Register | undefined): boolean {
    const kind = batch.kinds[index] as number;
    const isRead = kind === TraceKind.Read || kind === TraceKind.ConfigRead;
    if (!isRead) {
      this.#address = -1;
      return false;
    }
    const space = batch.spaces[index] as number;
    const address = batch.addresses[index] as number;
    const size = batch.sizes[index] as number;
    const value = batch.values[index] as number;
    const high = batch.highs[index] as number;
    const same =
      kind === this.#kind &&
      space === this.#space &&
      address === this.#address &&
      size === this.#size &&
      value === this.#value &&
      high === this.#high;
    this.#kind = kind;
    this.#space = space;
    this.#address = address;
    this.#size = size;
    this.#value = value;
    this.#high = high;
    return same && !(register !== undefined && readTakes(register, value, high));
  }
}

/** Whether a read that gave this value changed something, by the map. */
function readTakes({ bytes, fields, declaration }: Register, value: number, high: number): boolean {
  // A read that takes something out of a queue is no effect on a field, but the map excludes it.
  if (declaration.exclude?.['read-effects'] !== undefined) return true;
  const whole = bytes === 8 ? joined(value, high) : value;
  return fields.some(({ read, msb, lsb }) => {
    if (read === 'clear') return extract(whole, msb, lsb) !== 0;
    return read === 'set' && extract(whole, msb, lsb) >>> 0 !== 2 ** (msb - lsb + 1) - 1;
  });
}
