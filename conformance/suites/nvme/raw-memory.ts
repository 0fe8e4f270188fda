/** Host memory that an NVMe controller reaches: in place where it lies in this process. */
import type { DmaBuffer, DmaMapping, DmaMemory } from '../../../sim/buses/pci/function.ts';

const PAGE = 4096;
const ADDRESS_BITS = 64;

/** One buffer, mapped for both directions at an address of its own. */
export class RawMemory {
  readonly address: number;
  readonly length: number;
  readonly #buffer: DmaBuffer;
  readonly #mapping: DmaMapping;
  /** The bytes themselves, where they lie in this process. */
  readonly #bytes: Uint8Array | undefined;
  readonly #view: DataView | undefined;
  readonly #scratch = new DataView(new ArrayBuffer(8));

  constructor(memory: DmaMemory, length: number, alignment = PAGE) {
    this.#buffer = memory.allocate(length, alignment);
    const rights = { deviceReads: true, deviceWrites: true, maxAddressBits: ADDRESS_BITS };
    this.#mapping = memory.map(this.#buffer, 0, length, rights);
    this.address = this.#mapping.address;
    this.length = length;
    const { bytes } = this.#buffer;
    this.#bytes = bytes;
    if (bytes !== undefined) this.#view = new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  /** A copy. */
  read(offset: number, length: number): Uint8Array {
    return this.#buffer.read(offset, length);
  }

  /** The bytes in place where they lie in this process, else a copy: look, and drop them. */
  look(offset: number, length: number): Uint8Array {
    return this.#bytes?.subarray(offset, offset + length) ?? this.#buffer.read(offset, length);
  }

  write(offset: number, bytes: Uint8Array): void {
    if (this.#bytes === undefined) this.#buffer.write(offset, bytes);
    else this.#bytes.set(bytes, offset);
  }

  fill(value: number): void {
    this.write(0, new Uint8Array(this.length).fill(value));
  }

  /** Little endian, as everything here. */
  read32(offset: number): number {
    return this.#at(offset, 4).getUint32(this.#view === undefined ? 0 : offset, true);
  }

  read16(offset: number): number {
    return this.#at(offset, 2).getUint16(this.#view === undefined ? 0 : offset, true);
  }

  write64(offset: number, value: number | bigint): void {
    if (this.#view !== undefined) {
      this.#view.setBigUint64(offset, BigInt(value), true);
      return;
    }
    this.#scratch.setBigUint64(0, BigInt(value), true);
    this.#buffer.write(offset, new Uint8Array(this.#scratch.buffer));
  }

  free(): void {
    this.#mapping.unmap();
    this.#buffer.free();
  }

  #at(offset: number, length: number): DataView {
    if (this.#view !== undefined) return this.#view;
    const bytes = this.#buffer.read(offset, length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }
}
