/**
 * Stamps such as `1795393429.333662`, seconds since whenever, as nanoseconds since the first one.
 * What is stamped earlier than the first counts as at the beginning.
 */
import { NUMBER_MAX } from '../format/event.ts';
import type { TraceHeader } from '../format/header.ts';
import type { LineReader } from '../format/line-reader.ts';

const DOT = 0x2e;
const SECONDS_MAX = 99_999_999_999;
const FRACTION_DIGITS = 9;
const SECONDS_APART_MAX = 9_007_199;

export class StampClock {
  /** Nanoseconds from the first stamp to the last. */
  timeNs = 0;
  /** The first stamp, as seconds and nanoseconds; undefined before it. */
  began: readonly [seconds: number, ns: number] | undefined;

  /** Reads a stamp under the cursor. @throws TraceError */
  read(reader: LineReader): void {
    const from = reader.at;
    const seconds = reader.decimal('a time in seconds', SECONDS_MAX);
    reader.expect(DOT);
    const digits = reader.at;
    let ns = reader.decimal('a fraction of a second', 999_999_999);
    const count = reader.at - digits;
    if (count > FRACTION_DIGITS)
      throw reader.errorFrom(digits, 'this fraction has too many digits');
    for (let place = count; place < FRACTION_DIGITS; place++) ns *= 10;
    if (!this.set(seconds, ns)) throw reader.errorFrom(from, 'this time is months after the first');
  }

  /** False when it is too far from the first one. */
  set(seconds: number, ns: number): boolean {
    this.began ??= [seconds, ns];
    const apart = seconds - this.began[0];
    if (apart > SECONDS_APART_MAX) return false;
    const timeNs = apart * 1e9 + ns - this.began[1];
    if (timeNs > NUMBER_MAX) return false;
    this.timeNs = Math.max(0, timeNs);
    return true;
  }

  /** The first stamp as text, for the header. */
  get beginning(): string | undefined {
    if (this.began === undefined) return undefined;
    return `${this.began[0]}.${String(this.began[1]).padStart(FRACTION_DIGITS, '0')}`;
  }
}

/** When a recording began by its header's `began`, as `StampClock` writes it; else at 0. */
export function beganOf({ identity }: TraceHeader): readonly [seconds: number, ns: number] {
  const [, seconds, ns] = /^(\d{1,11})\.(\d{9})$/.exec(identity['began'] ?? '') ?? [];
  return [Number(seconds ?? 0), Number(ns ?? 0)];
}
