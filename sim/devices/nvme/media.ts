/**
 * The medium of one namespace: blocks in pages that exist only where something was written.
 *
 * Its cost depends on what is stored, never on how large the namespace is: 1 TiB costs nothing.
 * Not modelled: wear, retention, physical geometry.
 */

export const BlockState = { Deallocated: 0, Written: 1, Uncorrectable: 2 } as const;
export type BlockState = (typeof BlockState)[keyof typeof BlockState];

const BLOCK_SIZES = new Set(Array.from({ length: 8 }, (_, power) => 512 * 2 ** power));
const PAGE_BYTES = 4096;
/** What may be stored in one namespace: 1 GiB. Beyond it a write fails. */
const PAGES_MAX = 262_144;

interface Page {
  /** Undefined while all of it is zeros. */
  bytes: Uint8Array | undefined;
  readonly states: Uint8Array;
  /** Blocks that are not deallocated. */
  used: number;
}

export class Media {
  readonly blockBytes: number;
  readonly blocks: number;
  /** Blocks that cannot be read; while there are none nobody looks for them. */
  uncorrectable = 0;
  /** Blocks that are not deallocated. */
  used = 0;
  readonly #pages = new Map<number, Page>();
  readonly #blocksPerPage: number;
  readonly #pageBytes: number;
  readonly #zeros: Uint8Array;
  /** The page of the last access. */
  #lastIndex = -1;
  #last: Page | undefined;

  /** @throws RangeError for a block size that is no power of two from 512 to 65,536 */
  constructor(blockBytes: number, blocks: number) {
    if (!BLOCK_SIZES.has(blockBytes)) {
      throw new RangeError(`A block has 512 to 65536 bytes, a power of two, not ${blockBytes}.`);
    }
    this.blockBytes = blockBytes;
    this.blocks = blocks;
    this.#pageBytes = Math.max(PAGE_BYTES, blockBytes);
    this.#blocksPerPage = this.#pageBytes / blockBytes;
    this.#zeros = new Uint8Array(this.#pageBytes);
  }

  /** Copies blocks; those that are deallocated read as zeros. */
  read(lba: number, count: number, into: Uint8Array, at = 0): void {
    const { blockBytes } = this;
    const perPage = this.#blocksPerPage;
    for (let done = 0; done < count;) {
      const index = Math.floor((lba + done) / perPage);
      const first = lba + done - index * perPage;
      const blocks = Math.min(count - done, perPage - first);
      const page = this.#page(index);
      const bytes = page?.bytes ?? this.#zeros;
      copy(bytes, first * blockBytes, into, at + done * blockBytes, blocks * blockBytes);
      done += blocks;
    }
  }

