/** IOBufferMemoryDescriptor (DriverKit): memory that a driver allocates and a device can reach. */
import { IOMemoryDescriptor, requireDirection } from './io-memory-descriptor.ts';
import { fail } from './io-return.ts';
import type { Backing, MemoryOwner } from './memory-range.ts';

export class IOBufferMemoryDescriptor extends IOMemoryDescriptor {
  readonly #backing: Backing;
  #length: number;

  /**
   * @param direction Out: the device reads it; In: the device writes it.
   * @throws kIOReturnNoMemory when the target has no more, kIOReturnBadArgument for a bad size.
   */
  static Create(
    owner: MemoryOwner,
    direction: number,
    capacity: number,
    alignment = 1,
  ): IOBufferMemoryDescriptor {
    if (!Number.isSafeInteger(capacity) || capacity <= 0) {
      fail('kIOReturnBadArgument', `a buffer of ${capacity} bytes cannot be made`);
    }
    requireDirection(direction);
    const buffer = owner.host.allocate(capacity, alignment);
    const backing: Backing = { buffer, released: false, prepared: 0 };
    const made = new IOBufferMemoryDescriptor(owner, direction, backing);
    owner.host.adopt(made);
    return made;
  }

  constructor(owner: MemoryOwner, direction: number, backing: Backing) {
    const { length } = backing.buffer;
    super(owner, direction, [{ backing, offset: 0, length }], `buffer of ${length} bytes`);
    this.#backing = backing;
    this.#length = length;
  }

  override GetLength(): number {
    return this.#length;
  }

  /** The capacity stays. @throws kIOReturnBadArgument beyond it */
  SetLength(length: number): void {
    if (!Number.isInteger(length) || length < 0 || length > this.#backing.buffer.length) {
      const capacity = this.#backing.buffer.length;
      fail('kIOReturnBadArgument', `length ${length} exceeds the capacity ${capacity}`);
    }
    this.#length = length;
  }

  /** Gives the memory back, which no device may be using any more. */
  override release(): void {
    super.release();
    if (this.#backing.prepared > 0) {
      this.owner.host.violate(
        'HOST-DMA',
        `${this.resourceName} is released while prepared for DMA`,
      );
    }
    this.#backing.released = true;
    this.#backing.buffer.free();
  }
}
