/** How strings, times and citations read in every form of the report. */
import { bitString } from '../document.ts';
import type { Citation, Clause, Verdict } from '../verdict.ts';

const TEXT_LENGTH_MAX = 4000;

/**
 * Control characters (terminal escapes), bidirectional overrides, line separators, noncharacters
 * and lone surrogates: a driver must not be able to paint over the report that judges it.
 */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One line in which every hidden character shows, cut at `lengthMax`. */
export function visible(text: string, lengthMax = TEXT_LENGTH_MAX): string {
  const cut = text.length > lengthMax;
  const kept = cut ? text.slice(0, lengthMax) : text;
  const shown = kept.replace(HIDDEN, escapeCode).replace(LONE_SURROGATE, escapeCode);
  return cut ? `${shown}… (${text.length} characters)` : shown;
}

/** The lines of a text, each visible, at most `linesMax`; the last then says how many more. */
export function visibleLines(text: string, linesMax: number): string[] {
  return capped(text.split('\n'), linesMax).map((line) => visible(line));
}

/** At most `max` items; the last one then says how many are left out. */
export function capped(lines: readonly string[], max: number): string[] {
  if (lines.length <= max) return [...lines];
  const kept = max - 1;
  return [...lines.slice(0, kept), `… ${lines.length - kept} more`];
}

export function citation({ document, revision, section, basis }: Citation): string {
  const place = section === undefined ? '' : `, ${section}`;
  const secondary = basis === 'secondary' ? ' (from a secondary source)' : '';
  return visible(`${document} ${revision}${place}${secondary}`);
}

/** `uart-16550/receiver/LSR-1` -> `LSR-1`. */
export function clauseId(clause: Pick<Clause, 'address' | 'suite'>): string {
  const { address, suite } = clause;
  return address.startsWith(`${suite}/`) ? address.slice(suite.length + 1) : address;
}

/** Virtual nanoseconds with the unit that reads best, nothing rounded away: `16.49405 ms`. */
export function virtualTime(ns: number): string {
  if (ns >= 1e9) return `${ns / 1e9} s`;
  if (ns >= 1e6) return `${ns / 1e6} ms`;
  if (ns >= 1e3) return `${ns / 1e3} us`;
  return `${ns} ns`;
}

export function wallTime(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms.toFixed(1)} ms`;
}

/** A command line that a POSIX shell takes as it was. */
export function shellLine(args: readonly string[]): string {
  return args
    .map((it) => (/^[\w@%+=:,./-]+$/.test(it) ? it : `'${it.replaceAll("'", "'\\''")}'`))
    .join(' ');
}

/** A clause that the header does not hold still gets a row: its address is all we know. */
export function unknownClause({ clause }: Pick<Verdict, 'clause'>): Clause {
  return {
    address: clause,
    suite: clause.slice(0, Math.max(clause.lastIndexOf('/'), 0)) || clause,
    cite: { document: 'unknown', revision: '', basis: 'secondary' },
    text: 'This clause is not in the header of the document.',
    level: 'shall',
    needs: [],
    subject: 'driver',
  };
}

/** Bit by bit from the most significant: seen as 0, as 1, both, or neither. `size` in bytes. */
export function bitStates(
  size: number,
  seen0: string,
  seen1: string,
): ('both' | 'zero' | 'one' | 'none')[] {
  const ones = bitString(seen1, size * 8);
  return bitString(seen0, size * 8)
    .split('')
    .map((bit, index) => {
      const one = ones[index] === '1';
      if (bit === '1') return one ? 'both' : 'zero';
      return one ? 'one' : 'none';
    });
}

function escapeCode(character: string): string {
  const code = character.charCodeAt(0);
  return SHORT[character] ?? `\\u{${code.toString(16)}}`;
}
