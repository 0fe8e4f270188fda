/** Events as the binary form; layout.ts says how it looks. */
import { hashBytes } from '../../../sim/kernel/hash.ts';
import type { EventBatch } from '../../format/batch.ts';
import type { TraceEncoder } from '../../format/codec.ts';
import type { TraceFooter, TraceHeader } from '../../format/header.ts';
import { headerLines } from '../../format/header-text.ts';
import {
  BLOCK,
  BLOCK_HEAD,
  BLOCK_RAW,
  BLOCK_RAW_MAX,
  BLOCKS_MAX,
  type BlockPacker,
  END,
  END_HEAD,
  Flag,
  INDEX_ENTRY,
  MAGIC,
  TAIL,
} from './layout.ts';

/** An event without its bytes and text takes no more. */
const EVENT_FIXED_MAX = 64;
const INITIAL_RAW = 16_384;
const UTF8_PER_UNIT = 3;

const utf8 = new TextEncoder();

export class BinaryTraceEncoder implements TraceEncoder {
  readonly #packer: BlockPacker;
  #raw = new Uint8Array(INITIAL_RAW);
  #at = 0;
  #timeNs = 0;
  #blockEvents = 0;
  #blockTimeNs = 0;
  readonly #texts = new Map<string, number>();
  #events = 0;
  /** Where the next block begins in the file. */
  #offset = 0;
  readonly #index: number[] = [];

  constructor(packer: BlockPacker) {
    this.#packer = packer;
  }

  *begin(header: TraceHeader): Iterable<Uint8Array> {
    const lines = utf8.encode(`${headerLines(header).join('\n')}\n`);
    const start = new Uint8Array(MAGIC.length + 4);
    start.set(MAGIC);
    new DataView(start.buffer).setUint32(MAGIC.length, lines.length, true);
    this.#offset = start.length + lines.length;
    yield start;
    yield lines;
  }

  *encode(batch: EventBatch): Iterable<Uint8Array> {
    for (let index = 0; index < batch.length; index++) {
      const bytes = batch.bytesAt(index);
      const room =
        EVENT_FIXED_MAX +
        (bytes?.length ?? 0) +
        (batch.texts[index] as string).length * UTF8_PER_UNIT;
      if (this.#at >= BLOCK_RAW || this.#at + room > BLOCK_RAW_MAX) yield* this.#flush();
      this.#makeRoom(this.#at + room);
      this.#add(batch, index, bytes);
    }
  }

  *end({ journalHash }: TraceFooter): Iterable<Uint8Array> {
    yield* this.#flush();
    const blocks = this.#index.length / 3;
    const length = END_HEAD + blocks * INDEX_ENTRY;
    const out = new Uint8Array(length + 4 + TAIL.length);
    const view = new DataView(out.buffer);
    out[0] = END;
    out[1] = journalHash === undefined ? 0 : 1;
    view.setUint32(4, blocks, true);
    view.setFloat64(8, this.#events, true);
    view.setBigUint64(16, BigInt(`0x${journalHash ?? '0'}`), true);
    this.#index.forEach((number, at) => view.setFloat64(END_HEAD + at * 8, number, true));
    view.setUint32(length, length, true);
    out.set(TAIL, length + 4);
    yield out;
  }

  #makeRoom(length: number): void {
    if (length <= this.#raw.length) return;
    const raw = new Uint8Array(Math.min(BLOCK_RAW_MAX, Math.max(length, this.#raw.length * 2)));
    raw.set(this.#raw.subarray(0, this.#at));
    this.#raw = raw;
  }

  #add(batch: EventBatch, index: number, bytes: Uint8Array | undefined): void {
    const timeNs = batch.timesNs[index] as number;
    if (this.#blockEvents++ === 0) this.#blockTimeNs = timeNs;
    const space = batch.spaces[index] as number;
    const address = batch.addresses[index] as number;
    const size = batch.sizes[index] as number;
    const value = batch.values[index] as number;
    const high = batch.highs[index] as number;
    const text = batch.texts[index] as string;
    const delta = timeNs - this.#timeNs;
    const valueSaid = value !== (bytes?.length ?? 0);
    const raw = this.#raw;
    raw[this.#at++] = batch.kinds[index] as number;
    raw[this.#at++] =
      (space === 0 ? 0 : Flag.Space) |
      (address === 0 ? 0 : Flag.Address) |
      (size === 0 ? 0 : Flag.Size) |
      (valueSaid ? Flag.Value : 0) |
      (high === 0 ? 0 : Flag.High) |
      (bytes === undefined ? 0 : Flag.Bytes) |
      (text === '' ? 0 : Flag.Text) |
      (delta < 0 ? Flag.Back : 0);
    this.#timeNs = timeNs;
    this.#number(delta < 0 ? -delta : delta);
    if (space !== 0) this.#number(space);
    if (address !== 0) this.#number(address);
    if (size !== 0) raw[this.#at++] = size;
    if (valueSaid) this.#number(value);
    if (high !== 0) this.#number(high);
    if (bytes !== undefined) {
      this.#number(bytes.length);
      raw.set(bytes, this.#at);
      this.#at += bytes.length;
    }
    if (text !== '') this.#text(text);
  }

  #text(text: string): void {
    const known = this.#texts.get(text);
    this.#number(known ?? this.#texts.size);
    if (known !== undefined) return;
    this.#texts.set(text, this.#texts.size);
    const letters = utf8.encode(text);
    this.#number(letters.length);
    this.#raw.set(letters, this.#at);
    this.#at += letters.length;
  }

  #number(value: number): void {
    const raw = this.#raw;
    let rest = value;
    // Above 31 bits there are no shifts.
    while (rest > 0x7fff_ffff) {
      raw[this.#at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      raw[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    raw[this.#at++] = rest;
  }

  *#flush(): Iterable<Uint8Array> {
    if (this.#blockEvents === 0) return;
    if (this.#index.length / 3 >= BLOCKS_MAX) {
      throw new RangeError(`A trace has at most ${BLOCKS_MAX} blocks.`);
    }
    const raw = this.#raw.subarray(0, this.#at);
    const packed = this.#packer.pack(raw);
    const isSmaller = packed.length < raw.length;
    const stored = isSmaller ? packed : raw;
    const head = new Uint8Array(BLOCK_HEAD);
    const view = new DataView(head.buffer);
    head[0] = BLOCK;
    head[1] = isSmaller ? this.#packer.code : 0;
    view.setUint32(4, stored.length, true);
    view.setUint32(8, raw.length, true);
    view.setUint32(12, this.#blockEvents, true);
    view.setInt32(16, hashBytes(raw), true);
    this.#index.push(this.#offset, this.#events, this.#blockTimeNs);
    this.#offset += head.length + stored.length;
    this.#events += this.#blockEvents;
    yield head;
    yield stored;
    this.#at = 0;
    this.#blockEvents = 0;
    this.#timeNs = 0;
    this.#texts.clear();
  }
}
