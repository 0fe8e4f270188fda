/** What a value change dump declares before its first change. */
import { NUMBER_MAX, SPACE_MAX } from '../../format/event.ts';
import { type TraceHeader, emptyHeader } from '../../format/header.ts';
import { HeaderBuilder, MAGIC_LINE } from '../../format/header-text.ts';
import { SCOPE, VARIABLES, escaped, unescaped } from './own.ts';

const WORDS_MAX = 65_536;
const SCOPES_MAX = 256;
const LISTED_MAX = 200;
const NAME_MAX = 1000;
const FS_PER_NS = 1_000_000n;
const UNITS_FS: Readonly<Record<string, bigint>> = {
  s: 10n ** 15n,
  ms: 10n ** 12n,
  us: 10n ** 9n,
  ns: 10n ** 6n,
  ps: 1000n,
  fs: 1n,
};

export class Declarations {
  /** `$enddefinitions` came. */
  isOver = false;
  /** We wrote the dump: its variables are those of own.ts. */
  isOwn = false;
  /** The command whose words come now, and those so far. */
  #command: string | undefined;
  #words: string[] = [];
  #unitFs = FS_PER_NS;
  readonly #scopes: string[] = [];
  /** Variables by their code; those that share one are one. */
  readonly #variables = new Map<string, number>();
  readonly #names: string[] = [];
  #ownHeader: TraceHeader | undefined;

  /** Takes a word; returns what is wrong with it. */
  take(word: string): string | undefined {
    if (this.#command === undefined) {
      if (!word.startsWith('$')) return 'here must be a declaration, which begins with $';
      this.#command = word;
      this.#words = [];
      return undefined;
    }
    if (word !== '$end') {
      if (this.#words.length === WORDS_MAX) return 'this declaration has no $end';
      this.#words.push(word);
      return undefined;
    }
    const command = this.#command;
    this.#command = undefined;
    return this.#declare(command, this.#words);
  }

  variable(code: string): number | undefined {
    return this.#variables.get(code);
  }

  /** Undefined when the time is too large. */
  nsOf(time: bigint): number | undefined {
    const ns = (time * this.#unitFs) / FS_PER_NS;
    return ns > BigInt(NUMBER_MAX) ? undefined : Number(ns);
  }

  header(): TraceHeader {
    if (this.isOwn && this.#ownHeader !== undefined) return this.#ownHeader;
    const listed = this.#names.slice(0, LISTED_MAX).map((name, at) => [`var-${at}`, name] as const);
    return { ...emptyHeader('other'), tool: 'VCD', identity: Object.fromEntries(listed) };
  }

  #declare(command: string, words: readonly string[]): string | undefined {
    if (command === '$timescale') return this.#timescale(words.join(''));
    if (command === '$comment') return this.#comment(words);
    if (command === '$scope') {
      if (this.#scopes.length === SCOPES_MAX) return `scopes are at most ${SCOPES_MAX} deep`;
      this.#scopes.push(words[1] ?? '');
    } else if (command === '$upscope') this.#scopes.pop();
    else if (command === '$var') return this.#variable(words);
    else if (command === '$enddefinitions') {
      const codes = Object.keys(VARIABLES);
      const hasAll = codes.every((code) => this.#variables.has(code));
      this.isOwn &&= hasAll && this.#ownHeader !== undefined;
      this.isOver = true;
    }
    return undefined;
  }

  #timescale(text: string): string | undefined {
    const [, count = '', unit = ''] = /^(1|10|100)(s|ms|us|ns|ps|fs)$/.exec(text) ?? [];
    const fs = UNITS_FS[unit];
    if (fs === undefined) return 'a timescale is 1, 10 or 100 and s, ms, us, ns, ps or fs';
    this.#unitFs = fs * BigInt(count);
    return undefined;
  }

  /** Type, bits, code, name, and sometimes a range. */
  #variable([, bits = '', code, ...name]: readonly string[]): string | undefined {
    if (code === undefined || name.length === 0) {
      return 'a variable has a type, a number of bits, a code and a name';
    }
    if (!/^\d{1,7}$/.test(bits)) return 'the number of bits of this variable is none';
    if (this.#names.length > SPACE_MAX) return `a dump has at most ${SPACE_MAX} variables`;
    if (this.#scopes.length === 1 && this.#scopes[0] === SCOPE) this.isOwn = true;
    if (this.#variables.has(code)) return undefined;
    this.#variables.set(code, this.#names.length);
    const full = [...this.#scopes, name.join('')].join('.').slice(0, NAME_MAX);
    this.#names.push(`${escaped(full)} ${bits}`);
    return undefined;
  }

  #comment(words: readonly string[]): undefined {
    const lines = words.map((word) => unescaped(word));
    if (lines[0] !== MAGIC_LINE) return undefined;
    const builder = new HeaderBuilder();
    const isFine = lines.every((line) => line !== undefined && builder.add(line) === undefined);
    if (isFine && builder.problem() === undefined) this.#ownHeader = builder.header;
    return undefined;
  }
}
