/**
 * Host memory that a device reaches through an IOMMU: live mappings only, exactly their bytes, in
 * the direction they were made for. Addresses are not given out again before the address space is
 * used up, and never next to each other: use after unmap and overruns always fault.
 */
import { EventKind, type Journal } from '../../kernel/journal.ts';
import { AddressList } from './address-list.ts';
import { alignUp } from './config-space.ts';
import type { DmaBuffer, DmaMapping, DmaMemory, DmaRights } from './function.ts';
import { copyOf, HostBuffer } from './host-buffer.ts';
import { exponentOf } from './powers.ts';

const PAGE = 4096;
/** The first address given out; zero and its neighbours stay unmapped. */
const FIRST = 0x10_0000;
/** What a mapping may span at the most, by its rights. */
const ADDRESS_BITS_MAX = 52;
export const MAPPINGS_MAX = 65_536;
export const DEFAULT_MEMORY_BYTES = 64 * 1024 * 1024;
export const MEMORY_BYTES_MAX = 2 ** 31;

/** `space` of `DmaMap` events: what the device may do. `high` is the host address. */
export const MappedFor = { Reading: 1, Writing: 2 } as const;

/** Where buffers begin in the host's own memory; the journal names bytes by these addresses. */
const HOST_FIRST = 0x1000_0000;
const HOST_LIMIT = 0x1_0000_0000;

interface Mapping extends DmaMapping {
  readonly buffer: HostBuffer;
  /** Where in the buffer the mapping begins. */
  readonly offset: number;
  readonly rights: DmaRights;
  gone: boolean;
}

/** A typed array's own copying is dearer than a loop for fewer bytes than about this. */
const COPIED_BY_BYTE_MAX = 64;

/** Why the IOMMU stops an access. */
export type Stopped = 'unmapped' | 'direction';

export class Iommu implements DmaMemory {
  readonly #journal: Journal;
  readonly #bytes: number;
  #used = 0;
  #next = FIRST;
  #nextHost = HOST_FIRST;
  readonly #live = new AddressList<Mapping>();

  constructor(journal: Journal, bytes = DEFAULT_MEMORY_BYTES) {
    this.#journal = journal;
    this.#bytes = Math.min(bytes, MEMORY_BYTES_MAX);
  }

  allocate(length: number, alignment: number): DmaBuffer {
    if (!Number.isSafeInteger(length) || length < 1 || length > this.#bytes - this.#used) {
      const left = this.#bytes - this.#used;
      throw new RangeError(
        `${length} bytes cannot be allocated; ${left} of ${this.#bytes} are left.`,
      );
    }
    if (alignment > this.#bytes || exponentOf(alignment) === undefined) {
      throw new RangeError(`An alignment of ${alignment} is no power of two.`);
    }
    this.#used += length;
    const address = this.#placeHost(length, Math.max(PAGE, alignment));
    return new HostBuffer({ address, length, alignment }, () => (this.#used -= length));
  }

  map(buffer: DmaBuffer, offset: number, length: number, rights: DmaRights): DmaMapping {
    if (!(buffer instanceof HostBuffer) || !buffer.live) {
      throw new RangeError('Only a live buffer of this memory can be mapped.');
    }
    if (!(offset >= 0 && length >= 1 && offset + length <= buffer.length)) {
      throw new RangeError(`Bytes ${offset} + ${length} leave a buffer of ${buffer.length}.`);
    }
    if (this.#live.length === MAPPINGS_MAX) throw new RangeError('Too many mappings are live.');
    const unit = Math.max(PAGE, buffer.alignment);
    const address = this.#place(unit, (offset % unit) + length, rights) + (offset % unit);
    const mapping: Mapping = {
      address,
      length,
      buffer,
      offset,
      rights,
      gone: false,
      unmap: () => this.#unmap(mapping),
    };
    this.#live.add(mapping);
    const space =
      (rights.deviceReads ? MappedFor.Reading : 0) + (rights.deviceWrites ? MappedFor.Writing : 0);
    this.#journal.record(EventKind.DmaMap, space, address, length, 0, buffer.address + offset);
    return mapping;
  }

  live(): readonly DmaMapping[] {
    return this.#live.all();
  }

  peek(address: number, length: number): Uint8Array | undefined {
    const mapping = this.#live.atOrBelow(address);
    if (mapping === undefined || !mapping.buffer.live) return undefined;
    const from = mapping.offset + address - mapping.address;
    if (from + length > mapping.offset + mapping.length) return undefined;
    return copyOf(mapping.buffer.bytes, from, length);
  }

  /** The mapping that holds all of it, or why the device does not get it. */
  #find(address: number, length: number, access: 'read' | 'write'): Mapping | Stopped {
    const mapping = this.#live.atOrBelow(address);
    if (mapping === undefined || address + length > mapping.address + mapping.length) {
      return 'unmapped';
    }
    // A buffer that was freed while it is mapped is reachable no more.
    if (!mapping.buffer.live) return 'unmapped';
    const { deviceReads, deviceWrites } = mapping.rights;
    if (!(access === 'read' ? deviceReads : deviceWrites)) return 'direction';
    return mapping;
  }

  /** Copies mapped bytes into `into`; why not, where the device does not get them. */
  load(address: number, into: Uint8Array): Stopped | undefined {
    const found = this.#find(address, into.length, 'read');
    if (typeof found === 'string') return found;
    const { bytes } = found.buffer;
    const from = found.offset + address - found.address;
    if (into.length > COPIED_BY_BYTE_MAX) into.set(bytes.subarray(from, from + into.length));
    else for (let at = 0; at < into.length; at++) into[at] = bytes[from + at] as number;
    return undefined;
  }

  /** Copies bytes into mapped memory; why not, where the device may not. */
  store(address: number, bytes: Uint8Array): Stopped | undefined {
    const found = this.#find(address, bytes.length, 'write');
    if (typeof found === 'string') return found;
    const into = found.buffer.bytes;
    const from = found.offset + address - found.address;
    if (bytes.length > COPIED_BY_BYTE_MAX) into.set(bytes, from);
    else for (let at = 0; at < bytes.length; at++) into[from + at] = bytes[at] as number;
    return undefined;
  }

  /** A place for `length` bytes with a guard page behind, past everything given out before. */
  #place(alignment: number, length: number, { maxAddressBits }: DmaRights): number {
    const limit = 2 ** Math.min(maxAddressBits, ADDRESS_BITS_MAX);
    let at = alignUp(this.#next, alignment);
    if (at + length > limit) at = alignUp(FIRST, alignment);
    for (let tries = 0; tries <= this.#live.length; tries++) {
      const below = this.#live.atOrBelow(at + length + PAGE);
      if (at + length > limit) break;
      if (below === undefined || below.address + below.length + PAGE <= at) {
        this.#next = alignUp(at + length, PAGE) + PAGE;
        return at;
      }
      at = alignUp(below.address + below.length + PAGE, alignment);
    }
    throw new RangeError(`No ${length} bytes are left below address 0x${limit.toString(16)}.`);
  }

  /** Addresses of buffers are not used twice in one world, as long as they last. */
  #placeHost(length: number, alignment: number): number {
    let at = alignUp(this.#nextHost, alignment);
    if (at + length > HOST_LIMIT) at = alignUp(HOST_FIRST, alignment);
    this.#nextHost = at + length + PAGE;
    return at;
  }

  #unmap(mapping: Mapping): void {
    if (mapping.gone) throw new RangeError('This mapping is undone already.');
    this.#live.remove(mapping);
    this.#journal.record(EventKind.DmaUnmap, 0, mapping.address, mapping.length);
  }
}
