/** Random events and headers within the bounds of the format, and codecs driven from memory. */
import fc from 'fast-check';
import { batched } from './batch.ts';
import type { TraceDecoder, TraceEncoder } from './codec.ts';
import {
  KIND_NAMES,
  NUMBER_MAX,
  SIZE_MAX,
  SPACE_MAX,
  type TraceEvent,
  type TraceKind,
  WORD_MAX,
} from './event.ts';
import { BLIND, type Blind, TRACE_BUSES, type TraceFooter, type TraceHeader } from './header.ts';

/** Small numbers often, and those at the bounds. */
const upTo = (max: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.nat({ max: Math.min(max, 300) }) },
    { weight: 2, arbitrary: fc.maxSafeNat().map((number) => number % (max + 1)) },
    fc.constantFrom(0, max),
  );

/** Well-formed, never empty. */
const text = fc
  .oneof(
    fc.constantFrom('started', 'read', '"', '\\', '\n', '\u2028é'),
    fc.string({ unit: 'grapheme' }),
  )
  .map((value) => value.toWellFormed())
  .filter((value) => value !== '');

/** With runs of one byte. */
const payload = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.tuple(fc.nat({ max: 255 }), fc.nat({ max: 40 })).map(([byte, count]) => {
        return new Uint8Array(count).fill(byte);
      }),
    ),
    { maxLength: 4 },
  )
  .map(concatenated);

export const arbitraryEvent: fc.Arbitrary<TraceEvent> = fc
  .record({
    timeNs: upTo(NUMBER_MAX),
    kind: fc.constantFrom(...([...KIND_NAMES.keys()] as TraceKind[])),
    space: upTo(SPACE_MAX),
    address: upTo(NUMBER_MAX),
    size: fc.oneof(fc.constantFrom(0, 1, 2, 4, 8), upTo(SIZE_MAX)),
    value: upTo(WORD_MAX),
    high: fc.oneof(fc.constant(0), upTo(WORD_MAX)),
    bytes: fc.option(payload, { nil: undefined }),
    text: fc.option(text, { nil: undefined }),
    whole: fc.boolean(),
  })
  .map(({ bytes, text: note, whole, ...rest }) => ({
    ...rest,
    ...(bytes === undefined ? {} : { bytes }),
    ...(bytes === undefined || !whole ? {} : { value: bytes.length }),
    ...(note === undefined ? {} : { text: note }),
  }));

const word = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/);

export const arbitraryHeader: fc.Arbitrary<TraceHeader> = fc.record(
  {
    driver: text,
    target: text,
    device: text,
    bus: fc.constantFrom(...TRACE_BUSES),
    seed: fc.nat(),
    tool: text,
    blind: fc.uniqueArray(fc.constantFrom(...(Object.keys(BLIND) as Blind[]))),
    spaces: fc.uniqueArray(
      fc.record(
        {
          space: upTo(SPACE_MAX),
          kind: fc.constantFrom('memory' as const, 'io' as const),
          base: upTo(NUMBER_MAX),
          length: upTo(NUMBER_MAX),
        },
        { noNullPrototype: true },
      ),
      { selector: ({ space }) => space, maxLength: 6 },
    ),
    provenance: fc.record(
      { device: text, firmware: text, date: text, how: text, licence: text },
      { requiredKeys: [], noNullPrototype: true },
    ),
    identity: fc.dictionary(word, text, { noNullPrototype: true, maxKeys: 4 }),
  },
  { requiredKeys: ['bus', 'blind', 'spaces', 'provenance', 'identity'], noNullPrototype: true },
);

export interface WholeTrace {
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
  readonly footer: TraceFooter | undefined;
}

export const arbitraryTrace: fc.Arbitrary<WholeTrace> = fc
  .tuple(
    arbitraryHeader,
    fc.array(arbitraryEvent, { maxLength: 60 }),
    fc.option(fc.stringMatching(/^[0-9a-f]{16}$/), { nil: undefined }),
  )
  .map(([header, events, hash]) => ({
    header,
    events,
    footer: { events: events.length, ...(hash === undefined ? {} : { journalHash: hash }) },
  }));

/** The whole file. */
export function encoded(encoder: TraceEncoder, { header, events, footer }: WholeTrace): Uint8Array {
  const pieces: Uint8Array[] = [];
  const keep = (from: Iterable<Uint8Array>) => {
    for (const piece of from) pieces.push(piece.slice());
  };
  keep(encoder.begin(header));
  for (const batch of batched(events)) keep(encoder.encode(batch));
  keep(encoder.end(footer ?? { events: events.length }));
  return concatenated(pieces);
}

/** What a file holds, given to the decoder in pieces of so many bytes. @throws TraceError */
export function decoded(decoder: TraceDecoder, file: Uint8Array, piece = 65_536): WholeTrace {
  const events: TraceEvent[] = [];
  const keep = (from: ReturnType<TraceDecoder['push']>) => {
    for (const batch of from) {
      for (let index = 0; index < batch.length; index++) events.push(batch.eventAt(index));
    }
  };
  for (let at = 0; at < file.length; at += piece) keep(decoder.push(file.slice(at, at + piece)));
  keep(decoder.end());
  if (decoder.header === undefined) throw new Error('A decoder ended without a header.');
  return { header: decoder.header, events, footer: decoder.footer };
}

export function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
