/** A binary trace with its index: any event is one block away. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BlockReader } from '../codecs/binary/block.ts';
import { type BlockEntry, readBlock, readIndex } from '../codecs/binary/index-entries.ts';
import { TAIL_LENGTH } from '../codecs/binary/layout.ts';
import { EventBatch } from '../format/batch.ts';
import { TraceError, atByte } from '../format/trace-error.ts';
import { unpack } from './packing.ts';

export class IndexedTrace {
  readonly count: number;
  readonly #fd: number;
  readonly #blocks: readonly BlockEntry[];
  /** The block that was read last, and where: pages follow each other. */
  #last: { at: number; raw: Uint8Array } | undefined;

  /** @throws TraceError when the file has no index: it was cut off, or is no binary trace */
  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    try {
      const { size } = fstatSync(this.#fd);
      if (size < TAIL_LENGTH) throw new TraceError('this is no binary trace', atByte(0));
      const { blocks, events } = readIndex((from, length) => this.#read(from, length), size);
      this.#blocks = blocks;
      this.count = events;
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /** Adds up to `count` events from number `from` on to a batch that has room for them. */
  read(from: number, count: number, into: EventBatch): void {
    const until = Math.min(this.count, from + count);
    for (let number = from; number < until;) {
      const at = this.#blockOf(number);
      const block = this.#blocks[at]!;
      const batch = new EventBatch();
      const reader = new BlockReader(batch, this.#raw(at), block.events);
      let next = block.first;
      for (let more = true; more && next < until;) {
        batch.clear();
        more = reader.fill();
        for (let index = 0; index < batch.length && next < until; index++, next++) {
          if (next < number) continue;
          into.addFrom(batch, index);
          number = next + 1;
        }
      }
    }
  }

  /** The number of the first event of the last block that begins at this time or before. */
  nearTime(timeNs: number): number {
    let found = 0;
    for (const { first, timeNs: begins } of this.#blocks) {
      if (begins <= timeNs) found = first;
    }
    return found;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #raw(at: number): Uint8Array {
    if (this.#last?.at === at) return this.#last.raw;
    const raw = readBlock((from, length) => this.#read(from, length), this.#blocks[at]!, unpack);
    this.#last = { at, raw };
    return raw;
  }

  #blockOf(number: number): number {
    let low = 0;
    let high = this.#blocks.length;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#blocks[middle]!.first <= number) low = middle;
      else high = middle;
    }
    return low;
  }

  #read(from: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const got = readSync(this.#fd, bytes, 0, length, from);
    if (got < length) throw new TraceError('the file ends here', atByte(from + got));
    return bytes;
  }
}
