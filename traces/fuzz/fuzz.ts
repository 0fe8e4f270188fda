/**
 * Random traces through each codec that goes both ways, and files with mutations through each
 * decoder: it takes them or says where they are wrong, and what it takes round-trips.
 */
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { Random } from '../../sim/kernel/random.ts';
import { hashBytes } from '../../sim/kernel/hash.ts';
import { decoded, encoded, arbitraryTrace, type WholeTrace } from '../format/events.fixture.ts';
import { TraceError } from '../format/trace-error.ts';
import { TextTraceDecoder } from '../format/text-decoder.ts';
import { TextTraceEncoder } from '../format/text-encoder.ts';
import type { FuzzedCodec } from './codecs.ts';

/** Files that are mutated, each many times. */
const SEED_FILES = 200;
const MUTATIONS_MAX = 6;
const INSERTED_MAX = 12;
/** Of a file that has so many bytes reading may take so long: else it hangs. */
const SLOWEST_MS = 2000;

export interface FuzzTally {
  runs: number;
  accepted: number;
  refused: number;
  slowestMs: number;
}

/** A file, and what went wrong with it. */
export class FuzzFailure extends Error {
  readonly file: Uint8Array;

  constructor(sentence: string, file: Uint8Array, cause?: unknown) {
    super(sentence, { cause });
    this.file = file;
  }
}

/** Random traces: what is written must be read again. @throws FuzzFailure */
export function roundTrips(codec: FuzzedCodec, runs: number, seed: number): FuzzTally {
  const tally = { runs: 0, accepted: 0, refused: 0, slowestMs: 0 };
  const { encoder, expressible = (trace) => trace } = codec;
  if (encoder === undefined) return tally;
  fc.assert(
    fc.property(arbitraryTrace, (trace) => {
      const identity = { ...trace.header.identity };
      delete identity['began'];
      const whole = expressible({ ...trace, header: { ...trace.header, identity } });
      const file = encoded(encoder(), whole);
      if (!isDeepStrictEqual(decoded(codec.decoder(), file), whole)) {
        throw new FuzzFailure('what was written is not what is read', file);
      }
      tally.runs++;
      tally.accepted++;
    }),
    { numRuns: runs, seed },
  );
  return tally;
}

/** Files with mutations. @throws FuzzFailure */
export function mutations(codec: FuzzedCodec, runs: number, seed: number): FuzzTally {
  const tally = { runs: 0, accepted: 0, refused: 0, slowestMs: 0 };
  const files = fc.sample(codec.files, { numRuns: SEED_FILES, seed });
  const random = new Random(seed, codec.name);
  for (; tally.runs < runs; tally.runs++) {
    const base = files[random.below(files.length)]!;
    const other = files[random.below(files.length)]!;
    const file = mutated(base, other, random);
    if (codec.name === 'dyno-binary') mend(file);
    // Of this process alone: others may have the machine.
    const began = process.cpuUsage();
    const trace = read(codec, file, 1 + random.below(400));
    const { user, system } = process.cpuUsage(began);
    const ms = (user + system) / 1000;
    if (ms > SLOWEST_MS) throw new FuzzFailure(`reading took ${Math.round(ms)} ms`, file);
    tally.slowestMs = Math.max(tally.slowestMs, ms);
    if (trace === undefined) tally.refused++;
    else {
      tally.accepted++;
      checkRoundTrip(trace, file);
    }
  }
  return tally;
}

function read(codec: FuzzedCodec, file: Uint8Array, piece: number): WholeTrace | undefined {
  try {
    return decoded(codec.decoder(), file, piece);
  } catch (error) {
    if (error instanceof TraceError && /^(line|byte) \d/.test(error.message)) return undefined;
    throw new FuzzFailure('the decoder threw something else than a TraceError', file, error);
  }
}

/** What was taken is a trace: our text form says it, and gives it back. */
function checkRoundTrip(trace: WholeTrace, file: Uint8Array): void {
  const whole = { ...trace, footer: trace.footer ?? { events: trace.events.length } };
  let again: WholeTrace;
  try {
    again = decoded(new TextTraceDecoder(), encoded(new TextTraceEncoder(), whole));
  } catch (error) {
    throw new FuzzFailure('what was taken is no trace', file, error);
  }
  if (!isDeepStrictEqual(again, whole)) {
    throw new FuzzFailure('what was taken does not round-trip', file);
  }
}

/** Flips, overwrites, removes, doubles and inserts, or goes on with another file. */
function mutated(base: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes = [...base];
  const count = 1 + random.below(MUTATIONS_MAX);
  for (let turn = 0; turn < count; turn++) {
    const at = random.below(bytes.length + 1);
    const length = random.below(INSERTED_MAX);
    const what = random.below(7);
    if (what === 0) bytes[at % bytes.length] = random.below(256);
    else if (what === 1) bytes[at % bytes.length] = 0x30 + random.below(10);
    else if (what === 2) bytes.splice(at, length);
    else if (what === 3) bytes.splice(at, 0, ...bytes.slice(at, at + length));
    else if (what === 4) bytes.splice(at, 0, ...random.bytes(length));
    else if (what === 5) bytes = bytes.slice(0, at);
    else bytes = [...bytes.slice(0, at), ...other.slice(random.below(other.length + 1))];
    if (bytes.length === 0) bytes = [0];
  }
  return Uint8Array.from(bytes);
}

/** Makes the first block's hash right again: a damaged one would be all that is found. */
function mend(file: Uint8Array): void {
  const view = new DataView(file.buffer);
  if (file.length < 12) return;
  const at = 12 + view.getUint32(8, true);
  if (at + 20 > file.length) return;
  const stored = view.getUint32(at + 4, true);
  const block = file.subarray(at + 20, at + 20 + stored);
  if (block.length === stored) view.setInt32(at + 16, hashBytes(block), true);
}