  /** False, and nothing written, when the medium holds as much as it can. */
  write(lba: number, count: number, from: Uint8Array, at = 0): boolean {
    const { blockBytes } = this;
    const perPage = this.#blocksPerPage;
    if (this.#isFull(count)) return false;
    for (let done = 0; done < count;) {
      const index = Math.floor((lba + done) / perPage);
      const first = lba + done - index * perPage;
      const blocks = Math.min(count - done, perPage - first);
      const page = this.#page(index) ?? this.#makePage(index);
      page.bytes ??= new Uint8Array(this.#pageBytes);
      copy(from, at + done * blockBytes, page.bytes, first * blockBytes, blocks * blockBytes);
      for (let block = first; block < first + blocks; block++) {
        if (page.states[block] !== BlockState.Written) this.#enter(page, block, BlockState.Written);
      }
      done += blocks;
    }
    return true;
  }

  /** Writes zeros, which take next to no room. False as of `write`. */
  zero(lba: number, count: number): boolean {
    return this.#clear(lba, count, BlockState.Written);
  }

  /** The blocks cannot be read until they are written again. False as of `write`. */
  spoil(lba: number, count: number): boolean {
    return this.#clear(lba, count, BlockState.Uncorrectable);
  }

  /** The blocks read as zeros, and their pages go. */
  deallocate(lba: number, count: number): void {
    const perPage = this.#blocksPerPage;
    const from = Math.floor(lba / perPage);
    const to = Math.floor((lba + count - 1) / perPage);
    if (count <= 0) return;
    if (to - from >= this.#pages.size) {
      // What exists is less than what is asked for.
      for (const index of [...this.#pages.keys()]) {
        if (index >= from && index <= to) this.#deallocateIn(index, lba, lba + count);
      }
      return;
    }
    for (let index = from; index <= to; index++) this.#deallocateIn(index, lba, lba + count);
  }

  stateOf(lba: number): BlockState {
    const index = Math.floor(lba / this.#blocksPerPage);
    const page = this.#page(index);
    if (page === undefined) return BlockState.Deallocated;
    return page.states[lba - index * this.#blocksPerPage] as BlockState;
  }

  /** The first block of the range in this state, or -1. */
  find(state: BlockState, lba: number, count: number): number {
    if (state === BlockState.Uncorrectable && this.uncorrectable === 0) return -1;
    for (let block = lba; block < lba + count; block++) {
      if (this.stateOf(block) === state) return block;
    }
    return -1;
  }

  /** The lowest block that cannot be read, or -1. */
  firstUncorrectable(): number {
    let first = -1;
    for (const [index, { states }] of this.#pages) {
      const block = states.indexOf(BlockState.Uncorrectable);
      const lba = index * this.#blocksPerPage + block;
      if (block >= 0 && (first < 0 || lba < first)) first = lba;
    }
    return first;
  }

  /** Puts one block back as it was. */
  restore(lba: number, state: BlockState, from: Uint8Array, at: number): void {
    if (state === BlockState.Deallocated) this.deallocate(lba, 1);
    else if (state === BlockState.Uncorrectable) this.spoil(lba, 1);
    else this.write(lba, 1, from, at);
  }

  #isFull(count: number): boolean {
    const pages = Math.ceil(count / this.#blocksPerPage) + 1;
    return this.#pages.size + pages > PAGES_MAX;
  }

  #page(index: number): Page | undefined {
    if (index === this.#lastIndex) return this.#last;
    const page = this.#pages.get(index);
    this.#lastIndex = index;
    this.#last = page;
    return page;
  }

  #makePage(index: number): Page {
    const page: Page = {
      bytes: undefined,
      states: new Uint8Array(this.#blocksPerPage),
      used: 0,
    };
    this.#pages.set(index, page);
    this.#lastIndex = index;
    this.#last = page;
    return page;
  }

  /** Blocks without contents of their own. */
  #clear(lba: number, count: number, state: BlockState): boolean {
    if (this.#isFull(count)) return false;
    const perPage = this.#blocksPerPage;
    for (let each = lba; each < lba + count; each++) {
      const index = Math.floor(each / perPage);
      const page = this.#page(index) ?? this.#makePage(index);
      const block = each - index * perPage;
      page.bytes?.fill(0, block * this.blockBytes, (block + 1) * this.blockBytes);
      this.#enter(page, block, state);
    }
    return true;
  }

  #deallocateIn(index: number, lba: number, end: number): void {
    const page = this.#page(index);
    if (page === undefined) return;
    const base = index * this.#blocksPerPage;
    const first = Math.max(0, lba - base);
    const last = Math.min(this.#blocksPerPage, end - base);
    for (let block = first; block < last; block++) {
      this.#enter(page, block, BlockState.Deallocated);
    }
    if (page.used === 0) {
      this.#pages.delete(index);
      this.#lastIndex = -1;
      return;
    }
    page.bytes?.fill(0, first * this.blockBytes, last * this.blockBytes);
  }

  #enter(page: Page, block: number, state: BlockState): void {
    const before = page.states[block] as BlockState;
    page.states[block] = state;
    const used =
      Number(state !== BlockState.Deallocated) - Number(before !== BlockState.Deallocated);
    page.used += used;
    this.used += used;
    this.uncorrectable +=
      Number(state === BlockState.Uncorrectable) - Number(before === BlockState.Uncorrectable);
  }
}

function copy(from: Uint8Array, at: number, to: Uint8Array, where: number, length: number): void {
  if (at === 0 && length === from.length) to.set(from, where);
  else to.set(from.subarray(at, at + length), where);
}
