/**
 * IOMemoryDescriptor, IOBufferMemoryDescriptor, IOMemoryMap and IODMACommand (DriverKit,
 * xnu-11417). Memory that a device can reach is read and written through accessors with bounds:
 * there are no raw addresses here.
 */
import { EventKind } from '../../sim/kernel/journal.ts';
import type { DmaBuffer, DmaMapping } from '../../sim/buses/pci/function.ts';
import type { HostResource } from './io-dispatch-queue.ts';
import type { IOPCIDevice } from './io-pci-device.ts';
import type { IOService } from './io-service.ts';
import { fail } from './io-return.ts';

export const kIOMemoryDirectionIn = 1;
export const kIOMemoryDirectionOut = 2;
export const kIOMemoryDirectionInOut = 3;

/** Memory of the driver that can be prepared for DMA. */
export class IOBufferMemoryDescriptor implements HostResource {
  readonly resourceName: string;
  readonly direction: number;
  readonly buffer: DmaBuffer;
  readonly owner: IOService;
  #length: number;
  #freed = false;

  /**
   * @param direction Out: the device reads it; In: the device writes it.
   * @throws kIOReturnNoMemory when the target has no more, kIOReturnBadArgument for a bad size.
   */
  static Create(
    owner: IOService,
    direction: number,
    capacity: number,
    alignment = 1,
  ): IOBufferMemoryDescriptor {
    if (direction < 1 || direction > kIOMemoryDirectionInOut) {
      fail('kIOReturnBadArgument', `direction ${direction} is none of in, out, in and out`);
    }
    if (!Number.isSafeInteger(capacity) || capacity <= 0) {
      fail('kIOReturnBadArgument', `a buffer of ${capacity} bytes cannot be made`);
    }
    return new IOBufferMemoryDescriptor(owner, direction, capacity, alignment);
  }

  constructor(owner: IOService, direction: number, capacity: number, alignment: number) {
    this.resourceName = `buffer of ${capacity} bytes`;
    this.owner = owner;
    this.direction = direction;
    this.buffer = owner.host.allocate(capacity, alignment);
    this.#length = capacity;
    owner.host.adopt(this);
  }

  GetLength(): number {
    return this.#length;
  }

  SetLength(length: number): void {
    if (length < 0 || length > this.buffer.length) {
      fail('kIOReturnBadArgument', `length ${length} exceeds the capacity ${this.buffer.length}`);
    }
    this.#length = length;
  }

  /** The driver's own view of the memory. */
  CreateMapping(): IOMemoryMap {
    if (this.#freed) fail('kIOReturnNotReady', 'the buffer was released');
    return new IOMemoryMap(this);
  }

  release(): void {
    if (this.#freed) fail('kIOReturnError', 'the buffer was released twice');
    this.#freed = true;
    this.owner.host.disown(this);
    this.buffer.free();
  }

  get released(): boolean {
    return this.#freed;
  }
}

/** A window on a buffer for the driver. Every access is checked and journaled. */
export class IOMemoryMap {
  readonly #memory: IOBufferMemoryDescriptor;

  constructor(memory: IOBufferMemoryDescriptor) {
    this.#memory = memory;
  }

  GetLength(): number {
    return this.#memory.GetLength();
  }

  read(offset: number, length: number): Uint8Array {
    this.#check(offset, length);
    const { buffer, owner } = this.#memory;
    const bytes = buffer.read(offset, length);
    owner.host.world.journal.recordBytes(EventKind.BufferRead, 0, offset, bytes);
    return bytes;
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#check(offset, bytes.length);
    const { buffer, owner } = this.#memory;
    buffer.write(offset, bytes);
    owner.host.world.journal.recordBytes(EventKind.BufferWrite, 0, offset, bytes);
  }

  #check(offset: number, length: number): void {
    if (this.#memory.released) this.#violate('a buffer after its release');
    if (offset >= 0 && length >= 0 && offset + length <= this.#memory.GetLength()) return;
    this.#violate(
      `bytes ${offset} to ${offset + length} of a buffer of ${this.#memory.GetLength()}`,
    );
  }

  #violate(what: string): never {
    const { owner } = this.#memory;
    owner.host.violate('HOST-MEMORY', `the driver touches ${what}`);
    fail('kIOReturnVMError', `no access to ${what}`);
  }
}

export interface DMASegment {
  readonly address: number;
  readonly length: number;
}

export const kIODMACommandSegmentsMax = 32;

/** Makes memory reachable for a device while prepared. */
export class IODMACommand implements HostResource {
  readonly resourceName = 'DMA command';
  readonly #device: IOPCIDevice;
  readonly #maxAddressBits: number;
  #mapping: DmaMapping | undefined;

  static Create(device: IOPCIDevice, maxAddressBits = 64): IODMACommand {
    if (maxAddressBits < 1 || maxAddressBits > 64) {
      fail('kIOReturnBadArgument', `${maxAddressBits} address bits are not between 1 and 64`);
    }
    return new IODMACommand(device, maxAddressBits);
  }

  constructor(device: IOPCIDevice, maxAddressBits: number) {
    this.#device = device;
    this.#maxAddressBits = maxAddressBits;
    device.host.adopt(this);
  }

  /**
   * Length 0 maps everything from the offset on. No bounce buffers: what does not fit the
   * address bits fails.
   */
  PrepareForDMA(
    memory: IOBufferMemoryDescriptor,
    offset = 0,
    length = 0,
  ): { segments: readonly DMASegment[]; flags: number } {
    if (this.#mapping !== undefined) fail('kIOReturnBusy', 'the command is prepared already');
    const bytes = length === 0 ? memory.GetLength() - offset : length;
    if (offset < 0 || bytes <= 0 || offset + bytes > memory.GetLength()) {
      fail('kIOReturnBadArgument', `bytes ${offset} to ${offset + bytes} are not in the buffer`);
    }
    this.#mapping = this.#device.host.map(memory.buffer, offset, bytes, {
      deviceReads: (memory.direction & kIOMemoryDirectionOut) !== 0,
      deviceWrites: (memory.direction & kIOMemoryDirectionIn) !== 0,
      maxAddressBits: this.#maxAddressBits,
    });
    const { address } = this.#mapping;
    return { segments: [{ address, length: bytes }], flags: memory.direction };
  }

  /** Ends the device's access; legal only while prepared. */
  CompleteDMA(): void {
    if (this.#mapping === undefined) fail('kIOReturnNotReady', 'the command is not prepared');
    this.#mapping.unmap();
    this.#mapping = undefined;
  }

  release(): void {
    if (this.#mapping !== undefined) {
      this.#device.host.violate('HOST-DMA', 'a prepared DMA command is released');
      this.#mapping.unmap();
      this.#mapping = undefined;
    }
    this.#device.host.disown(this);
  }
}
