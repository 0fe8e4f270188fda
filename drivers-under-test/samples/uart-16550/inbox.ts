/** What was received and not yet read, and the events that nobody fetched yet. */
import type { SerialEvent } from '../../host/classes/serial-port.ts';

const CAPACITY = 4096;
/** With so much in it the other end is asked to pause, and to go on again. */
const HIGH_WATER = 3072;
const LOW_WATER = 1024;
const EVENTS_MAX = 1024;

export class Inbox {
  lostEvents = 0;
  readonly #bytes = new Uint8Array(CAPACITY);
  #first = 0;
  #length = 0;
  #events: SerialEvent[] = [];

  get length(): number {
    return this.#length;
  }
  get isHigh(): boolean {
    return this.#length >= HIGH_WATER;
  }
  get isLow(): boolean {
    return this.#length <= LOW_WATER;
  }

  /** False when it is full: then the byte is lost. */
  put(byte: number): boolean {
    if (this.#length === CAPACITY) return false;
    this.#bytes[(this.#first + this.#length) % CAPACITY] = byte;
    this.#length++;
    return true;
  }

  take(length: number): Uint8Array {
    const count = Math.min(length, this.#length);
    const taken = new Uint8Array(count);
    for (let index = 0; index < count; index++) {
      taken[index] = this.#bytes[(this.#first + index) % CAPACITY] ?? 0;
    }
    this.#first = (this.#first + count) % CAPACITY;
    this.#length -= count;
    return taken;
  }

  clear(): void {
    this.#length = 0;
  }

  note(event: SerialEvent): void {
    if (this.#events.length === EVENTS_MAX) this.lostEvents++;
    else this.#events.push(event);
  }

  nextEvent(): SerialEvent | undefined {
    return this.#events.shift();
  }

  /** As before the first client. */
  reset(): void {
    this.clear();
    this.#events = [];
  }
}
