/** IOMemoryMap (DriverKit): the driver's window on memory, each access checked and journaled. */
import { EventKind } from '../../sim/kernel/journal.ts';
import { fail } from './io-return.ts';
import type { MemoryOwner, MemoryRange } from './memory-range.ts';

/** What is mapped. */
interface MappedMemory {
  readonly owner: MemoryOwner;
  readonly released: boolean;
  GetLength(): number;
  /** The one range that it is made of, where that is so. */
  readonly single: MemoryRange | undefined;
  ranges(offset: number, length: number): MemoryRange[];
}

export class IOMemoryMap {
  readonly #memory: MappedMemory;

  constructor(memory: MappedMemory) {
    this.#memory = memory;
  }

  GetLength(): number {
    return this.#memory.GetLength();
  }

  /** @throws kIOReturnVMError outside of the memory and after its release */
  read(offset: number, length: number): Uint8Array {
    this.#check(offset, length);
    const { journal } = this.#memory.owner.host.world;
    const only = this.#memory.single;
    if (only !== undefined) {
      const at = only.offset + offset;
      const { buffer } = only.backing;
      const bytes = buffer.read(at, length);
      journal.recordBytes(EventKind.BufferRead, 0, (buffer.address ?? 0) + at, bytes);
      return bytes;
    }
    const bytes = new Uint8Array(length);
    let done = 0;
    for (const range of this.#memory.ranges(offset, length)) {
      const { buffer } = range.backing;
      const part = buffer.read(range.offset, range.length);
      journal.recordBytes(EventKind.BufferRead, 0, (buffer.address ?? 0) + range.offset, part);
      bytes.set(part, done);
      done += part.length;
    }
    return bytes;
  }

  /** @throws kIOReturnVMError outside of the memory and after its release */
  write(offset: number, bytes: Uint8Array): void {
    this.#check(offset, bytes.length);
    const { journal } = this.#memory.owner.host.world;
    const only = this.#memory.single;
    if (only !== undefined) {
      const at = only.offset + offset;
      const { buffer } = only.backing;
      buffer.write(at, bytes);
      journal.recordBytes(EventKind.BufferWrite, 0, (buffer.address ?? 0) + at, bytes);
      return;
    }
    let done = 0;
    for (const range of this.#memory.ranges(offset, bytes.length)) {
      const { buffer } = range.backing;
      const part = bytes.subarray(done, done + range.length);
      buffer.write(range.offset, part);
      journal.recordBytes(EventKind.BufferWrite, 0, (buffer.address ?? 0) + range.offset, part);
      done += part.length;
    }
  }

  #check(offset: number, length: number): void {
    if (this.#memory.released) this.#violate('memory after its release');
    const whole = Number.isInteger(offset) && Number.isInteger(length);
    const bytes = this.#memory.GetLength();
    if (whole && offset >= 0 && length >= 0 && offset + length <= bytes) return;
    this.#violate(`bytes ${offset} to ${offset + length} of memory of ${bytes}`);
  }

  #violate(what: string): never {
    this.#memory.owner.host.violate('HOST-MEMORY', `the driver touches ${what}`);
    fail('kIOReturnVMError', `no access to ${what}`);
  }
}
