/** Traces in files, read and written in pieces: memory stays as it is, however long they are. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { EventBatch } from '../format/batch.ts';
import type { TraceDecoder, TraceEncoder } from '../format/codec.ts';
import type { TraceFooter, TraceHeader } from '../format/header.ts';
import { TraceError } from '../format/trace-error.ts';
import { type DecoderOptions, FORMATS, SNIFFED, type TraceFormat } from './formats.ts';

const PIECE = 262_144;
const STANDARD_INPUT = 0;
const STANDARD_OUTPUT = 1;
/** As a path: standard input, or output. */
export const STANDARD = '-';

export interface OpenTrace {
  readonly format: TraceFormat;
  readonly header: TraceHeader;
  /** Once; a batch is valid until the next. @throws TraceError */
  batches(): Iterable<EventBatch>;
  /** When all batches were taken; undefined: the recording was cut off, or the format has none. */
  readonly footer: TraceFooter | undefined;
  /** Before the end, when no more is wanted. */
  close(): void;
}

/**
 * Opens a trace, whatever its format; `-` is standard input.
 * @throws TraceError when it is none, the system's error when it cannot be read
 */
export function openTrace(
  path: string,
  format?: TraceFormat,
  options: DecoderOptions = {},
): OpenTrace {
  const fd = path === STANDARD ? STANDARD_INPUT : openSync(path, 'r');
  try {
    const start = new Uint8Array(PIECE);
    const length = fill(fd, start);
    const found = format ?? sniffed(start.subarray(0, Math.min(length, SNIFFED)));
    const decoder = found.decoder?.(options);
    if (decoder === undefined) throw new TraceError(`${found.name} is only written`, 'byte 0');
    const batches = read(fd, start, length, decoder);
    const first = batches.next();
    const { header } = decoder;
    if (header === undefined) throw new Error(`The decoder of ${found.name} gave no header.`);
    return {
      format: found,
      header,
      *batches() {
        if (first.done !== true) yield first.value;
        yield* batches;
      },
      get footer() {
        return decoder.footer;
      },
      close: () => void batches.return(undefined),
    };
  } catch (error) {
    if (fd !== STANDARD_INPUT) closeSync(fd);
    throw error;
  }
}

function sniffed(start: Uint8Array): TraceFormat {
  const found = FORMATS.find((format) => format.decoder !== undefined && format.sniff(start));
  if (found !== undefined) return found;
  const known = FORMATS.filter(({ decoder }) => decoder !== undefined).map(({ name }) => name);
  throw new TraceError(`this is no trace that we know: ${known.join(', ')}`, 'byte 0');
}

function* read(
  fd: number,
  start: Uint8Array,
  startLength: number,
  decoder: TraceDecoder,
): Generator<EventBatch, void, void> {
  try {
    for (let length = startLength; length > 0; length = fill(fd, start)) {
      yield* decoder.push(start.subarray(0, length));
    }
    yield* decoder.end();
  } finally {
    if (fd !== STANDARD_INPUT) closeSync(fd);
  }
}

/** As much as there is: a pipe gives less at a time. */
function fill(fd: number, into: Uint8Array): number {
  let filled = 0;
  while (filled < into.length) {
    const { length } = into;
    const count = patiently(() => readSync(fd, into, filled, length - filled, null));
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

const WAIT_MS = 5;

/** A pipe that somebody made non-blocking may have nothing yet, or be full: then again. */
function patiently(work: () => number): number {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      return work();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(nothing, 0, 0, WAIT_MS);
    }
  }
}

/** A file that grows by batches; `-` is standard output, whose reader may have enough. */
export class TraceWriter {
  /** Nobody reads standard output any more. */
  isUnread = false;
  readonly #fd: number;
  readonly #encoder: TraceEncoder;

  constructor(path: string, format: TraceFormat, header: TraceHeader) {
    const encoder = format.encoder?.();
    if (encoder === undefined) throw new TypeError(`${format.name} is only read.`);
    this.#encoder = encoder;
    this.#fd = path === STANDARD ? STANDARD_OUTPUT : openSync(path, 'w');
    this.#write(encoder.begin(header));
  }

  write(batch: EventBatch): void {
    this.#write(this.#encoder.encode(batch));
  }

  end(footer: TraceFooter): void {
    this.#write(this.#encoder.end(footer));
    if (this.#fd !== STANDARD_OUTPUT) closeSync(this.#fd);
  }

  #write(pieces: Iterable<Uint8Array>): void {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length && !this.isUnread;) at += this.#writeSome(piece, at);
    }
  }

  #writeSome(piece: Uint8Array, at: number): number {
    try {
      return patiently(() => writeSync(this.#fd, piece, at));
    } catch (error) {
      const isPipe = this.#fd === STANDARD_OUTPUT;
      if (!isPipe || (error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
      this.isUnread = true;
      return 0;
    }
  }
}
