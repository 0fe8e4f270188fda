/**
 * What every codec is: bytes in, batches of events out, and back. Both are machines that are pushed
 * and never wait, so that they need no Node and cost no promise per event; `traces/files/` drives
 * them from files.
 */
import type { EventBatch } from './batch.ts';
import type { TraceFooter, TraceHeader } from './header.ts';

export interface TraceDecoder {
  /** Known before the first batch comes, and when `end` returns. */
  readonly header: TraceHeader | undefined;
  /** Known when `end` returns, if the file has one; without it the recording was cut off. */
  readonly footer: TraceFooter | undefined;
  /**
   * Takes a piece of the file, cut anywhere. Take what it gives to the end; a batch is valid until
   * the next one.
   * @throws TraceError with the place
   */
  push(chunk: Uint8Array): Iterable<EventBatch>;
  /** The file is at its end. @throws TraceError when it cannot end there */
  end(): Iterable<EventBatch>;
}

export interface TraceEncoder {
  /** First of all. */
  begin(header: TraceHeader): Iterable<Uint8Array>;
  /** What is ready to be written; a piece is valid until the next one. */
  encode(batch: EventBatch): Iterable<Uint8Array>;
  /** Last of all. */
  end(footer: TraceFooter): Iterable<Uint8Array>;
}
