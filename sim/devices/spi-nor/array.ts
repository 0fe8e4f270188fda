/** The cells of a NOR flash by blocks: an erased one takes no room. Programming clears bits. */
import type { Random } from '../../kernel/random.ts';
import { BLOCK_BYTES, PAGE_BYTES } from './parts.ts';

export const ERASED = 0xff;
const BYTE_VALUES = 256;
/** What becomes of a page whose erase broke off. */
const OUTCOMES = 3;

export class NorArray {
  readonly bytes: number;
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  read(at: number): number {
    const block = this.#blocks.get(Math.floor(at / BLOCK_BYTES));
    return block === undefined ? ERASED : (block[at % BLOCK_BYTES] as number);
  }

  /** The cells keep the zeros of both. */
  program(at: number, byte: number): void {
    const block = this.#block(Math.floor(at / BLOCK_BYTES));
    block[at % BLOCK_BYTES] = (block[at % BLOCK_BYTES] as number) & byte;
  }

  erase(at: number, length: number): void {
    for (let from = at; from < at + length;) {
      const index = Math.floor(from / BLOCK_BYTES);
      const until = Math.min(at + length, (index + 1) * BLOCK_BYTES);
      if (until - from === BLOCK_BYTES) this.#blocks.delete(index);
      else
        this.#blocks
          .get(index)
          ?.fill(ERASED, from % BLOCK_BYTES, from - index * BLOCK_BYTES + until - from);
      from = until;
    }
  }

  /** The power failed while this byte was programmed: some of its bits are cleared already. */
  halfProgram(at: number, byte: number, random: Random): void {
    this.program(at, byte | random.below(BYTE_VALUES));
  }

  /** The power failed during an erase: each page is as it was, erased, or neither. */
  halfErase(at: number, length: number, random: Random): void {
    for (let page = at; page < at + length; page += PAGE_BYTES) {
      if (!this.#blocks.has(Math.floor(page / BLOCK_BYTES))) continue;
      const outcome = random.below(OUTCOMES);
      if (outcome === 0) continue;
      this.erase(page, PAGE_BYTES);
      if (outcome === 1) continue;
      for (let byte = 0; byte < PAGE_BYTES; byte++) {
        this.program(page + byte, random.below(BYTE_VALUES));
      }
    }
  }

  #block(index: number): Uint8Array {
    let block = this.#blocks.get(index);
    if (block === undefined) {
      block = new Uint8Array(BLOCK_BYTES).fill(ERASED);
      this.#blocks.set(index, block);
    }
    return block;
  }
}
