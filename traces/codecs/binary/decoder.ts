/** Reads the binary form as it comes; layout.ts says how it looks. */
import { hashBytes } from '../../../sim/kernel/hash.ts';
import { EventBatch } from '../../format/batch.ts';
import type { TraceDecoder } from '../../format/codec.ts';
import type { TraceFooter, TraceHeader } from '../../format/header.ts';
import { HeaderBuilder } from '../../format/header-text.ts';
import { PendingBytes } from '../pending-bytes.ts';
import { TraceError, atByte } from '../../format/trace-error.ts';
import { BlockError, BlockReader } from './block.ts';
import {
  BLOCK,
  BLOCK_HEAD,
  BLOCK_RAW_MAX,
  BLOCKS_MAX,
  type BlockUnpacker,
  END,
  END_HEAD,
  HEADER_MAX,
  INDEX_ENTRY,
  MAGIC,
  TAIL_LENGTH,
} from './layout.ts';

export class BinaryTraceDecoder implements TraceDecoder {
  header: TraceHeader | undefined;
  footer: TraceFooter | undefined;
  readonly #pending = new PendingBytes();
  readonly #unpack: BlockUnpacker;
  readonly #batch: EventBatch;
  #events = 0;
  #isOver = false;

  constructor(unpack: BlockUnpacker, batch = new EventBatch()) {
    this.#unpack = unpack;
    this.#batch = batch;
  }

  *push(chunk: Uint8Array): Iterable<EventBatch> {
    const pending = this.#pending;
    pending.add(chunk);
    if (this.header === undefined && !this.#readHeader()) return;
    for (;;) {
      const tag = pending.peek(0);
      if (tag === undefined) return;
      if (this.#isOver) throw this.#error('after the end nothing may come');
      if (tag === END) {
        if (!this.#readEnd()) return;
      } else if (tag === BLOCK) {
        const reader = this.#readBlock();
        if (reader === undefined) return;
        yield* this.#filled(reader);
      } else {
        throw this.#error(`here must be a block or the end, not a byte ${tag}`);
      }
    }
  }

  // oxlint-disable-next-line require-yield
  *end(): Iterable<EventBatch> {
    if (this.header === undefined) throw this.#error('the file ends within its header');
  }

  #readHeader(): boolean {
    const pending = this.#pending;
    const head = pending.view(MAGIC.length + 4);
    if (head === undefined) return false;
    if (MAGIC.some((byte, at) => pending.peek(at) !== byte)) {
      throw this.#error('a binary trace begins with 89 64 79 6e 6f 0d 0a 01');
    }
    const length = head.getUint32(MAGIC.length, true);
    if (length > HEADER_MAX) throw this.#error(`a header has at most ${HEADER_MAX} bytes`);
    if (pending.length < MAGIC.length + 4 + length) return false;
    pending.skip(MAGIC.length + 4);
    this.header = this.#parseHeader(pending.bytes(length));
    pending.skip(length);
    return true;
  }

  #parseHeader(bytes: Uint8Array): TraceHeader {
    let lines: string[];
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      lines = text.replace(/\n$/, '').split('\n');
    } catch {
      throw this.#error('the header is no UTF-8');
    }
    const builder = new HeaderBuilder();
    for (const line of lines) {
      const problem = builder.add(line);
      if (problem !== undefined) throw this.#error(problem);
    }
    const problem = builder.problem();
    if (problem !== undefined) throw this.#error(problem);
    return builder.header;
  }

  #readBlock(): BlockReader | undefined {
    const pending = this.#pending;
    const head = pending.view(BLOCK_HEAD);
    if (head === undefined) return undefined;
    const stored = head.getUint32(4, true);
    const rawLength = head.getUint32(8, true);
    const events = head.getUint32(12, true);
    if (rawLength > BLOCK_RAW_MAX || stored > BLOCK_RAW_MAX) {
      throw this.#error(`a block has at most ${BLOCK_RAW_MAX} bytes`);
    }
    if (events === 0 || events > rawLength) throw this.#error('a block has at least one event');
    if (head.getUint16(2, true) !== 0) throw this.#error('two bytes here are 0 in version 1');
    if (pending.length < BLOCK_HEAD + stored) return undefined;
    const packed = pending.bytes(BLOCK_HEAD + stored).subarray(BLOCK_HEAD);
    const raw = this.#unpacked(head.getUint8(1), packed, rawLength);
    if (hashBytes(raw) !== head.getInt32(16, true)) throw this.#error('this block is damaged');
    pending.skip(BLOCK_HEAD + stored);
    this.#events += events;
    return new BlockReader(this.#batch, raw, events);
  }

  #unpacked(code: number, packed: Uint8Array, rawLength: number): Uint8Array {
    let raw: Uint8Array;
    try {
      raw = code === 0 ? packed : this.#unpack(code, packed, rawLength);
    } catch (error) {
      throw this.#error((error as Error).message);
    }
    if (raw.length !== rawLength) {
      throw this.#error(`this block unpacks to ${raw.length} bytes, not ${rawLength}`);
    }
    return raw;
  }

  *#filled(reader: BlockReader): Iterable<EventBatch> {
    const batch = this.#batch;
    for (let more = true; more;) {
      batch.clear();
      try {
        more = reader.fill();
      } catch (error) {
        if (error instanceof BlockError) throw this.#error(error.message);
        throw error;
      }
      yield batch;
    }
  }

  #readEnd(): boolean {
    const pending = this.#pending;
    const head = pending.view(END_HEAD);
    if (head === undefined) return false;
    const blocks = head.getUint32(4, true);
    if (blocks > BLOCKS_MAX) throw this.#error(`a trace has at most ${BLOCKS_MAX} blocks`);
    const length = END_HEAD + blocks * INDEX_ENTRY + TAIL_LENGTH;
    if (pending.length < length) return false;
    const events = head.getFloat64(8, true);
    if (events !== this.#events) {
      throw this.#error(`the file has ${this.#events} events, not ${events}`);
    }
    const hash = head.getBigUint64(16, true).toString(16).padStart(16, '0');
    this.footer = head.getUint8(1) === 1 ? { events, journalHash: hash } : { events };
    pending.skip(length);
    this.#isOver = true;
    return true;
  }

  #error(sentence: string): TraceError {
    return new TraceError(sentence, atByte(this.#pending.offset));
  }
}
