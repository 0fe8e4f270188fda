/** What must come out at one end of a serial line of what went in at the other. */
import { ExpectationError, show } from '../../expect.ts';

const XON = 0x11;
const XOFF = 0x13;
const BYTES = 256;

/** Bytes that differ from their neighbours, and are no flow control. */
export class Pattern {
  #next = 0;

  take(count: number, dataBits: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let index = 0; index < count; index++) bytes[index] = this.#one() % 2 ** dataBits;
    return bytes;
  }

  #one(): number {
    do this.#next = (this.#next + 1) % BYTES;
    while (isFlow(this.#next) || isFlow(this.#next % 32) || isFlow(this.#next % 64));
    return this.#next;
  }
}

function isFlow(byte: number): boolean {
  const low = byte % 128;
  return low === XON || low === XOFF;
}

interface Write {
  readonly bytes: Uint8Array;
  /** The least and the most of it that the far end can have heard. */
  least: number;
  most: number;
  isOver: boolean;
  isDrained: boolean;
}

/** Writes towards the far end: they follow each other, and each is heard from its beginning. */
export class Outgoing {
  readonly #writes: Write[] = [];

  begin(bytes: Uint8Array): Write {
    const { length } = bytes;
    const write = { bytes, least: 0, most: length, isOver: false, isDrained: false };
    this.#writes.push(write);
    return write;
  }

  /** The device took so many bytes; all of them leave unless they are discarded. */
  end(write: Write, taken: number): void {
    write.most = taken;
    if (!write.isOver) write.least = taken;
    write.isOver = true;
  }

  /** Nothing of it was taken. */
  refused(write: Write): void {
    write.most = 0;
    write.isOver = true;
  }

  /** Writes that a drain which begins now will have seen leave. */
  ended(): readonly Write[] {
    return this.#writes.filter((write) => write.isOver && !write.isDrained);
  }

  drained(writes: readonly Write[]): void {
    for (const write of writes) write.isDrained = true;
  }

  /** What has not left may never leave. */
  discard(): void {
    for (const write of this.#writes) {
      if (write.isDrained) continue;
      write.least = 0;
      write.isOver = true;
    }
  }

  /** @throws ExpectationError for what the far end cannot have heard */
  check(heard: Uint8Array): void {
    let places: Place[] = this.#closure([{ write: 0, at: 0 }]);
    for (const [index, byte] of heard.entries()) {
      if (isFlow(byte)) continue;
      const expected = places.map(({ write, at }) => this.#writes[write]?.bytes[at]);
      const next = places.filter((_, place) => expected[place] === byte);
      if (next.length === 0) {
        const list = [...new Set(expected.filter((one) => one !== undefined))].map(show);
        const what = `what the far end hears (byte ${index + 1} of ${heard.length})`;
        throw new ExpectationError(what, list.join(' or ') || 'nothing more', show(byte));
      }
      places = this.#closure(next.map(({ write, at }) => ({ write, at: at + 1 })));
    }
    if (places.some(({ write }) => write === this.#writes.length)) return;
    const missing = 'the rest of what was taken';
    throw new ExpectationError('what the far end hears in the end', missing, 'nothing more');
  }

  /** Where one may be besides: a write of which enough was heard is followed by the next. */
  #closure(places: readonly Place[]): Place[] {
    const found = new Map<number, Place>();
    const visit = ({ write, at }: Place): void => {
      const key = write * 2 ** 20 + at;
      if (found.has(key)) return;
      const one = this.#writes[write];
      if (one === undefined || at < one.most) found.set(key, { write, at });
      if (one !== undefined && at >= one.least) visit({ write: write + 1, at: 0 });
    };
    places.forEach(visit);
    return [...found.values()];
  }
}

/** Before this byte of this write. */
interface Place {
  readonly write: number;
  readonly at: number;
}

/** What the far end sends: it is read in order, and nothing that was not sent. */
export class Incoming {
  /** Nothing may be missing. */
  isWhole = true;
  /** The two ends did not understand each other: anything may be read. */
  isGarbled = false;
  #sent: number[] = [];
  #next = 0;

  /** A client opens the port: the line begins anew for it. */
  reset(): void {
    this.isWhole = true;
    this.isGarbled = false;
    this.#sent = [];
    this.#next = 0;
  }

  send(bytes: Uint8Array): void {
    this.#sent.push(...bytes);
  }

  /** What was sent and not read. */
  get waiting(): number {
    return this.#sent.length - this.#next;
  }

  /** What has arrived is discarded. */
  flush(isQuiet: boolean): void {
    if (isQuiet) this.#next = this.#sent.length;
    else this.isWhole = false;
  }

  /** @throws ExpectationError for what was not sent, or not in this order */
  check(read: Uint8Array, isWhole: boolean): void {
    if (this.isGarbled) return;
    for (const byte of read) {
      if (this.isWhole && isWhole) {
        const expected = this.#sent[this.#next];
        if (byte === expected) this.#next++;
        else throw new ExpectationError('a byte that was read', shown(expected), show(byte));
      } else {
        const at = this.#sent.indexOf(byte, this.#next);
        if (at < 0) {
          throw new ExpectationError('a byte that was read', 'one that was sent', show(byte));
        }
        this.#next = at + 1;
      }
    }
  }
}

function shown(byte: number | undefined): string {
  return byte === undefined ? 'none' : show(byte);
}
