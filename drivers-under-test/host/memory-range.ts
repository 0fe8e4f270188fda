/** What memory descriptors are made of: parts of buffers, and whom they are made for. */
import type { DmaBuffer } from '../../sim/buses/pci/function.ts';
import type { ServiceHost } from './service-host.ts';

/** What memory needs of the host. */
export type MemoryHost = Pick<
  ServiceHost,
  'world' | 'adopt' | 'disown' | 'violate' | 'allocate' | 'map'
>;

/** The service, or the client, that memory is made for. */
export interface MemoryOwner {
  readonly host: MemoryHost;
  GetName(): string;
}

/** Bytes that exist once, however many descriptors name them. */
export interface Backing {
  /** Where it lies in the host's memory is known on some targets only. */
  readonly buffer: DmaBuffer & { readonly address?: number };
  released: boolean;
  /** DMA commands that are prepared with it. */
  prepared: number;
}

export interface MemoryRange {
  readonly backing: Backing;
  readonly offset: number;
  readonly length: number;
}
