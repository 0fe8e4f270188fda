/**
 * IOMemoryDescriptor (DriverKit, xnu-11417): memory as ranges of buffers. It is read and written
 * through accessors with bounds: there are no raw addresses here.
 */
import { IOMemoryMap } from './io-memory-map.ts';
import { fail } from './io-return.ts';
import type { MemoryOwner, MemoryRange } from './memory-range.ts';
import type { HostResource } from './service-host.ts';

export const kIOMemoryDirectionIn = 1;
export const kIOMemoryDirectionOut = 2;
export const kIOMemoryDirectionInOut = 3;

/** Descriptors that one other descriptor can be made of. */
export const kIOMemoryDescriptorsMax = 32;

export class IOMemoryDescriptor implements HostResource {
  readonly resourceName: string;
  readonly ownerName: string;
  /** Out: the device reads it; In: the device writes it. */
  readonly direction: number;
  readonly owner: MemoryOwner;
  /** The one range that this memory is made of, where that is so: the common case. */
  readonly single: MemoryRange | undefined;
  readonly #ranges: readonly MemoryRange[];
  #released = false;

  /**
   * One descriptor of several, in this order.
   * @throws kIOReturnBadArgument for none, or for more than 32
   */
  static CreateWithMemoryDescriptors(
    owner: MemoryOwner,
    direction: number,
    descriptors: readonly IOMemoryDescriptor[],
  ): IOMemoryDescriptor {
    if (descriptors.length === 0 || descriptors.length > kIOMemoryDescriptorsMax) {
      const most = kIOMemoryDescriptorsMax;
      fail('kIOReturnBadArgument', `${descriptors.length} descriptors; 1 to ${most} make one`);
    }
    const ranges = descriptors.flatMap((each) => each.ranges(0, each.GetLength()));
    const made = new IOMemoryDescriptor(owner, direction, ranges, 'memory of several descriptors');
    owner.host.adopt(made);
    return made;
  }

  constructor(
    owner: MemoryOwner,
    direction: number,
    ranges: readonly MemoryRange[],
    resourceName: string,
  ) {
    requireDirection(direction);
    this.owner = owner;
    this.ownerName = owner.GetName();
    this.direction = direction;
    this.resourceName = resourceName;
    this.#ranges = ranges;
    this.single = ranges.length === 1 ? ranges[0] : undefined;
  }

  GetLength(): number {
    return this.#ranges.reduce((sum, { length }) => sum + length, 0);
  }

  /** The driver's own view of the memory. @throws kIOReturnNotReady after release */
  CreateMapping(): IOMemoryMap {
    if (this.released) fail('kIOReturnNotReady', 'the memory was released');
    return new IOMemoryMap(this);
  }

  /** A part of this memory. @throws kIOReturnBadArgument when it is not inside */
  CreateSubMemoryDescriptor(direction: number, offset: number, length: number): IOMemoryDescriptor {
    if (length < 1) fail('kIOReturnBadArgument', `a part of ${length} bytes cannot be made`);
    const name = `part of ${length} bytes`;
    const part = new IOMemoryDescriptor(this.owner, direction, this.ranges(offset, length), name);
    this.owner.host.adopt(part);
    return part;
  }

  /** The buffers behind so many bytes from an offset. @throws kIOReturnBadArgument */
  ranges(offset: number, length: number): MemoryRange[] {
    const inside = offset >= 0 && length >= 0 && offset + length <= this.GetLength();
    if (!inside || !Number.isInteger(offset) || !Number.isInteger(length)) {
      fail('kIOReturnBadArgument', `bytes ${offset} to ${offset + length} are not in the memory`);
    }
    if (length === 0) return [];
    if (this.single !== undefined) {
      return [{ backing: this.single.backing, offset: this.single.offset + offset, length }];
    }
    const found: MemoryRange[] = [];
    let skip = offset;
    let left = length;
    for (const range of this.#ranges) {
      const take = Math.min(left, range.length - skip);
      if (take > 0) {
        found.push({ backing: range.backing, offset: range.offset + skip, length: take });
        left -= take;
      }
      skip = Math.max(0, skip - range.length);
    }
    return found;
  }

  /** Gives the descriptor back; what it is a part of stays. */
  release(): void {
    if (this.#released) fail('kIOReturnError', `${this.resourceName} was released twice`);
    this.#released = true;
    this.owner.host.disown(this);
  }

  /** Whether this descriptor or any memory behind it was released. */
  get released(): boolean {
    if (this.#released) return true;
    if (this.single !== undefined) return this.single.backing.released;
    return this.#ranges.some(({ backing }) => backing.released);
  }
}

/** @throws kIOReturnBadArgument for anything but in, out, and both */
export function requireDirection(direction: number): void {
  if (Number.isInteger(direction) && direction >= 1 && direction <= kIOMemoryDirectionInOut) return;
  fail('kIOReturnBadArgument', `direction ${direction} is none of in, out, in and out`);
}
