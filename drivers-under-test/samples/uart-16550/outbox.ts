/** What is to be sent: one write at a time, and flow control characters before it. */
const FLOW_CHARACTERS_MAX = 2;

export class Outbox {
  /** The other end asked for silence; flow control characters go out all the same. */
  stopped = false;
  #bytes = new Uint8Array(0);
  #next = 0;
  #urgent: number[] = [];

  /** Begins a write; the one before is over. */
  begin(bytes: Uint8Array): void {
    this.#bytes = bytes.slice();
    this.#next = 0;
  }

  /** How much of the write was taken out. */
  get taken(): number {
    return this.#next;
  }

  get isDone(): boolean {
    return this.#next === this.#bytes.length;
  }

  /** Something may go out now. */
  get isReady(): boolean {
    return this.#urgent.length > 0 || (!this.stopped && !this.isDone);
  }

  /** A flow control character; one that waits and contradicts it need not go out. */
  hurry(character: number): void {
    if (this.#urgent.length === FLOW_CHARACTERS_MAX) this.#urgent.pop();
    this.#urgent.push(character);
  }

  take(): number | undefined {
    const urgent = this.#urgent.shift();
    if (urgent !== undefined) return urgent;
    return this.stopped || this.isDone ? undefined : this.#bytes[this.#next++];
  }

  /** Ends the write with what was taken. */
  discard(): void {
    this.#bytes = this.#bytes.subarray(0, this.#next);
  }

  /** Forgets the write. */
  abandon(): void {
    this.#bytes = new Uint8Array(0);
    this.#next = 0;
  }

  reset(): void {
    this.abandon();
    this.#urgent = [];
    this.stopped = false;
  }
}
