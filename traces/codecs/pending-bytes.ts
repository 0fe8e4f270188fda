/** Bytes of a binary file that came and are not used up: a window that moves over the pieces. */
export class PendingBytes {
  /** Where the window begins in the file. */
  offset = 0;
  #bytes = new Uint8Array(0);
  #from = 0;
  #to = 0;

  /** Bytes in the window. */
  get length(): number {
    return this.#to - this.#from;
  }

  /** The piece is copied. */
  add(chunk: Uint8Array): void {
    const { length } = this;
    const needed = length + chunk.length;
    if (this.#to + chunk.length > this.#bytes.length) {
      const isRoomy = needed <= this.#bytes.length;
      const bytes = isRoomy ? this.#bytes : new Uint8Array(needed * 2);
      bytes.set(this.#bytes.subarray(this.#from, this.#to));
      this.#bytes = bytes;
      this.#from = 0;
      this.#to = length;
    }
    this.#bytes.set(chunk, this.#to);
    this.#to += chunk.length;
  }

  peek(at: number): number | undefined {
    return this.#from + at < this.#to ? this.#bytes[this.#from + at] : undefined;
  }

  /** The first bytes as numbers; undefined when there are fewer. Valid until `add`. */
  view(length: number): DataView | undefined {
    if (this.length < length) return undefined;
    return new DataView(this.#bytes.buffer, this.#from, length);
  }

  /** The first bytes, which must be there. Valid until `add`. */
  bytes(length: number): Uint8Array {
    return this.#bytes.subarray(this.#from, this.#from + length);
  }

  skip(length: number): void {
    this.#from += length;
    this.offset += length;
  }
}
