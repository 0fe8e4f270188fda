/**
 * DMA memory in QEMU: buffers of guest RAM, whose I/O address is their physical address.
 *
 * Not modelled: an IOMMU. QEMU lets the device reach all of RAM, mapped or not;
 * live() says what it should have kept to.
 */
import type {
  DmaBuffer,
  DmaMapping,
  DmaMemory,
  DmaRights,
} from '../../../sim/buses/pci/function.ts';
import { MappedFor } from '../../../sim/buses/pci/iommu.ts';
import { EventKind, type Journal } from '../../../sim/kernel/journal.ts';
import type { GuestRam, Region } from './guest-ram.ts';

export class QemuDmaMemory implements DmaMemory {
  readonly #ram: GuestRam;
  readonly #regions = new WeakMap<DmaBuffer, Region>();
  readonly #live = new Set<DmaMapping>();
  /** Where mappings are recorded, as an IOMMU would see them. */
  journal: Journal | undefined;

  constructor(ram: GuestRam) {
    this.#ram = ram;
  }

  allocate(length: number, alignment: number): DmaBuffer {
    const region = this.#ram.allocate(length, alignment);
    const ram = this.#ram;
    let freed = false;
    const address = (offset: number, count: number): number => {
      if (freed) throw new RangeError('this DMA buffer has been freed');
      return inside(region, offset, count);
    };
    const buffer: DmaBuffer = {
      length,
      address: region.address,
      read: (offset, count) => ram.read(address(offset, count), count),
      write: (offset, bytes) => ram.write(address(offset, bytes.length), bytes),
      free: () => {
        if (freed) throw new RangeError('this DMA buffer has been freed already');
        freed = true;
        ram.free(region);
      },
    };
    this.#regions.set(buffer, region);
    return buffer;
  }

  map(buffer: DmaBuffer, offset: number, length: number, rights: DmaRights): DmaMapping {
    const region = this.#regions.get(buffer);
    if (!region) throw new RangeError('this DMA buffer belongs to another target');
    const address = inside(region, offset, length);
    if (address + length > 2 ** rights.maxAddressBits) {
      throw new RangeError(`address ${address} has over ${rights.maxAddressBits} bits`);
    }
    const mapping = { address, length, unmap: () => this.#unmap(mapping) };
    this.#live.add(mapping);
    const { Reading, Writing } = MappedFor;
    const space = (rights.deviceReads ? Reading : 0) + (rights.deviceWrites ? Writing : 0);
    this.journal?.record(EventKind.DmaMap, space, address, length, 0, address);
    return mapping;
  }

  #unmap(mapping: DmaMapping): void {
    if (!this.#live.delete(mapping)) return;
    this.journal?.record(EventKind.DmaUnmap, 0, mapping.address, mapping.length);
  }

  live(): readonly DmaMapping[] {
    return [...this.#live].sort((a, b) => a.address - b.address);
  }

  peek(address: number, length: number): Uint8Array | undefined {
    for (const mapping of this.#live) {
      const inside = address >= mapping.address;
      if (!inside || address + length > mapping.address + mapping.length) continue;
      return this.#ram.read(address, length);
    }
    return undefined;
  }
}

function inside(region: Region, offset: number, length: number): number {
  if (!(offset >= 0 && length >= 0 && offset + length <= region.length)) {
    throw new RangeError(
      `${length} bytes at ${offset} are outside a DMA buffer of ${region.length}`,
    );
  }
  return region.address + offset;
}
