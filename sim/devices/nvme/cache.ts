/**
 * The volatile write cache of one namespace.
 *
 * What is written shows at once; until it is durable the cache remembers what was there before.
 * When the power goes, everything that is not durable is taken back, and chance decides which of it
 * had reached the medium: each write whole or not at all up to the promised atomicity, a longer one
 * in pieces of that size; later ones may have arrived where earlier ones had not.
 *
 * NVM Express Base Specification 1.4, "Volatile Write Cache", "Atomic Operations", "Flush command"
 * (secondary sources). Not modelled: destaging by age; only a full cache destages, oldest first.
 */
import type { Random } from '../../kernel/random.ts';
import { BlockState, type Media } from './media.ts';

/** What the cache holds at the most; beyond it the oldest writes go to the medium. */
export const CACHE_BYTES_MAX = 4 * 1024 * 1024;
export const CACHE_WRITES_MAX = 256;
/** Entries are used again; larger ones are left to the collector. */
const KEPT_BYTES_MAX = 16 * 1024;
/** In `states`: the block was made durable, or written over durably, since. */
const GONE = 255;

/** What a write puts there: data, zeros, or nothing any more. */
export type Content = Uint8Array | 'zeros' | 'deallocated';

/** How many writes have ended, over all caches of a controller: a flush may cover all of them. */
export interface WriteTally {
  ended: number;
}

export interface CacheOptions {
  /** Blocks that a power failure never tears: AWUPF + 1. */
  readonly atomicBlocks: number;
  readonly random: Random;
  readonly tally: WriteTally;
}

/** A write that is not durable; the command that made it holds it until it ends. */
export class CachedWrite {
  readonly cache: WriteCache;
  lba = 0;
  count = 0;
  /** What the blocks were before; `states` says of each what it was. */
  bytes = new Uint8Array(0);
  states = new Uint8Array(0);
  /** Blocks that are not durable yet; 0 when the cache has forgotten the write. */
  pending = 0;
  /** How many writes had ended when this one did. */
  ended = Infinity;
  /** Its command has not ended. */
  held = false;
  older: CachedWrite | undefined;
  newer: CachedWrite | undefined;

  constructor(cache: WriteCache) {
    this.cache = cache;
  }
}

export class WriteCache {
  /** Bytes and writes that are not durable. */
  bytes = 0;
  writes = 0;
  readonly #media: Media;
  readonly #options: CacheOptions;
  readonly #spare: CachedWrite[] = [];
  readonly #block: Uint8Array;
  #oldest: CachedWrite | undefined;
  #newest: CachedWrite | undefined;

  constructor(media: Media, options: CacheOptions) {
    this.#media = media;
    this.#options = options;
    this.#block = new Uint8Array(media.blockBytes);
  }

  /**
   * Writes blocks: they show at once. The command calls `end` when it completes. Undefined when the
   * medium is full.
   */
  begin(lba: number, count: number, content: Content): CachedWrite | undefined {
    const media = this.#media;
    const write = this.#take(count);
    write.lba = lba;
    write.count = count;
    write.pending = count;
    write.ended = Infinity;
    write.held = true;
    media.read(lba, count, write.bytes);
    for (let block = 0; block < count; block++) write.states[block] = media.stateOf(lba + block);
    if (!this.#put(lba, count, content)) {
      this.#keep(write);
      return undefined;
    }
    this.#append(write);
    return write;
  }

