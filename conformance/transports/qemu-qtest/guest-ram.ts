/** The guest's RAM as a shared file: the memory that a device reaches by DMA. */
import { readSync, writeSync } from 'node:fs';

/** Below 1 MiB lie video memory and firmware. */
const FIRST_FREE = 0x10_0000;
const PAGE = 4096;

export interface Region {
  readonly address: number;
  readonly length: number;
}

export class GuestRam {
  readonly size: number;
  readonly #file: number;
  /** Sorted by address. */
  #used: Region[] = [];

  constructor(file: number, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** Zeroed memory. @throws RangeError when the arguments are no sizes, or memory is used up */
  allocate(length: number, alignment = PAGE): Region {
    if (!Number.isSafeInteger(length) || length < 1) {
      throw new RangeError(`${length} is no length: allocate 1 byte or more`);
    }
    if (!Number.isSafeInteger(alignment) || alignment < 1) {
      throw new RangeError(`${alignment} is no alignment: take 1 byte or more`);
    }
    let address = roundUp(FIRST_FREE, alignment);
    let index = 0;
    for (; index < this.#used.length; index++) {
      const next = this.#used[index]!;
      if (address + length <= next.address) break;
      address = roundUp(next.address + next.length, alignment);
    }
    if (address + length > this.size) {
      throw new RangeError(`${length} bytes are more than the target's memory has left`);
    }
    const region = { address, length };
    this.#used.splice(index, 0, region);
    this.write(address, new Uint8Array(length));
    return region;
  }

  free(region: Region): void {
    this.#used = this.#used.filter((it) => it !== region);
  }

  freeAll(): void {
    this.#used = [];
  }

  read(address: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    this.readInto(address, bytes);
    return bytes;
  }

  readInto(address: number, bytes: Uint8Array): void {
    this.#check(address, bytes.length);
    if (bytes.length > 0) readSync(this.#file, bytes, 0, bytes.length, address);
  }

  write(address: number, bytes: Uint8Array): void {
    this.#check(address, bytes.length);
    if (bytes.length > 0) writeSync(this.#file, bytes, 0, bytes.length, address);
  }

  #check(address: number, length: number): void {
    if (!(address >= 0 && address + length <= this.size)) {
      throw new RangeError(`${length} bytes at ${address} are outside the guest's memory`);
    }
  }
}

function roundUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
