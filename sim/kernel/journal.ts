/**
 * What happened in a world, in order: a bounded ring of events in typed arrays, and a running
 * 64-bit hash of all of them, which is the run's identity. Recording allocates nothing.
 */
import { hashBytes } from './hash.ts';
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
  /** What the host put in a queue for the device: `space` is the queue; bytes. */
  Command: 22,
  /** What the device answered, as the host took it from a queue: `space` is the queue; bytes. */
  Completion: 23,
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

/** A record: eight words, half a cache line. */
const RECORD_BITS = 3;
const RECORD_WORDS = 8;
const TIME = 0;
const ADDRESS = 1;
const META = 2;
const VALUE = 3;
const HIGH = 4;
/** What time and address have above 32 bits; kept only where meta says FAR. */
const TIME_UPPER = 5;
const ADDRESS_UPPER = 6;
/** Meta: the kind in the low byte, the size above it, then FAR, then the space. */
const KIND_MASK = 0xff;
const SIZE_SHIFT = 8;
const SIZE_MASK = 0x7f;
const FAR = 1 << 15;
const SPACE_SHIFT = 16;

export class Journal {
  /** Events recorded since the beginning; the ring holds the last `capacity` of them. */
  count = 0;
  /** Virtual time of the next event; the world sets it. */
  now = 0;
  readonly capacity: number;
  /**
   * False: of bytes only their number is recorded, which is fast; then the hash does not know them.
   */
  payloads = true;

