/**
 * Memory of the host for a driver that runs against a recording. A buffer gets its recorded name
 * when it is mapped as one was then; what the device had put into it is what is read there.
 */
import type { DmaBuffer, DmaMapping, DmaMemory, DmaRights } from '../../sim/buses/pci/function.ts';
import { MappedFor } from '../../sim/buses/pci/iommu.ts';
import { type TraceEvent, TraceKind, traceEvent } from '../format/event.ts';

/** Answers as the recording does; undefined where it does not know the question. */
type Ask = (question: TraceEvent) => TraceEvent | undefined;

/** Addresses for what the recorded driver did not have, above all of its own. */
const UNRECORDED = 2 ** 48;
const PAGE = 4096;
const BUFFER_BYTES_MAX = 2 ** 28;

class RecordedBuffer implements DmaBuffer {
  readonly length: number;
  /** Its recorded place in the host's memory, once it is known. */
  address?: number;
  readonly #bytes: Uint8Array;
  readonly #ask: Ask;

  constructor(length: number, ask: Ask) {
    this.length = length;
    this.#bytes = new Uint8Array(length);
    this.#ask = ask;
  }

  read(offset: number, length: number): Uint8Array {
    this.#check(offset, length);
    const own = this.#bytes.subarray(offset, offset + length);
    if (this.address !== undefined) {
      const place = { address: this.address + offset, value: length };
      const answer = this.#ask(traceEvent({ kind: TraceKind.BufferRead, ...place }));
      if (answer?.bytes?.length === length) own.set(answer.bytes);
    }
    return own.slice();
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#check(offset, bytes.length);
    this.#bytes.set(bytes, offset);
    if (this.address === undefined) return;
    const place = { address: this.address + offset, value: bytes.length };
    this.#ask(traceEvent({ kind: TraceKind.BufferWrite, ...place }));
  }

  free(): void {}

  #check(offset: number, length: number): void {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.length)) {
      throw new RangeError(`${length} bytes at ${offset} leave a buffer of ${this.length}.`);
    }
  }
}

export class RecordedMemory implements DmaMemory {
  readonly #ask: Ask;
  readonly #live = new Set<DmaMapping>();
  #next = UNRECORDED;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  allocate(length: number): DmaBuffer {
    if (!Number.isSafeInteger(length) || length < 1 || length > BUFFER_BYTES_MAX) {
      throw new RangeError(`A buffer has 1 to ${BUFFER_BYTES_MAX} bytes, not ${length}.`);
    }
    return new RecordedBuffer(length, this.#ask);
  }

  map(buffer: DmaBuffer, offset: number, length: number, rights: DmaRights): DmaMapping {
    if (!(buffer instanceof RecordedBuffer)) {
      throw new RangeError('Only a buffer of this memory can be mapped.');
    }
    const space =
      (rights.deviceReads ? MappedFor.Reading : 0) + (rights.deviceWrites ? MappedFor.Writing : 0);
    const answer = this.#ask(traceEvent({ kind: TraceKind.DmaMap, space, value: length }));
    let address = answer?.address;
    if (answer === undefined || address === undefined) {
      address = this.#next;
      this.#next += Math.ceil(length / PAGE + 1) * PAGE;
    } else buffer.address ??= answer.high - offset;
    const mapping: DmaMapping = { address, length, unmap: () => this.#unmap(mapping) };
    this.#live.add(mapping);
    return mapping;
  }

  live(): readonly DmaMapping[] {
    return [...this.#live];
  }

  peek(): undefined {
    return undefined;
  }

  #unmap(mapping: DmaMapping): void {
    this.#live.delete(mapping);
    const { address, length } = mapping;
    this.#ask(traceEvent({ kind: TraceKind.DmaUnmap, address, value: length }));
  }
}
