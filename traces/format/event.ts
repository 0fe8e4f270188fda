/**
 * What a trace is made of: events. One event is one line of the text form and one record of the
 * binary form; `EventBatch` (batch.ts) holds thousands of them in typed arrays, which is what
 * decoders give and encoders take.
 */
import { EVENT_KINDS, EventKind } from '../../sim/kernel/journal.ts';

/**
 * What only a file can say, beside the kinds of the journal, whose numbers stay below 64. A journal
 * never holds these: whoever feeds one from a trace leaves them out.
 */
const FILE_KINDS = {
  /** Text: somebody marked the place, or what the recorder said about the surroundings. */
  Mark: 64,
  /**
   * The recorder lost events here: `value` is how many, 0 when unknown. Nothing can be derived from
   * the order of what is before and what is after.
   */
  Lost: 65,
  /** Text: a line or record of a foreign recording that nobody could interpret, kept as it was. */
  Raw: 66,
} as const;

/** Kinds from here on are unknown to journals. */
export const FILE_KINDS_FROM = 64;

/** Every kind of event: those of the journal with their numbers, and those of files. */
export const TraceKind = { ...EventKind, ...FILE_KINDS } as const;
export type TraceKind = (typeof TraceKind)[keyof typeof TraceKind];

/** As the text form spells kinds, such as `config-read`, by number. */
export const KIND_NAMES: ReadonlyMap<number, string> = new Map(
  [...EVENT_KINDS, ...(Object.keys(FILE_KINDS) as (keyof typeof FILE_KINDS)[])].map((name) => [
    TraceKind[name],
    name.replaceAll(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase(),
  ]),
);

/** The number of each kind by its name in the text form. */
export const KINDS_BY_NAME: ReadonlyMap<string, TraceKind> = new Map(
  [...KIND_NAMES].map(([kind, name]) => [name, kind as TraceKind]),
);

/** Kinds whose content is `text`; their `value` is 0. */
export const TEXT_KINDS: ReadonlySet<TraceKind> = new Set<TraceKind>([
  TraceKind.Reset,
  TraceKind.Removed,
  TraceKind.Fault,
  TraceKind.Lifecycle,
  TraceKind.Operation,
  TraceKind.Gap,
  TraceKind.Violation,
  TraceKind.Mark,
  TraceKind.Raw,
]);

/** The largest address or time: 2^53 - 1. */
export const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
export const SPACE_MAX = 0xffff;
export const SIZE_MAX = 0x7f;
export const WORD_MAX = 0xffff_ffff;
/** Bytes that one event may carry, and UTF-16 units of its text. */
export const PAYLOAD_MAX = 1_048_576;
export const TEXT_MAX = 65_535;

/**
 * One event as an object, for tests and small jobs; loops over millions read an `EventBatch`.
 * The meaning of `space`, `address`, `value` and `high` is that of the journal's kinds:
 *
 * | kind | space | address | value | high |
 * |---|---|---|---|---|
 * | config-read, config-write | 0 | offset | low 32 bits | |
 * | read, write | BAR | offset | low 32 bits | upper 32 bits of size 8 |
 * | dma-read, dma-write, buffer-read, buffer-write | 0 | in memory | length | |
 * | dma-map | 1 device reads, 2 writes, 3 both | for the device | length | for the host |
 * | dma-unmap | 0 | for the device | length | |
 * | dma-fault | why | for the device | length | |
 * | interrupt | 0 level, 1 message | vector | 1 raised or sent, 0 lowered | |
 * | interrupt-handled | source | count | 1 level, 0 message | |
 * | line | line, or what moved | detail | level or character | |
 * | command, completion | queue, chip select, I2C address, USB endpoint | where | length | |
 * | lost | | | events lost | |
 *
 * The first two have a `size` of 1, 2, 4 or 8; those with a length have `bytes`, unless the
 * recording is blind to them; the rest have `text` (an operation: its phase in `space`, a size in
 * `address`). A length beyond `bytes` means that only their beginning was recorded.
 */
export interface TraceEvent {
  /** Integer nanoseconds from the beginning; may go back where sources were merged. */
  readonly timeNs: number;
  readonly kind: TraceKind;
  readonly space: number;
  readonly address: number;
  /** Of the access, in bytes; 0 where there is none. */
  readonly size: number;
  /** The low 32 bits; of an event with bytes their whole length. */
  readonly value: number;
  /** What the value has above 32 bits. */
  readonly high: number;
  readonly bytes?: Uint8Array;
  /** Well-formed Unicode; absent when empty. */
  readonly text?: string;
}

/** An event with what is not said being 0 or absent. */
export function traceEvent(event: Pick<TraceEvent, 'kind'> & Partial<TraceEvent>): TraceEvent {
  const value = event.bytes?.length ?? 0;
  return { timeNs: 0, space: 0, address: 0, size: 0, high: 0, value, ...event };
}

/** All 64 bits of an event's value. */
export function wideValue({ value, high }: Pick<TraceEvent, 'value' | 'high'>): bigint {
  return BigInt(high) * 0x1_0000_0000n + BigInt(value);
}
