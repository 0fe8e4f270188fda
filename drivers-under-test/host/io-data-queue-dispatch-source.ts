/**
 * IODataQueueDispatchSource (DriverKit, xnu-11417): a ring of entries in memory that producer and
 * consumer share, so that nothing in it can be trusted.
 *
 * Layout (ours; DriverKit's is private): head and tail, then the ring. An entry is its size and
 * its bytes, rounded up to four; it may wrap.
 */
import type { IODispatchQueue } from './io-dispatch-queue.ts';
import { IODispatchSource } from './io-dispatch-source.ts';
import { fail } from './io-return.ts';
import type { OSAction } from './os-action.ts';

const HEAD = 0;
const TAIL = 4;
const RING = 8;
const ENTRY_HEADER = 4;
const BYTES_MAX = 16 * 1024 * 1024;

/** Set when a call would have notified the other side. */
export interface Coalesced {
  notify: boolean;
}

export class IODataQueueDispatchSource extends IODispatchSource {
  readonly resourceName: string;
  /** The shared memory, as the other side sees it. */
  readonly memory: Uint8Array;
  readonly #view: DataView;
  readonly #size: number;
  #available: OSAction<[]> | undefined;
  #serviced: OSAction<[]> | undefined;
  #enqueueFailed = false;

  /**
   * @param queueByteCount Bytes for entries with their headers, a multiple of four.
   * @throws kIOReturnBadArgument
   */
  static Create(queueByteCount: number, queue: IODispatchQueue): IODataQueueDispatchSource {
    const fits = queueByteCount >= 2 * ENTRY_HEADER && queueByteCount <= BYTES_MAX;
    if (!fits || queueByteCount % ENTRY_HEADER !== 0) {
      fail('kIOReturnBadArgument', `a data queue of ${queueByteCount} bytes cannot be made`);
    }
    return new IODataQueueDispatchSource(queueByteCount, queue);
  }

  static GetDataQueueEntryHeaderSize(): number {
    return ENTRY_HEADER;
  }

  constructor(queueByteCount: number, queue: IODispatchQueue) {
    super(queue.host, queue);
    this.resourceName = `data queue of ${queueByteCount} bytes`;
    this.#size = queueByteCount;
    this.memory = new Uint8Array(RING + queueByteCount);
    this.#view = new DataView(this.memory.buffer);
    this.enabled = true;
  }

  /** Invoked when the queue is no longer empty. */
  SetDataAvailableHandler(action: OSAction<[]>): void {
    this.#available = action;
  }

  /** Invoked when there is room again after an enqueue that failed. */
  SetDataServicedHandler(action: OSAction<[]>): void {
    this.#serviced = action;
  }

  IsDataAvailable(): boolean {
    return this.#view.getUint32(HEAD, true) !== this.#view.getUint32(TAIL, true);
  }

  /** @throws kIOReturnOverrun when full, kIOReturnError when the queue is corrupt */
  Enqueue(bytes: Uint8Array): void {
    const coalesced = { notify: false };
    this.EnqueueWithCoalesce(bytes, coalesced);
    if (coalesced.notify) this.SendDataAvailable();
  }

  /** As Enqueue, without a notification: `coalesced` says whether one is due. */
  EnqueueWithCoalesce(bytes: Uint8Array, coalesced: Coalesced): void {
    this.CanEnqueueData(bytes.length);
    const { tail, used } = this.#positions();
    const entry = new Uint8Array(taken(bytes.length));
    new DataView(entry.buffer).setUint32(0, bytes.length, true);
    entry.set(bytes, ENTRY_HEADER);
    for (let at = 0; at < entry.length; at++) {
      this.memory[RING + ((tail + at) % this.#size)] = entry[at] as number;
    }
    this.#view.setUint32(TAIL, this.#advanced(tail, entry.length), true);
    if (used === 0) coalesced.notify = true;
  }

  /** @throws as Enqueue of so many bytes, so many times, would */
  CanEnqueueData(dataSize: number, entryCount = 1): void {
    const { used } = this.#positions();
    // One unit stays free, so that full and empty differ.
    if (taken(dataSize) * entryCount <= this.#size - used - ENTRY_HEADER) return;
    this.#enqueueFailed = true;
    fail('kIOReturnOverrun', `${dataSize} bytes do not fit a data queue with ${used} bytes used`);
  }

  /** The next entry, which stays. @throws kIOReturnUnderrun, kIOReturnError */
  Peek(): Uint8Array {
    const { head, used } = this.#positions();
    if (used === 0) fail('kIOReturnUnderrun', 'the data queue is empty');
    const header = this.#bytesAt(head, ENTRY_HEADER);
    const length = new DataView(header.buffer).getUint32(0, true);
    if (taken(length) > used) this.#corrupt(`an entry of ${length} bytes where ${used} are used`);
    return this.#bytesAt(head + ENTRY_HEADER, length);
  }

  /** @throws kIOReturnUnderrun when empty, kIOReturnError when the queue is corrupt */
  Dequeue(): Uint8Array {
    const coalesced = { notify: false };
    const bytes = this.DequeueWithCoalesce(coalesced);
    if (coalesced.notify) this.SendDataServiced();
    return bytes;
  }

  /** As Dequeue, without a notification: `coalesced` says whether one is due. */
  DequeueWithCoalesce(coalesced: Coalesced): Uint8Array {
    const bytes = this.Peek();
    const { head } = this.#positions();
    this.#view.setUint32(HEAD, this.#advanced(head, taken(bytes.length)), true);
    if (this.#enqueueFailed) {
      this.#enqueueFailed = false;
      coalesced.notify = true;
    }
    return bytes;
  }

  SendDataAvailable(): void {
    if (this.enabled) this.#available?.Invoke();
  }

  SendDataServiced(): void {
    if (this.enabled) this.#serviced?.Invoke();
  }

  protected enabledChanged(enable: boolean): void {
    if (enable && this.IsDataAvailable()) this.SendDataAvailable();
  }

  protected stopped(): void {
    this.#available = undefined;
    this.#serviced = undefined;
  }

  #positions(): { head: number; tail: number; used: number } {
    const head = this.#view.getUint32(HEAD, true);
    const tail = this.#view.getUint32(TAIL, true);
    if (!this.#isPosition(head) || !this.#isPosition(tail)) {
      this.#corrupt(`head ${head} and tail ${tail} of ${this.#size} bytes`);
    }
    return { head, tail, used: (tail - head + this.#size) % this.#size };
  }

  #isPosition(at: number): boolean {
    return at < this.#size && at % ENTRY_HEADER === 0;
  }

  #corrupt(what: string): never {
    fail('kIOReturnError', `the data queue is corrupt: ${what}`);
  }

  #advanced(from: number, bytes: number): number {
    return (from + bytes) % this.#size;
  }

  #bytesAt(from: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at++) {
      bytes[at] = this.memory[RING + ((from + at) % this.#size)] as number;
    }
    return bytes;
  }
}

/** Bytes of the ring that an entry takes. */
function taken(length: number): number {
  return ENTRY_HEADER + Math.ceil(length / ENTRY_HEADER) * ENTRY_HEADER;
}