  /** Writes blocks durably and at once, of any number. False when the medium is full. */
  through(lba: number, count: number, content: Content | 'uncorrectable'): boolean {
    if (!this.#put(lba, count, content)) return false;
    this.#supersede(this.#newest, lba, count);
    return true;
  }

  /** What is cached of these blocks lasts from now on. */
  commit(lba: number, count: number): void {
    for (let write = this.#oldest; write !== undefined;) {
      const { newer } = write;
      if (write.lba < lba + count && lba < write.lba + write.count) this.#persist(write);
      write = newer;
    }
  }

  /** The command has completed; with `durable` what it wrote lasts from now on. */
  end(write: CachedWrite, durable: boolean): void {
    write.held = false;
    write.ended = this.#options.tally.ended++;
    if (write.pending === 0) this.#keep(write);
    else if (durable) this.#persist(write);
  }

  /** What had ended when the tally was at `mark` lasts from now on: when the flush began. */
  flush(mark: number): void {
    for (let write = this.#oldest; write !== undefined;) {
      const { newer } = write;
      if (write.ended < mark) this.#persist(write);
      write = newer;
    }
  }

  /** Everything lasts: shutdown, or the cache is turned off. */
  flushAll(): void {
    while (this.#oldest !== undefined) this.#forget(this.#oldest);
  }

  /** No command will end any more: the controller was reset. What they wrote counts as written. */
  settle(): void {
    for (let write = this.#oldest; write !== undefined; write = write.newer) {
      if (!write.held) continue;
      write.held = false;
      write.ended = this.#options.tally.ended++;
    }
  }

  /** The power goes: what is not durable is lost, torn, or has arrived in another order. */
  cutPower(): void {
    this.settle();
    for (let write = this.#newest; write !== undefined; write = write.older) this.#swap(write);
    // Once in a while everything is lost, or nothing; else more or less of it.
    const eighths = this.#options.random.below(9);
    while (this.#oldest !== undefined) {
      this.#arrive(this.#oldest, eighths);
      this.#forget(this.#oldest);
    }
  }

  /** Oldest first: what was written later stays on top. */
  #arrive(write: CachedWrite, eighths: number): void {
    const { lba, count, bytes, states } = write;
    const { blockBytes } = this.#media;
    const { atomicBlocks, random } = this.#options;
    let arrives = true;
    for (let block = 0; block < count; block++) {
      if (block % atomicBlocks === 0) arrives = random.chance(eighths, 8);
      if (!arrives || states[block] === GONE) continue;
      this.#media.restore(lba + block, states[block] as BlockState, bytes, block * blockBytes);
    }
  }

  /** What the write found and what it left change places. */
  #swap(write: CachedWrite): void {
    const media = this.#media;
    const { blockBytes } = media;
    for (let block = 0; block < write.count; block++) {
      const state = write.states[block] as number;
      if (state === GONE) continue;
      const lba = write.lba + block;
      const at = block * blockBytes;
      media.read(lba, 1, this.#block);
      const now = media.stateOf(lba);
      media.restore(lba, state as BlockState, write.bytes, at);
      write.bytes.set(this.#block, at);
      write.states[block] = now;
    }
  }

  #put(lba: number, count: number, content: Content | 'uncorrectable'): boolean {
    const media = this.#media;
    switch (content) {
      case 'zeros':
        return media.zero(lba, count);
      case 'uncorrectable':
        return media.spoil(lba, count);
      case 'deallocated':
        media.deallocate(lba, count);
        return true;
      default:
        return media.write(lba, count, content);
    }
  }

  #append(write: CachedWrite): void {
    write.older = this.#newest;
    write.newer = undefined;
    if (this.#newest === undefined) this.#oldest = write;
    else this.#newest.newer = write;
    this.#newest = write;
    this.writes++;
    this.bytes += write.count * this.#media.blockBytes;
    while (this.bytes > CACHE_BYTES_MAX || this.writes > CACHE_WRITES_MAX) {
      if (this.#oldest === undefined || this.#oldest === write) return;
      this.#forget(this.#oldest);
    }
  }

  /** What it wrote lasts; so no older write of the same blocks can show any more. */
  #persist(write: CachedWrite): void {
    this.#supersede(write.older, write.lba, write.count);
    this.#forget(write);
  }

  #supersede(from: CachedWrite | undefined, lba: number, count: number): void {
    for (let write = from; write !== undefined;) {
      const { older } = write;
      const first = Math.max(lba, write.lba) - write.lba;
      const end = Math.min(lba + count, write.lba + write.count) - write.lba;
      for (let block = first; block < end; block++) {
        if (write.states[block] === GONE) continue;
        write.states[block] = GONE;
        write.pending--;
      }
      if (write.pending === 0) this.#forget(write);
      write = older;
    }
  }

  #forget(write: CachedWrite): void {
    if (write.older === undefined) this.#oldest = write.newer;
    else write.older.newer = write.newer;
    if (write.newer === undefined) this.#newest = write.older;
    else write.newer.older = write.older;
    this.writes--;
    this.bytes -= write.count * this.#media.blockBytes;
    write.older = undefined;
    write.newer = undefined;
    write.pending = 0;
    if (!write.held) this.#keep(write);
  }

  #take(count: number): CachedWrite {
    const write = this.#spare.pop() ?? new CachedWrite(this);
    const bytes = count * this.#media.blockBytes;
    if (write.bytes.length < bytes) write.bytes = new Uint8Array(bytes);
    if (write.states.length < count) write.states = new Uint8Array(count);
    return write;
  }

  #keep(write: CachedWrite): void {
    if (write.bytes.length <= KEPT_BYTES_MAX) this.#spare.push(write);
  }
}
