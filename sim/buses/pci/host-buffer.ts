/** Memory of the simulated host: bytes with bounds and a lifetime. */
import type { DmaBuffer } from './function.ts';

/** A typed array's own copying is dearer than a loop for fewer bytes than about this. */
const COPIED_BY_BYTE_MAX = 64;

export function copyOf(bytes: Uint8Array, from: number, length: number): Uint8Array {
  if (length > COPIED_BY_BYTE_MAX) return bytes.slice(from, from + length);
  const copy = new Uint8Array(length);
  for (let at = 0; at < length; at++) copy[at] = bytes[from + at] as number;
  return copy;
}

export class HostBuffer implements DmaBuffer {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly alignment: number;
  readonly #freed: () => void;
  #live = true;

  constructor(place: { address: number; length: number; alignment: number }, freed: () => void) {
    this.address = place.address;
    this.bytes = new Uint8Array(place.length);
    this.alignment = place.alignment;
    this.#freed = freed;
  }

  get length(): number {
    return this.bytes.length;
  }

  get live(): boolean {
    return this.#live;
  }

  read(offset: number, length: number): Uint8Array {
    this.#check(offset, length);
    return copyOf(this.bytes, offset, length);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#check(offset, bytes.length);
    this.bytes.set(bytes, offset);
  }

  free(): void {
    if (!this.#live) throw new RangeError('This buffer is free already.');
    this.#live = false;
    this.#freed();
  }

  #check(offset: number, length: number): void {
    if (!this.#live) throw new RangeError('This buffer is free; allocate another one.');
    if (!(offset >= 0 && length >= 0 && offset + length <= this.bytes.length)) {
      throw new RangeError(`Bytes ${offset} + ${length} leave a buffer of ${this.bytes.length}.`);
    }
  }
}
