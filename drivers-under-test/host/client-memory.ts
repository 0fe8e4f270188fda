/**
 * Memory that a client makes and hands to the driver. It is the client's to give back, so it does
 * not count in the driver's balance; what the driver makes of it, such as a part, does.
 */
import type { DmaMemory } from '../../sim/buses/pci/function.ts';
import type { Host } from './host.ts';
import { IOBufferMemoryDescriptor } from './io-buffer-memory-descriptor.ts';
import type { MemoryOwner } from './memory-range.ts';
import type { HostResource } from './service-host.ts';

export function clientMemory(host: Host, memory: DmaMemory): MemoryOwner {
  const counts = (resource: HostResource) => !(resource instanceof IOBufferMemoryDescriptor);
  return {
    GetName: () => 'Client',
    host: {
      world: host.world,
      adopt: (resource) => counts(resource) && host.adopt(resource),
      disown: (resource) => counts(resource) && host.disown(resource),
      violate: (rule, detail) => host.violate(rule, detail),
      allocate: (length, alignment) => memory.allocate(length, alignment),
      map: (buffer, offset, length, rights) => host.map(buffer, offset, length, rights),
    },
  };
}

/** @throws kIOReturnNoMemory, kIOReturnBadArgument */
export function clientBuffer(
  memory: MemoryOwner,
  direction: number,
  bytes: number,
): IOBufferMemoryDescriptor {
  return IOBufferMemoryDescriptor.Create(memory, direction, bytes, PAGE);
}

const PAGE = 4096;
