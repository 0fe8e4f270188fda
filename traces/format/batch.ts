/**
 * Thousands of events in typed arrays: what decoders give and encoders take, so that ten million
 * events cost no object each. A batch that a decoder gives is valid until the next one is asked
 * for: it is filled again. Read the arrays up to `length`; `eventAt` copies one event out.
 */
import {
  NUMBER_MAX,
  PAYLOAD_MAX,
  SIZE_MAX,
  SPACE_MAX,
  TEXT_MAX,
  type TraceEvent,
  type TraceKind,
  WORD_MAX,
} from './event.ts';

export const BATCH_EVENTS = 4096;
/** A batch with as many bytes of payload is full. */
const BATCH_BYTES = 1_048_576;
const INITIAL_BYTES = 4096;

export class EventBatch {
  /** Events in it; the rest of the arrays means nothing. */
  length = 0;
  readonly capacity: number;
  /** See `TraceEvent` for what each means. */
  readonly timesNs: Float64Array;
  readonly kinds: Uint8Array;
  readonly spaces: Uint16Array;
  readonly addresses: Float64Array;
  readonly sizes: Uint8Array;
  readonly values: Uint32Array;
  readonly highs: Uint32Array;
  /** '' where an event has no text. */
  readonly texts: string[] = [];
  /** Where an event's bytes begin in the heap, or -1, and how many there are. */
  readonly #starts: Int32Array;
  readonly #lengths: Uint32Array;
  #heap = new Uint8Array(INITIAL_BYTES);
  #used = 0;

  constructor(capacity = BATCH_EVENTS) {
    this.capacity = capacity;
    this.timesNs = new Float64Array(capacity);
    this.kinds = new Uint8Array(capacity);
    this.spaces = new Uint16Array(capacity);
    this.addresses = new Float64Array(capacity);
    this.sizes = new Uint8Array(capacity);
    this.values = new Uint32Array(capacity);
    this.highs = new Uint32Array(capacity);
    this.#starts = new Int32Array(capacity);
    this.#lengths = new Uint32Array(capacity);
  }

  get full(): boolean {
    return this.length === this.capacity || this.#used >= BATCH_BYTES;
  }

  clear(): void {
    this.length = 0;
    this.#used = 0;
  }

  /** Adds an event that has neither text nor bytes yet; returns its index. Not when full. */
  add(
    timeNs: number,
    kind: TraceKind,
    space: number,
    address: number,
    size: number,
    value: number,
    high: number,
  ): number {
    const index = this.length++;
    this.timesNs[index] = timeNs;
    this.kinds[index] = kind;
    this.spaces[index] = space;
    this.addresses[index] = address;
    this.sizes[index] = size;
    this.values[index] = value;
    this.highs[index] = high;
    this.texts[index] = '';
    this.#starts[index] = -1;
    return index;
  }

  /** Gives an event room for bytes: fill them in before anything else is added. */
  makeBytes(index: number, length: number): Uint8Array {
    const start = this.#used;
    const end = start + length;
    if (end > this.#heap.length) {
      const heap = new Uint8Array(Math.max(end, this.#heap.length * 2));
      heap.set(this.#heap.subarray(0, start));
      this.#heap = heap;
    }
    this.#starts[index] = start;
    this.#lengths[index] = length;
    this.#used = end;
    return this.#heap.subarray(start, end);
  }

  /** A view, valid as long as the batch is; undefined where the event has no bytes. */
  bytesAt(index: number): Uint8Array | undefined {
    const start = this.#starts[index] as number;
    if (start < 0) return undefined;
    return this.#heap.subarray(start, start + (this.#lengths[index] as number));
  }

  /** @throws RangeError when the event is out of the bounds of the format */
  addEvent(event: TraceEvent): number {
    const problem = eventProblem(event);
    if (problem !== undefined) throw new RangeError(problem);
    const { timeNs, kind, space, address, size, value, high, bytes, text } = event;
    const index = this.add(timeNs, kind, space, address, size, value, high);
    if (text !== undefined) this.texts[index] = text;
    if (bytes !== undefined) this.makeBytes(index, bytes.length).set(bytes);
    return index;
  }

  /** Adds a copy of another batch's event. */
  addFrom(other: EventBatch, from: number): number {
    const index = this.add(
      other.timesNs[from] as number,
      other.kinds[from] as TraceKind,
      other.spaces[from] as number,
      other.addresses[from] as number,
      other.sizes[from] as number,
      other.values[from] as number,
      other.highs[from] as number,
    );
    this.texts[index] = other.texts[from] as string;
    const bytes = other.bytesAt(from);
    if (bytes !== undefined) this.makeBytes(index, bytes.length).set(bytes);
    return index;
  }

  /** A copy that outlives the batch. */
  eventAt(index: number): TraceEvent {
    const bytes = this.bytesAt(index);
    const text = this.texts[index] as string;
    return {
      timeNs: this.timesNs[index] as number,
      kind: this.kinds[index] as TraceKind,
      space: this.spaces[index] as number,
      address: this.addresses[index] as number,
      size: this.sizes[index] as number,
      value: this.values[index] as number,
      high: this.highs[index] as number,
      ...(bytes === undefined ? {} : { bytes: bytes.slice() }),
      ...(text === '' ? {} : { text }),
    };
  }
}

/** Why the format cannot hold an event, or undefined. */
function eventProblem({ timeNs, space, address, size, value, high, bytes, text }: TraceEvent) {
  const within: [string, number, number][] = [
    ['time', timeNs, NUMBER_MAX],
    ['address', address, NUMBER_MAX],
    ['space', space, SPACE_MAX],
    ['size', size, SIZE_MAX],
    ['value', value, WORD_MAX],
    ['high half', high, WORD_MAX],
    ['number of bytes', bytes?.length ?? 0, PAYLOAD_MAX],
    ['length of the text', text?.length ?? 0, TEXT_MAX],
  ];
  const outside = within.find(([, is, max]) => !Number.isSafeInteger(is) || is < 0 || is > max);
  if (outside !== undefined) {
    const [what, is, max] = outside;
    return `The ${what} of an event is an integer from 0 to ${max}, not ${is}.`;
  }
  if (text !== undefined && !text.isWellFormed()) return 'The text of an event is no Unicode.';
  return undefined;
}

/** The events of a list in batches. */
export function* batched(events: Iterable<TraceEvent>, batch = new EventBatch()) {
  for (const event of events) {
    if (batch.full) {
      yield batch;
      batch.clear();
    }
    batch.addEvent(event);
  }
  if (batch.length > 0) yield batch;
}
