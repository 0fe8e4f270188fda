/**
 * Result files on disk: one record per line, appended as the run goes.
 *
 * A record counts once its newline is written. Every record is handed to the operating system
 * before `append` returns, so a process killed at any moment loses at most the line it was
 * writing; reading and resuming drop such a torn last line. (A machine that loses power may lose
 * more: only `close` waits for the disk.)
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { documentBuilder } from './document.ts';
import { EXIT } from './summary.ts';
import type { Header, ResultDocument, ResultRecord } from './verdict.ts';
import { RESULT_SCHEMA, RESULT_VERSION, resultRecordSchema } from './verdict.ts';

export const LINE_BYTES_MAX = 16 * 1024 * 1024;
const RECORDS_MAX = 2_000_000;
const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** One clear sentence; `exitCode` is 2 for a bad path or malformed file, 5 for the disk. */
export class ResultFileError extends Error {
  override readonly name = 'ResultFileError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** Appends records to one file. */
export class ResultWriter {
  readonly path: string;
  readonly #file: number;
  /** Bytes of complete lines. */
  #size: number;

  private constructor(path: string, file: number, size: number) {
    this.path = path;
    this.#file = file;
    this.#size = size;
  }

  /** Starts a new file, replacing an old one. Throws ResultFileError. */
  static create(path: string, header: Header): ResultWriter {
    const file = attempt(path, 'create', () => openSync(path, 'w'));
    const writer = new ResultWriter(path, file, 0);
    try {
      writer.append(header);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    return writer;
  }

  /**
   * Goes on with a file whose run did not end: drops a torn last line and gives back what was
   * judged. Throws ResultFileError, also when the run has already ended.
   */
  static resume(path: string): { writer: ResultWriter; document: ResultDocument } {
    const { document, size } = scan(path);
    if (document.end) {
      throw new ResultFileError(`${path} is complete: there is nothing to resume`, EXIT.usage);
    }
    const file = attempt(path, 'write to', () => openSync(path, 'r+'));
    try {
      attempt(path, 'write to', () => ftruncateSync(file, size));
    } catch (error) {
      closeSync(file);
      throw error;
    }
    return { writer: new ResultWriter(path, file, size), document };
  }

  /** Writes one record. Throws a ZodError for a malformed one, ResultFileError for the disk. */
  append(record: ResultRecord): void {
    const line = Buffer.from(`${JSON.stringify(resultRecordSchema.parse(record))}\n`);
    if (line.length > LINE_BYTES_MAX) {
      throw new ResultFileError(
        `a ${record.record} record of ${line.length} bytes is over the limit of ${LINE_BYTES_MAX}`,
        EXIT.internal,
      );
    }
    try {
      for (let written = 0; written < line.length;) {
        written += writeSync(
          this.#file,
          line,
          written,
          line.length - written,
          this.#size + written,
        );
      }
    } catch (error) {
      this.#dropTornLine();
      throw diskError(this.path, 'write to', error);
    }
    this.#size += line.length;
  }

  /** Waits until the disk has it all. */
  close(): void {
    try {
      attempt(this.path, 'write to', () => fsyncSync(this.#file));
    } finally {
      closeSync(this.#file);
    }
  }

  #dropTornLine(): void {
    try {
      ftruncateSync(this.#file, this.#size);
    } catch {
      // The reader drops a torn line by itself; the first error is the one to tell.
    }
  }
}

/** Reads a whole result file. Throws ResultFileError with the line number. */
export function readResultFile(path: string): ResultDocument {
  return scan(path).document;
}

/** The records of a file, one at a time, validated. Throws ResultFileError with the line number. */
export function* readRecords(
  path: string,
): Generator<{ line: number; end: number; record: ResultRecord }> {
  let line = 0;
  for (const { bytes, end } of readLines(path)) {
    line += 1;
    if (line > RECORDS_MAX) malformed(path, line, `more than ${RECORDS_MAX} records`);
    yield { line, end, record: parseLine(path, line, bytes) };
  }
}

/** `size`: where the last complete line ends. */
function scan(path: string): { document: ResultDocument; size: number } {
  const builder = documentBuilder();
  let size = 0;
  for (const { line, end, record } of readRecords(path)) {
    try {
      builder.add(record);
    } catch (error) {
      malformed(path, line, (error as Error).message, error);
    }
    size = end;
  }
  try {
    return { document: builder.finish(), size };
  } catch (error) {
    return malformed(path, 1, (error as Error).message, error);
  }
}

function parseLine(path: string, line: number, bytes: Buffer): ResultRecord {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return malformed(path, line, 'not a line of JSON', error);
  }
  if (line === 1) checkVersion(path, value);
  const result = resultRecordSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  return malformed(path, line, `${issue.path.join('.') || 'record'}: ${issue.message}`);
}

function checkVersion(path: string, value: unknown): void {
  const known = z.object({ schema: z.literal(RESULT_SCHEMA), version: z.int() }).safeParse(value);
  if (!known.success) malformed(path, 1, `not a ${RESULT_SCHEMA} header`);
  else if (known.data.version !== RESULT_VERSION) {
    malformed(path, 1, `version ${known.data.version}, but this tool reads ${RESULT_VERSION}`);
  }
}

/** Complete lines without their newline; a last line without one is torn and left out. */
function* readLines(path: string): Generator<{ bytes: Buffer; end: number }> {
  const file = attempt(path, 'read', () => openSync(path, 'r'));
  try {
    let pieces: Buffer[] = [];
    let pending = 0;
    for (let position = 0; ;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const length = attempt(path, 'read', () => readSync(file, chunk, 0, CHUNK_BYTES, position));
      if (length === 0) return;
      let start = 0;
      for (let at = chunk.indexOf(NEWLINE); at >= 0 && at < length;) {
        pieces.push(chunk.subarray(start, at));
        yield { bytes: Buffer.concat(pieces), end: position + at + 1 };
        pieces = [];
        pending = 0;
        start = at + 1;
        at = chunk.indexOf(NEWLINE, start);
      }
      pieces.push(chunk.subarray(start, length));
      pending += length - start;
      if (pending > LINE_BYTES_MAX) {
        throw new ResultFileError(`${path}: a line over ${LINE_BYTES_MAX} bytes`, EXIT.usage);
      }
      position += length;
    }
  } finally {
    closeSync(file);
  }
}

function malformed(path: string, line: number, what: string, cause?: unknown): never {
  throw new ResultFileError(`${path}:${line}: ${what}`, EXIT.usage, cause);
}

function attempt<Result>(path: string, verb: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw diskError(path, verb, error);
  }
}

const DISK_REASONS: Record<string, [string, number]> = {
  ENOSPC: ['the disk is full; free some space and try again', EXIT.infrastructure],
  EDQUOT: ['the disk quota is used up; free some space and try again', EXIT.infrastructure],
  ENOENT: ['there is no such file or folder', EXIT.usage],
  ENOTDIR: ['part of the path is a file, not a folder', EXIT.usage],
  EISDIR: ['it is a folder', EXIT.usage],
  EACCES: ['permission denied', EXIT.usage],
  EROFS: ['the file system is read-only', EXIT.usage],
};

/** Any error of the file system as one sentence. */
export function diskError(path: string, verb: string, error: unknown): ResultFileError {
  const { code, message } = error as NodeJS.ErrnoException;
  const [reason, exitCode] = DISK_REASONS[code ?? ''] ?? [message, EXIT.infrastructure];
  return new ResultFileError(`cannot ${verb} ${path}: ${reason}`, exitCode, error);
}
