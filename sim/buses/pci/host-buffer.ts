/** Memory of the simulated host: bytes with bounds and a lifetime. */
import type { DmaBuffer } from './function.ts';

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
    return this.bytes.slice(offset, offset + length);
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
