/**
 * What the accesses of one space show of each bit: counted as they pass. Bytes are the unit, since
 * registers and their widths are not known yet; a byte costs the same whatever happens to it.
 */

/** What is counted of each bit; of several writes without a read between, the last one counts. */
export const COUNTERS = [
  /** Written over the other value, as it was last read, and the next read gave what was written. */
  'took0',
  'took1',
  /** The same, but the next read gave the old value. */
  'ignored0',
  'ignored1',
  /** Written, whatever was there before, and the next read gave the other value. */
  'differed0',
  'differed1',
  /** One was read, one was written, and the next read gave zero, or one. */
  'cleared',
  'stayed',
  /** Two reads differed, with no write between that could explain it. */
  'moved',
  /** One was read, and the next read, without any access between, gave zero. */
  'fell',
  /** One was read twice without a write between. */
  'lasted',
  /** The same value was read again and again, at once, until this bit changed; and those reads. */
  'polls',
  'polled',
  /** It changed in a read that followed a write to another place. */
  'answered',
] as const;
export type Counter = (typeof COUNTERS)[number];

/** What is known of each byte: masks of its bits. */
const MASKS = [
  'zerosRead',
  'onesRead',
  'zerosWritten',
  'onesWritten',
  /** What the last read gave, and whether there was one. */
  'held',
  'known',
  /** The last write, if no read came since. */
  'written',
  'pending',
] as const;
export type Mask = (typeof MASKS)[number];

/** Bytes of one space that are followed; a place beyond them is only counted. */
export const BYTES_MAX = 16_384;
const INITIAL_BYTES = 256;
const BITS = 8;
const WEIGHTS = [1, 2, 4, 8, 16, 32, 64, 128] as const;

/** What stood between a read and what came before it. */
export interface Surroundings {
  /** The access before was a read of the same place. */
  readonly atOnce: boolean;
  /** The access before was a write to another place. */
  readonly afterWrite: boolean;
  /** Reads of the same place at once that gave the same, before this one; 0 when no poll. */
  readonly repeated: number;
}

export class Evidence {
  readonly #slots = new Map<number, number>();
  readonly #masks = {} as Record<Mask, Uint8Array>;
  readonly #counts = {} as Record<Counter, Uint32Array>;
  #capacity = 0;

  constructor() {
    this.#grow(INITIAL_BYTES);
  }

  /** Whether a place of so many bytes is followed, or can be from now on. */
  admit(address: number, size: number): boolean {
    let missing = 0;
    for (let at = address; at < address + size; at++) if (!this.#slots.has(at)) missing++;
    if (this.#slots.size + missing > BYTES_MAX) return false;
    for (let at = address; missing > 0 && at < address + size; at++) {
      if (!this.#slots.has(at)) this.#slots.set(at, this.#slots.size);
    }
    if (this.#slots.size > this.#capacity) this.#grow(this.#capacity * 2);
    return true;
  }

  mask(name: Mask, address: number): number {
    const slot = this.#slots.get(address);
    return slot === undefined ? 0 : (this.#masks[name][slot] as number);
  }

  /** `bit` is 0 to 7 in the byte. */
  count(name: Counter, address: number, bit: number): number {
    const slot = this.#slots.get(address);
    return slot === undefined ? 0 : (this.#counts[name][slot * BITS + bit] as number);
  }

  write(address: number, value: number): void {
    const slot = this.#slots.get(address);
    if (slot === undefined) return;
    const byte = value & 0xff;
    this.#mark('onesWritten', slot, byte);
    this.#mark('zerosWritten', slot, ~byte & 0xff);
    this.#set('written', slot, byte);
    this.#set('pending', slot, 0xff);
  }

  read(address: number, value: number, around: Surroundings): void {
    const slot = this.#slots.get(address);
    if (slot === undefined) return;
    const byte = value & 0xff;
    this.#mark('onesRead', slot, byte);
    this.#mark('zerosRead', slot, ~byte & 0xff);
    if (this.#get('pending', slot) !== 0) this.#readBack(slot, byte);
    else this.#readAgain(slot, byte, around);
    this.#set('held', slot, byte);
    this.#set('known', slot, 0xff);
    this.#set('pending', slot, 0);
  }

  /** Something may have changed everything: nothing is concluded from what was before. */
  forget(): void {
    for (const name of ['known', 'pending'] as const) this.#masks[name].fill(0);
  }

  forgetByte(address: number): void {
    const slot = this.#slots.get(address);
    if (slot === undefined) return;
    this.#set('known', slot, 0);
    this.#set('pending', slot, 0);
  }

  #readBack(slot: number, byte: number): void {
    const written = this.#get('written', slot);
    const held = this.#get('held', slot);
    const known = this.#get('known', slot);
    const agreed = ~(byte ^ written);
    const another = (held ^ written) & known;
    const one = held & written & known;
    this.#add('differed1', slot, ~agreed & written);
    this.#add('differed0', slot, ~agreed & ~written);
    this.#add('took1', slot, another & agreed & written);
    this.#add('took0', slot, another & agreed & ~written);
    this.#add('ignored1', slot, another & ~agreed & written);
    this.#add('ignored0', slot, another & ~agreed & ~written);
    this.#add('cleared', slot, one & ~byte);
    this.#add('stayed', slot, one & byte);
    this.#add('moved', slot, ~held & ~written & byte & known);
  }

  #readAgain(slot: number, byte: number, { atOnce, afterWrite, repeated }: Surroundings): void {
    const known = this.#get('known', slot);
    const held = this.#get('held', slot);
    this.#add('lasted', slot, held & byte & known);
    const changed = (held ^ byte) & known;
    if (changed === 0) return;
    this.#add('moved', slot, changed);
    if (atOnce) this.#add('fell', slot, changed & held);
    if (afterWrite) this.#add('answered', slot, changed);
    if (repeated === 0) return;
    this.#add('polls', slot, changed);
    this.#add('polled', slot, changed, repeated + 1);
  }

  #get(name: Mask, slot: number): number {
    return this.#masks[name][slot] as number;
  }

  #set(name: Mask, slot: number, bits: number): void {
    this.#masks[name][slot] = bits;
  }

  #mark(name: Mask, slot: number, bits: number): void {
    this.#set(name, slot, this.#get(name, slot) | bits);
  }

  #add(name: Counter, slot: number, bits: number, by = 1): void {
    if ((bits & 0xff) === 0) return;
    const counts = this.#counts[name];
    for (let bit = 0; bit < BITS; bit++) {
      if ((bits & WEIGHTS[bit]!) !== 0) counts[slot * BITS + bit]! += by;
    }
  }

  #grow(capacity: number): void {
    this.#capacity = Math.min(capacity, BYTES_MAX);
    for (const name of MASKS) {
      const larger = new Uint8Array(this.#capacity);
      larger.set(this.#masks[name] ?? []);
      this.#masks[name] = larger;
    }
    for (const name of COUNTERS) {
      const larger = new Uint32Array(this.#capacity * BITS);
      larger.set(this.#counts[name] ?? []);
      this.#counts[name] = larger;
    }
  }
}
