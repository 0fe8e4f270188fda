/**
 * What happened in a world, in order: a bounded ring of events in typed arrays, and a running
 * 64-bit hash of all of them, which is the run's identity. Recording allocates nothing.
 */
import { hashText } from './random.ts';

export const EventKind = {
  ConfigRead: 1,
  ConfigWrite: 2,
  /** `bar` selects the space; a BAR may be memory or I/O. */
  Read: 3,
  Write: 4,
  /** The device reads or writes host memory. */
  DmaRead: 5,
  DmaWrite: 6,
  DmaMap: 7,
  DmaUnmap: 8,
  /** The device addressed memory that is not mapped for it. */
  DmaFault: 9,
  /** The driver reads or writes memory that a device can reach too. */
  BufferRead: 10,
  BufferWrite: 11,
  /** `address` is the vector, `value` 1 for raise (or a message) and 0 for lower. */
  Interrupt: 12,
  /** The driver's handler runs. */
  InterruptHandled: 13,
  /** Something moved on the device's own side: a character on a serial line, a wire. */
  Line: 14,
  Reset: 15,
  Removed: 16,
  Fault: 17,
  /** Text: lifecycle steps of the driver, host calls that rules care about. */
  Lifecycle: 18,
  /** Text: what clients of the driver ask and get. */
  Operation: 19,
  /** A gap of the model, or an access that a device refuses; text. */
  Gap: 20,
  /** A rule was broken; text. */
  Violation: 21,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];
export const EVENT_KINDS = Object.keys(EventKind) as (keyof typeof EventKind)[];

/** Called right after an event was recorded, with its place in the ring. */
export type JournalObserver = (at: number) => void;

/** Texts that one journal may hold. */
const TEXTS_MAX = 100_000;
const INITIAL = 256;
/** Numbers of event kinds are below this. */
const KINDS_MAX = 32;
const WORD = 2 ** 32;

export class Journal {
  /** Events recorded since the beginning; the ring holds the last `capacity` of them. */
  count = 0;
  /** Virtual time of the next event; the world sets it. */
  now = 0;
  readonly capacity: number;
  time = new Float64Array(INITIAL);
  kind = new Uint8Array(INITIAL);
  /** Access size in bytes, where there is one. */
  size = new Uint8Array(INITIAL);
  /** Address space: BAR index, or what the kind says. */
  space = new Uint8Array(INITIAL);
  address = new Float64Array(INITIAL);
  value = new Uint32Array(INITIAL);
  high = new Uint32Array(INITIAL);

  /** Two words; numbers in a typed array are never boxed. */
  readonly #hash = Int32Array.of(0x243f6a88, 0x85a308d3);
  #mask = INITIAL - 1;
  readonly #observers: (JournalObserver[] | undefined)[] = Array.from({ length: KINDS_MAX });
  readonly #texts: string[] = [];
  readonly #textIds = new Map<string, number>();
  readonly #bytes = new Map<number, { readonly event: number; readonly bytes: Uint8Array }>();

  /** `capacity` is rounded up to a power of two. */
  constructor(capacity = 16_384) {
    this.capacity = Math.max(INITIAL, 2 ** (32 - Math.clz32(capacity - 1)));
  }

  /** Records one event; returns its place in the ring. */
  record(
    kind: EventKind,
    space: number,
    address: number,
    value: number,
    size = 0,
    high = 0,
  ): number {
    const { count, now } = this;
    if (count > this.#mask && this.#mask + 1 < this.capacity) this.#grow();
    const at = count & this.#mask;
    this.count = count + 1;
    this.time[at] = now;
    this.kind[at] = kind;
    this.size[at] = size;
    this.space[at] = space;
    this.address[at] = address;
    this.value[at] = value;
    this.high[at] = high;
    const hash = this.#hash;
    const meta = kind | (space << 8) | (size << 16);
    const one = Math.imul((hash[0] as number) ^ value, 0x9e3779b1) + meta;
    const two = Math.imul((hash[1] as number) ^ address, 0x85ebca6b) + (now | 0);
    hash[0] = one ^ (two >>> 15) ^ high;
    hash[1] = two ^ (one >>> 13);
    if (now >= WORD || address >= WORD) this.#mixUpper(address, now);
    const observers = this.#observers[kind];
    if (observers !== undefined) {
      for (let index = 0; index < observers.length; index++) {
        (observers[index] as JournalObserver)(at);
      }
    }
    return at;
  }

  /** Records an event whose content is text. */
  note(kind: EventKind, text: string, space = 0, address = 0): number {
    return this.record(kind, space, address, this.#intern(text), 0, 0);
  }

  /** Records an event with bytes; all of them enter the hash, the first 64 are kept to be shown. */
  recordBytes(kind: EventKind, space: number, address: number, bytes: Uint8Array): number {
    let hash = 0x13198a2e;
    for (let index = 0; index < bytes.length; index++) {
      hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193);
      hash ^= hash >>> 13;
    }
    const event = this.count;
    const at = this.record(kind, space, address, bytes.length, 0, hash);
    this.#bytes.set(at, { event, bytes: bytes.slice(0, SHOWN_BYTES) });
    return at;
  }

  textAt(at: number): string {
    return this.#texts[this.value[at] ?? 0] ?? '';
  }

  bytesAt(at: number): Uint8Array | undefined {
    const kept = this.#bytes.get(at);
    // A later event may have taken the place.
    const last = this.count - 1;
    return kept?.event === last - ((last - at) & this.#mask) ? kept.bytes : undefined;
  }

  /** Position in the ring of the n-th event, or undefined if the ring no longer holds it. */
  place(index: number): number | undefined {
    if (index < 0 || index >= this.count || index < this.count - (this.#mask + 1)) return undefined;
    return index & this.#mask;
  }

  observe(kind: EventKind, observer: JournalObserver): void {
    (this.#observers[kind] ??= []).push(observer);
  }

  /** Sixteen hexadecimal digits over every event so far. */
  hash(): string {
    const word = (value: number) => (value >>> 0).toString(16).padStart(8, '0');
    return word(this.#hash[0] as number) + word(this.#hash[1] as number);
  }

  #intern(text: string): number {
    const known = this.#textIds.get(text);
    if (known !== undefined) return known;
    if (this.#texts.length === TEXTS_MAX) throw new RangeError('Too many texts in one journal.');
    const id = this.#texts.length;
    this.#texts.push(text);
    this.#textIds.set(text, id);
    this.#hash[1] = (this.#hash[1] as number) ^ hashText(text);
    return id;
  }

  /** What the words of an address or a time above 32 bits add to the hash. */
  #mixUpper(address: number, now: number): void {
    const hash = this.#hash;
    const upper = Math.imul((address / WORD) | 0, 0xc2b2ae35) + ((now / WORD) | 0);
    hash[0] = Math.imul((hash[0] as number) ^ upper, 0x27d4eb2f);
  }

  #grow(): void {
    const size = (this.#mask + 1) * 2;
    const wider = <A extends Float64Array | Uint32Array | Uint8Array>(from: A, to: A): A => {
      to.set(from);
      return to;
    };
    this.time = wider(this.time, new Float64Array(size));
    this.kind = wider(this.kind, new Uint8Array(size));
    this.size = wider(this.size, new Uint8Array(size));
    this.space = wider(this.space, new Uint8Array(size));
    this.address = wider(this.address, new Float64Array(size));
    this.value = wider(this.value, new Uint32Array(size));
    this.high = wider(this.high, new Uint32Array(size));
    this.#mask = size - 1;
  }
}

const SHOWN_BYTES = 64;
