/** Blocks this thread; every access to the peer is synchronous, and so is waiting for it. */
const cell = new Int32Array(new SharedArrayBuffer(4));

export function sleepMs(ms: number): void {
  Atomics.wait(cell, 0, 0, ms);
}
