/**
 * IODMACommand (DriverKit, xnu-11417 IODMACommand.iig): makes memory reachable for a device while
 * prepared. There is no bounce buffering: what does not fit fails.
 */
import type { DmaMapping } from '../../sim/buses/pci/function.ts';
import {
  type IOMemoryDescriptor,
  kIOMemoryDirectionIn,
  kIOMemoryDirectionOut,
} from './io-memory-descriptor.ts';
import { IOMemoryMap } from './io-memory-map.ts';
import { fail } from './io-return.ts';
import type { MemoryOwner, MemoryRange } from './memory-range.ts';
import type { HostResource } from './service-host.ts';

export const kIODMACommandPerformOperationOptionRead = 1;
export const kIODMACommandPerformOperationOptionWrite = 2;
export const kIODMACommandPerformOperationOptionZero = 4;

export const kIODMACommandSegmentsMax = 32;

/** What a device is told. */
export interface DMASegment {
  readonly address: number;
  readonly length: number;
}

interface Preparation {
  readonly memory: IOMemoryDescriptor;
  readonly offset: number;
  readonly length: number;
  readonly ranges: readonly MemoryRange[];
  readonly mappings: readonly DmaMapping[];
}

export class IODMACommand implements HostResource {
  readonly resourceName = 'DMA command';
  readonly ownerName: string;
  readonly #device: MemoryOwner;
  readonly #maxAddressBits: number;
  #prepared: Preparation | undefined;
  #released = false;

  /** @param maxAddressBits what the device can drive, 1 .. 64 @throws kIOReturnBadArgument */
  static Create(device: MemoryOwner, maxAddressBits = 64): IODMACommand {
    if (!Number.isInteger(maxAddressBits) || maxAddressBits < 1 || maxAddressBits > 64) {
      fail('kIOReturnBadArgument', `${maxAddressBits} address bits are not between 1 and 64`);
    }
    const command = new IODMACommand(device, maxAddressBits);
    device.host.adopt(command);
    return command;
  }

  constructor(device: MemoryOwner, maxAddressBits: number) {
    this.#device = device;
    this.ownerName = device.GetName();
    this.#maxAddressBits = maxAddressBits;
  }

  /**
   * Length 0 maps everything from the offset on. `flags` says what the device may do: Out, it
   * reads; In, it writes.
   * @param segmentsMax room for segments, 32 at the most
   * @throws kIOReturnBusy when prepared already, kIOReturnNotReady for released memory,
   * kIOReturnBadArgument for bytes that are not there, kIOReturnNoSpace for too many segments,
   * kIOReturnNoResources when the addresses do not fit the device
   */
  PrepareForDMA(
    memory: IOMemoryDescriptor,
    offset = 0,
    length = 0,
    segmentsMax = kIODMACommandSegmentsMax,
  ): { segments: readonly DMASegment[]; flags: number } {
    if (this.#released) fail('kIOReturnNotReady', 'the command was released');
    if (this.#prepared !== undefined) fail('kIOReturnBusy', 'the command is prepared already');
    if (memory.released) fail('kIOReturnNotReady', 'the memory was released');
    const bytes = length === 0 ? memory.GetLength() - offset : length;
    if (bytes <= 0) fail('kIOReturnBadArgument', `${bytes} bytes cannot be mapped`);
    const ranges = memory.ranges(offset, bytes);
    if (ranges.length > Math.min(segmentsMax, kIODMACommandSegmentsMax)) {
      fail('kIOReturnNoSpace', `${ranges.length} segments are more than there is room for`);
    }
    const mappings = this.#map(ranges, memory.direction);
    for (const { backing } of ranges) backing.prepared++;
    this.#prepared = { memory, offset, length: bytes, ranges, mappings };
    const segments = mappings.map(({ address, length: size }) => ({ address, length: size }));
    return { segments, flags: memory.direction };
  }

  /** Ends the device's access. @throws kIOReturnNotReady unless prepared */
  CompleteDMA(options = 0): void {
    if (options !== 0) fail('kIOReturnBadArgument', 'CompleteDMA has no options; pass 0');
    this.#require();
    this.#unmap();
  }

  /** What is prepared now. @throws kIOReturnNotReady unless prepared */
  GetPreparation(): { offset: number; length: number; memory: IOMemoryDescriptor } {
    const { offset, length, memory } = this.#require();
    return { offset, length, memory };
  }

  /**
   * The CPU reads the prepared bytes into `data`, writes them from there, or zeroes them.
   * @throws kIOReturnNotReady unless prepared, kIOReturnBadArgument
   */
  PerformOperation(
    options: number,
    dmaOffset: number,
    length: number,
    dataOffset = 0,
    data?: IOMemoryDescriptor,
  ): void {
    const prepared = this.#require();
    if (dmaOffset < 0 || length < 0 || dmaOffset + length > prepared.length) {
      fail('kIOReturnBadArgument', `bytes ${dmaOffset} to ${dmaOffset + length} are not prepared`);
    }
    const window = new IOMemoryMap(prepared.memory);
    const at = prepared.offset + dmaOffset;
    if (options === kIODMACommandPerformOperationOptionZero) {
      window.write(at, new Uint8Array(length));
    } else if (data === undefined) {
      fail('kIOReturnBadArgument', 'reading and writing need memory for the data');
    } else if (options === kIODMACommandPerformOperationOptionRead) {
      data.CreateMapping().write(dataOffset, window.read(at, length));
    } else if (options === kIODMACommandPerformOperationOptionWrite) {
      window.write(at, data.CreateMapping().read(dataOffset, length));
    } else {
      fail('kIOReturnBadArgument', `${options} is none of read, write and zero`);
    }
  }

  /** Gives the command back. One that is prepared still is a violation. */
  release(): void {
    if (this.#released) fail('kIOReturnError', 'the DMA command was released twice');
    this.#released = true;
    if (this.#prepared !== undefined) {
      this.#device.host.violate('HOST-DMA', 'a prepared DMA command is released');
      this.#unmap();
    }
    this.#device.host.disown(this);
  }

  /** All ranges or none. */
  #map(ranges: readonly MemoryRange[], direction: number): DmaMapping[] {
    const rights = {
      deviceReads: (direction & kIOMemoryDirectionOut) !== 0,
      deviceWrites: (direction & kIOMemoryDirectionIn) !== 0,
      maxAddressBits: this.#maxAddressBits,
    };
    const mappings: DmaMapping[] = [];
    try {
      for (const { backing, offset, length } of ranges) {
        mappings.push(this.#device.host.map(backing.buffer, offset, length, rights));
      }
    } catch (error) {
      for (const mapping of mappings) mapping.unmap();
      throw error;
    }
    return mappings;
  }

  #unmap(): void {
    for (const mapping of this.#prepared?.mappings ?? []) mapping.unmap();
    for (const { backing } of this.#prepared?.ranges ?? []) backing.prepared--;
    this.#prepared = undefined;
  }

  #require(): Preparation {
    if (this.#prepared === undefined) fail('kIOReturnNotReady', 'the command is not prepared');
    return this.#prepared;
  }
}
