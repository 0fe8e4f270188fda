/**
 * Two targets of one device, driven by the same program: what each shows of a step, where the two
 * may differ, and the entries that explain a difference. All of it is data, so that it can be
 * generated, shrunk and shown; what a step is, is the plan's business.
 */
import type { Arbitrary } from 'fast-check';
import type { JournalEntry } from '../reports/verdict.ts';
import type { Citation } from './citation.ts';
import type { Target } from './target.ts';

export interface Program<S = unknown> {
  readonly steps: readonly S[];
}

/** A number, some text, or bytes. */
export type AnswerValue = bigint | string | Uint8Array;

export interface AnswerPart {
  readonly name: string;
  readonly value: AnswerValue;
}

/** What one target shows of one step: parts in the order in which they are compared. */
export interface Answer {
  readonly parts: readonly AnswerPart[];
  /** The target is no more: the program ends here. */
  readonly gone: boolean;
}

export interface Difference<P extends Program = Program> {
  /** The part that differs, and what the two targets say; undefined where one has no such part. */
  readonly part: string;
  readonly values: readonly [AnswerValue | undefined, AnswerValue | undefined];
  readonly step: P['steps'][number];
  /** Of the step in the program. */
  readonly index: number;
  readonly program: P;
  readonly answers: readonly [Answer, Answer];
  /**
   * In which the two differ and that nothing has explained yet: bits of a number, one bit for each
   * byte of bytes, 1 for text.
   */
  readonly bits: bigint;
}

/** An entry that closes a difference: who is right, by which document, and why we leave it. */
export interface Explanation<P extends Program = Program> {
  readonly id: string;
  readonly cite: Citation;
  readonly why: string;
  /** The smallest example. */
  readonly example: readonly string[];
  /** The bits that it explains; 0: none of its business. */
  explains(difference: Difference<P>): bigint;
  /** From here on the two devices are in different states: the program ends. */
  readonly ends?: boolean;
}

/** One of the two targets in a program. */
export interface DiffSide<P extends Program> {
  /** A device in its first state, prepared: nothing of that is compared. */
  open(program: P): Promise<void>;
  /** Performs a step, and waits until the device has come to rest. */
  perform(program: P, index: number): Promise<Answer>;
  /** The last accesses, as the report shows them. */
  journal(): JournalEntry[];
}

/** How two targets of a device are compared. */
export interface DiffPlan<P extends Program = Program> {
  readonly device: string;
  readonly programs: Arbitrary<P>;
  side(target: Target): DiffSide<P>;
  /** The program up to a step, one line for each step after a line that says how it starts. */
  show(program: P, steps: number): string[];
  /** Differences at one place are one: the first of them is reported. */
  placeOf(difference: Difference<P>): string;
  readonly explanations: readonly Explanation<P>[];
}

/** What the two say, as people read it; of bytes only those that differ. */
export function showValues({ values }: Difference): [string, string] {
  const [one, other] = values;
  if (!(one instanceof Uint8Array && other instanceof Uint8Array)) return [show(one), show(other)];
  const length = Math.max(one.length, other.length);
  const all = Array.from({ length }, (_, at) => at).filter((at) => one[at] !== other[at]);
  const some = all.slice(0, BYTES_SHOWN);
  const rest = all.length > some.length ? ` and ${all.length - some.length} more` : '';
  const line = (bytes: Uint8Array) =>
    some.map((at) => `[0x${at.toString(16)}] ${bytes[at]?.toString(16) ?? 'none'}`).join(' ') +
    rest;
  return [line(one), line(other)];
}

const BYTES_SHOWN = 16;

function show(value: AnswerValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  return typeof value === 'string' ? value : `${value.length} bytes`;
}
