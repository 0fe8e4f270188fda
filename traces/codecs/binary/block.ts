/** One block of the binary form as events; layout.ts says how it looks. */
import { EventBatch } from '../../format/batch.ts';
import {
  KIND_NAMES,
  NUMBER_MAX,
  PAYLOAD_MAX,
  SIZE_MAX,
  SPACE_MAX,
  TEXT_MAX,
  type TraceKind,
  WORD_MAX,
} from '../../format/event.ts';
import { Flag } from './layout.ts';

/** A number of 53 bits takes no more bytes. */
const NUMBER_BYTES_MAX = 8;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const KINDS = Uint8Array.from({ length: 256 }, (_, kind) => (KIND_NAMES.has(kind) ? 1 : 0));

/** What is wrong in a block; the decoder knows where the block is. */
export class BlockError extends Error {
  override readonly name = 'BlockError';
}

export class BlockReader {
  readonly #batch: EventBatch;
  readonly #raw: Uint8Array;
  #at = 0;
  #timeNs = 0;
  readonly #texts: string[] = [];
  #left: number;

  constructor(batch: EventBatch, raw: Uint8Array, events: number) {
    this.#batch = batch;
    this.#raw = raw;
    this.#left = events;
  }

  /** Fills the batch; returns whether there is more. @throws BlockError */
  fill(): boolean {
    const batch = this.#batch;
    while (this.#left > 0 && !batch.full) {
      this.#event();
      this.#left--;
      if (this.#at > this.#raw.length) throw new BlockError('an event goes beyond its block');
    }
    if (this.#left > 0) return true;
    if (this.#at !== this.#raw.length) throw new BlockError('a block has more than its events');
    return false;
  }

  #event(): void {
    const raw = this.#raw;
    const batch = this.#batch;
    const kind = raw[this.#at++] as TraceKind;
    const flags = raw[this.#at++] as number;
    if (KINDS[kind] !== 1) throw new BlockError(`there is no kind ${kind} of events`);
    const delta = this.#number(NUMBER_MAX);
    const timeNs = this.#timeNs + ((flags & Flag.Back) === 0 ? delta : -delta);
    if (timeNs < 0 || timeNs > NUMBER_MAX) throw new BlockError('a time is out of bounds');
    this.#timeNs = timeNs;
    const space = (flags & Flag.Space) === 0 ? 0 : this.#number(SPACE_MAX);
    const address = (flags & Flag.Address) === 0 ? 0 : this.#number(NUMBER_MAX);
    const size = (flags & Flag.Size) === 0 ? 0 : (raw[this.#at++] as number);
    if (size > SIZE_MAX) throw new BlockError(`a size is at most ${SIZE_MAX}, not ${size}`);
    const value = (flags & Flag.Value) === 0 ? 0 : this.#number(WORD_MAX);
    const high = (flags & Flag.High) === 0 ? 0 : this.#number(WORD_MAX);
    const index = batch.add(timeNs, kind, space, address, size, value, high);
    if ((flags & (Flag.Bytes | Flag.Text)) === 0) return;
    if ((flags & Flag.Bytes) !== 0) {
      const bytes = this.#take(this.#number(PAYLOAD_MAX));
      if ((flags & Flag.Value) === 0) batch.values[index] = bytes.length;
      batch.makeBytes(index, bytes.length).set(bytes);
    }
    if ((flags & Flag.Text) !== 0) batch.texts[index] = this.#text();
  }

  #take(length: number): Uint8Array {
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#raw.length) throw new BlockError('an event goes beyond its block');
    return this.#raw.subarray(from, this.#at);
  }

  #text(): string {
    const id = this.#number(this.#texts.length);
    const known = this.#texts[id];
    if (known !== undefined) return known;
    const letters = this.#take(this.#number(TEXT_MAX * 3));
    let text: string;
    try {
      text = utf8.decode(letters);
    } catch {
      throw new BlockError('a text is no UTF-8');
    }
    if (text === '' || text.length > TEXT_MAX) {
      throw new BlockError(`a text has 1 to ${TEXT_MAX} characters`);
    }
    this.#texts.push(text);
    return text;
  }

  #number(max: number): number {
    const raw = this.#raw;
    let byte = raw[this.#at++] as number;
    if (byte < 0x80) {
      if (byte > max) throw new BlockError(`a number is larger than ${max}`);
      return byte;
    }
    let value = byte & 0x7f;
    let scale = 0x80;
    for (let count = 1; byte >= 0x80; count++) {
      if (count === NUMBER_BYTES_MAX) throw new BlockError('a number has no end');
      byte = raw[this.#at++] as number;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    }
    if (!(value <= max)) throw new BlockError(`a number is larger than ${max}`);
    return value;
  }
}
