/**
 * What blocks hold, as one number each: the write that left it, zeros, ones, or something that no
 * write left. Every word of a block tells write and place, so that a mixture of two writes and a
 * block at the wrong place are recognised for what they are.
 */
import { hashWords } from '../../../sim/kernel/hash.ts';

/** Number of the write that left it, from 1 on; or one of those below. */
export type Value = number;
export const ZEROS: Value = 0;
export const ONES: Value = -1;
/** Contents that no write of ours left are numbered downwards from here. */
const FOREIGN_FIRST = -2;
/** Different foreign contents that are told apart. */
const FOREIGN_MAX = 65_536;

const WORD = 4;

function word(tag: number, lba: number, index: number): number {
  if (index === 0) return tag;
  return (
    (Math.imul(tag, 0x9e3779b1) + Math.imul(lba + 1, 0x85ebca6b) + Math.imul(index, 0xc2b2ae35)) >>>
    0
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export class Contents {
  readonly #foreign = new Map<string, Value>();
  readonly #texts = new Map<Value, string>();

  /** One block as this write leaves it. */
  fill(block: Uint8Array, tag: number, lba: number): void {
    const view = viewOf(block);
    for (let at = 0; at < block.length; at += WORD) {
      view.setUint32(at, word(tag, lba, at / WORD), true);
    }
  }

  identify(block: Uint8Array, lba: number): Value {
    const view = viewOf(block);
    const first = view.getUint32(0, true);
    if (first !== 0 && matching(view, first, lba) === block.length / WORD) return first;
    if (block.every((byte) => byte === 0)) return ZEROS;
    if (block.every((byte) => byte === 0xff)) return ONES;
    return this.#foreigner(block, view, lba);
  }

  describe(value: Value): string {
    if (value === ZEROS) return 'zeros';
    if (value === ONES) return 'ones';
    return this.#texts.get(value) ?? `write ${value}`;
  }

  #foreigner(block: Uint8Array, view: DataView, lba: number): Value {
    const words = Array.from({ length: block.length / WORD }, (_, at) =>
      view.getUint32(at * WORD, true),
    );
    const key = hashWords(Uint32Array.from(words));
    const known = this.#foreign.get(key);
    if (known !== undefined) return known;
    const value = FOREIGN_FIRST - this.#foreign.size;
    if (this.#foreign.size === FOREIGN_MAX)
      throw new RangeError('Too many contents to tell apart.');
    this.#foreign.set(key, value);
    this.#texts.set(value, foreignText(view, lba));
    return value;
  }
}

/** How many words are those of this write at this place. */
function matching(view: DataView, tag: number, lba: number): number {
  let count = 0;
  for (let at = 0; at < view.byteLength; at += WORD) {
    if (view.getUint32(at, true) === word(tag, lba, at / WORD)) count++;
  }
  return count;
}

function foreignText(view: DataView, lba: number): string {
  const words = view.byteLength / WORD;
  const tag = view.getUint32(0, true);
  const own = matching(view, tag, lba);
  if (own > 1) return `a mixture: ${own} of ${words} words of write ${tag}`;
  // From the second word the place follows; neighbours are worth a look.
  for (let distance = 1; distance <= NEIGHBOURS; distance++) {
    for (const other of [lba - distance, lba + distance]) {
      if (matching(view, tag, other) === words) return `write ${tag} of block ${other}`;
    }
  }
  const shown = Array.from({ length: 4 }, (_, at) => view.getUint32(at * WORD, true));
  return `no write: ${shown.map((one) => one.toString(16).padStart(8, '0')).join(' ')} ...`;
}

const NEIGHBOURS = 64;