  #words = new Uint32Array(INITIAL * RECORD_WORDS);
  #mask = INITIAL - 1;
  /** Two words as signed integers: those are never boxed. */
  #one = 0x243f6a88;
  #two = 0x85a308d3 | 0;
  /** One bit for each kind that somebody observes. */
  #heard = 0;
  readonly #observers: (JournalObserver[] | undefined)[] = Array.from({ length: KINDS_MAX });
  /** While observers are told of an event with bytes: all of them, and the event's place. */
  #payload: Uint8Array | undefined;
  #payloadAt = -1;
  readonly #texts: string[] = [];
  readonly #textIds = new Map<string, number>();
  /** The beginnings of payloads by place, and one more than the number of the event of each. */
  #shown = new Uint8Array(0);
  #shownOf = new Float64Array(0);

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
    let at = count & this.#mask;
    if (at === 0) at = this.#lap();
    this.count = count + 1;
    const words = this.#words;
    // Literals for the constants above: V8 inlines by the length of bytecode, and each costs.
    const base = at << 3;
    const time = now | 0;
    const where = address | 0;
    const low = value | 0;
    const meta = kind | (size << 8) | (space << 16);
    words[base] = time;
    words[base | 1] = where;
    words[base | 2] = meta;
    words[base | 3] = low;
    words[base | 4] = high;
    const one = (Math.imul(this.#one ^ low, 0x9e3779b1) + meta) | 0;
    const two = (Math.imul(this.#two ^ where, 0x85ebca6b) + time) | 0;
    this.#one = one ^ (two >>> 15) ^ high;
    this.#two = two ^ (one >>> 13);
    if (time !== now || where !== address) this.#far(base, address, now);
    if (((this.#heard >>> kind) & 1) !== 0) this.#tell(kind, at);
    return at;
  }

  /** The kind of the event at a place of the ring; likewise the others. */
  kindAt(at: number): EventKind {
    return (this.#word(at, META) & KIND_MASK) as EventKind;
  }

  /** Address space: BAR index, or what the kind says. */
  spaceAt(at: number): number {
    return this.#word(at, META) >>> SPACE_SHIFT;
  }

  /** Access size in bytes, where there is one. */
  sizeAt(at: number): number {
    return (this.#word(at, META) >>> SIZE_SHIFT) & SIZE_MASK;
  }

  addressAt(at: number): number {
    const upper = (this.#word(at, META) & FAR) === 0 ? 0 : this.#word(at, ADDRESS_UPPER);
    return upper * WORD + this.#word(at, ADDRESS);
  }

  /** The low 32 bits. */
  valueAt(at: number): number {
    return this.#word(at, VALUE);
  }

  /** The upper half of a value of eight bytes. */
  highAt(at: number): number {
    return this.#word(at, HIGH);
  }

  /** Virtual nanoseconds. */
  timeAt(at: number): number {
    const upper = (this.#word(at, META) & FAR) === 0 ? 0 : this.#word(at, TIME_UPPER);
    return upper * WORD + this.#word(at, TIME);
  }

  /** Records an event whose content is text. */
  note(kind: EventKind, text: string, space = 0, address = 0): number {
    return this.record(kind, space, address, this.#intern(text), 0, 0);
  }

  /** Records an event with bytes; all of them enter the hash, the first 64 are kept to be shown. */
  recordBytes(kind: EventKind, space: number, address: number, bytes: Uint8Array): number {
    if (!this.payloads) return this.record(kind, space, address, bytes.length);
    const event = this.count;
    // Observers are told once the bytes are there to be seen.
    const heard = this.#heard;
    this.#heard = 0;
    const at = this.record(kind, space, address, bytes.length, 0, hashBytes(bytes));
    this.#heard = heard;
    if (this.#shown.length < (this.#mask + 1) * SHOWN_BYTES) this.#growShown();
    const length = Math.min(bytes.length, SHOWN_BYTES);
    const from = at * SHOWN_BYTES;
    for (let index = 0; index < length; index++) {
      this.#shown[from + index] = bytes[index] as number;
    }
    this.#shownOf[at] = event + 1;
    if (((heard >>> kind) & 1) !== 0) {
      this.#payload = bytes;
      this.#payloadAt = at;
      this.#tell(kind, at);
      this.#payloadAt = -1;
    }
    return at;
  }

  /**
   * All bytes of the event that observers are being told of; undefined once one of them has
   * recorded another event with bytes. Who needs them all observes before everybody else.
   */
  payloadAt(at: number): Uint8Array | undefined {
    return at === this.#payloadAt ? this.#payload : undefined;
  }

  textAt(at: number): string {
    return this.#texts[this.valueAt(at)] ?? '';
  }

  bytesAt(at: number): Uint8Array | undefined {
    // A later event may have taken the place.
    const last = this.count - 1;
    if (this.#shownOf[at] !== last - ((last - at) & this.#mask) + 1) return undefined;
    const from = at * SHOWN_BYTES;
    return this.#shown.slice(from, from + Math.min(this.valueAt(at), SHOWN_BYTES));
  }

  /** Position in the ring of the n-th event, or undefined if the ring no longer holds it. */
  place(index: number): number | undefined {
    if (index < 0 || index >= this.count || index < this.count - (this.#mask + 1)) return undefined;
    return index & this.#mask;
  }

  observe(kind: EventKind, observer: JournalObserver): void {
    (this.#observers[kind] ??= []).push(observer);
    this.#heard |= 1 << kind;
  }

  /** Sixteen hexadecimal digits over every event so far. */
  hash(): string {
    const word = (value: number) => (value >>> 0).toString(16).padStart(8, '0');
    return word(this.#one) + word(this.#two);
  }

  #intern(text: string): number {
    const known = this.#textIds.get(text);
    if (known !== undefined) return known;
    if (this.#texts.length === TEXTS_MAX) throw new RangeError('Too many texts in one journal.');
    const id = this.#texts.length;
    this.#texts.push(text);
    this.#textIds.set(text, id);
    this.#two ^= hashText(text);
    return id;
  }

  #word(at: number, index: number): number {
    return this.#words[(at << RECORD_BITS) | index] ?? 0;
  }

  /** An address or a time that no signed word holds: keeps and hashes what is above 32 bits. */
  #far(base: number, address: number, now: number): void {
    const words = this.#words;
    const addressUpper = Math.floor(address / WORD);
    const timeUpper = Math.floor(now / WORD);
    words[base | META] = (words[base | META] as number) | FAR;
    words[base | ADDRESS_UPPER] = addressUpper;
    words[base | TIME_UPPER] = timeUpper;
    const upper = Math.imul(addressUpper, 0xc2b2ae35) + timeUpper;
    this.#one = Math.imul(this.#one ^ upper, 0x27d4eb2f);
  }

  #growShown(): void {
    const places = this.#mask + 1;
    const shown = new Uint8Array(places * SHOWN_BYTES);
    const shownOf = new Float64Array(places);
    shown.set(this.#shown);
    shownOf.set(this.#shownOf);
    this.#shown = shown;
    this.#shownOf = shownOf;
  }

  #tell(kind: EventKind, at: number): void {
    const observers = this.#observers[kind] as JournalObserver[];
    for (let index = 0; index < observers.length; index++) {
      (observers[index] as JournalObserver)(at);
    }
  }

  /** The end of the ring: it grows, or begins again. Returns the place of the next event. */
  #lap(): number {
    const { count } = this;
    const size = this.#mask + 1;
    if (count === size && size < this.capacity) {
      const words = new Uint32Array(size * 2 * RECORD_WORDS);
      words.set(this.#words);
      this.#words = words;
      this.#mask = size * 2 - 1;
    }
    return count & this.#mask;
  }
}

const SHOWN_BYTES = 64;
