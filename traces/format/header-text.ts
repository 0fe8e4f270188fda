/**
 * The header as lines `key: value` in a fixed order; the binary form has the same lines. A value
 * that is not printable as it is stands in quotes, as in JSON.
 */
import {
  BLIND,
  type Blind,
  type Provenance,
  TRACE_BUSES,
  TRACE_VERSION,
  type TraceHeader,
  type TraceSpace,
} from './header.ts';
import { NUMBER_MAX, SPACE_MAX } from './event.ts';

const FIRST_LINE = 'driver-dyno trace ';
const VALUE_MAX = 4096;
export const HEADER_LINES_MAX = 256;

const PROVENANCE = ['device', 'firmware', 'date', 'how', 'licence'] as const;
/** A value that needs no quotes: no control character, no quote or space at its ends. */
// oxlint-disable-next-line no-control-regex
const PLAIN = /^(?![" ])[^\u0000-\u001f\u007f\u2028\u2029]+(?<! )$/;
const KEY = /^[a-z0-9][a-z0-9.-]*$/;

/** The first line of every trace, which sniffing looks for. */
export const MAGIC_LINE: string = FIRST_LINE + TRACE_VERSION;

/**
 * The lines of a header, without the empty line that ends it.
 * @throws RangeError for what no line can say
 */
export function headerLines(header: TraceHeader): string[] {
  const { driver, target, device, bus, seed, tool, blind, provenance, identity } = header;
  const lines = [MAGIC_LINE];
  const add = (key: string, value: string | number | undefined) => {
    if (value === undefined || value === '') return;
    if (!KEY.test(key)) throw new RangeError(`A trace's header has no key ${key}.`);
    lines.push(`${key}: ${quoted(String(value))}`);
  };
  add('driver', driver);
  add('target', target);
  add('device', device);
  add('bus', bus);
  add('seed', seed);
  add('tool', tool);
  add('blind', blind.join(', '));
  for (const { space, kind, base, length } of header.spaces) {
    add(`space-${space}`, `${kind} 0x${base.toString(16)} 0x${length.toString(16)}`);
  }
  for (const key of PROVENANCE) add(`recorded-${key}`, provenance[key]);
  for (const key of Object.keys(identity).toSorted()) add(`identity-${key}`, identity[key]);
  if (lines.length > HEADER_LINES_MAX) {
    throw new RangeError(`A trace's header has at most ${HEADER_LINES_MAX} lines.`);
  }
  return lines;
}

function quoted(value: string): string {
  if (value.length > VALUE_MAX || !value.isWellFormed()) {
    throw new RangeError(`A line of a trace's header holds at most ${VALUE_MAX} characters.`);
  }
  return PLAIN.test(value) ? value : JSON.stringify(value);
}

/** A header as it is read, line by line. */
export class HeaderBuilder {
  readonly #header: { -readonly [K in keyof TraceHeader]: TraceHeader[K] } & {
    blind: Blind[];
    spaces: TraceSpace[];
    provenance: Record<string, string>;
    identity: Record<string, string>;
  } = { bus: 'other', blind: [], spaces: [], provenance: {}, identity: {} };
  readonly #seen = new Set<string>();
  #lines = 0;

  /** Takes a line; returns what is wrong with it, or undefined. */
  add(line: string): string | undefined {
    if (this.#lines++ === 0) return firstLineProblem(line);
    if (this.#lines > HEADER_LINES_MAX) return `a header has at most ${HEADER_LINES_MAX} lines`;
    const colon = line.indexOf(': ');
    const key = line.slice(0, Math.max(colon, 0));
    if (!KEY.test(key)) return 'a line of the header is a key in small letters, ": " and a value';
    if (this.#seen.has(key)) return `${key} is said twice`;
    this.#seen.add(key);
    const value = unquoted(line.slice(colon + 2));
    if (value === undefined) return `the value of ${key} is neither plain text nor in quotes`;
    return this.#set(key, value);
  }

  /** What is missing, or undefined. */
  problem(): string | undefined {
    return this.#seen.has('bus') ? undefined : 'the header does not say the bus';
  }

  get header(): TraceHeader {
    return this.#header;
  }

  #set(key: string, value: string): string | undefined {
    const header = this.#header;
    if (key === 'driver' || key === 'target' || key === 'device' || key === 'tool') {
      header[key] = value;
      return undefined;
    }
    if (key === 'bus') {
      const bus = TRACE_BUSES.find((known) => known === value);
      if (bus === undefined) return `the bus is one of ${TRACE_BUSES.join(', ')}`;
      header.bus = bus;
      return undefined;
    }
    if (key === 'seed') {
      const seed = Number(value);
      if (!/^\d+$/.test(value) || !Number.isSafeInteger(seed)) return 'the seed is an integer';
      header.seed = seed;
      return undefined;
    }
    if (key === 'blind') return this.#addBlind(value);
    return this.#setNamed(key, value);
  }

  #setNamed(key: string, value: string): string | undefined {
    const [kind = '', ...rest] = key.split('-');
    const name = rest.join('-');
    if (kind === 'space') return this.#addSpace(name, value);
    if (kind === 'identity' && name !== '') {
      // A name such as __proto__ must become a key like any other; KEY has no underscores.
      this.#header.identity[name] = value;
      return undefined;
    }
    if (kind === 'recorded' && PROVENANCE.includes(name as keyof Provenance)) {
      this.#header.provenance[name] = value;
      return undefined;
    }
    return `there is no ${key} in a header of version ${TRACE_VERSION}`;
  }

  #addBlind(value: string): string | undefined {
    for (const name of value.split(', ')) {
      if (!Object.hasOwn(BLIND, name)) {
        return `blind lists some of ${Object.keys(BLIND).join(', ')}, not ${name.slice(0, 40)}`;
      }
      if (this.#header.blind.includes(name as Blind)) return `blind says ${name} twice`;
      this.#header.blind.push(name as Blind);
    }
    return undefined;
  }

  #addSpace(name: string, value: string): string | undefined {
    const parts = /^(memory|io) 0x([0-9a-f]{1,14}) 0x([0-9a-f]{1,14})$/.exec(value);
    const space = Number(name);
    if (!/^(0|[1-9]\d*)$/.test(name) || space > SPACE_MAX) return `a space is 0 to ${SPACE_MAX}`;
    if (parts === null) return 'a space is "memory" or "io", its base and its length';
    const [, kind, base, length] = parts;
    const numbers = [base, length].map((digits) => Number(`0x${digits}`)) as [number, number];
    if (numbers.some((number) => number > NUMBER_MAX)) return 'a space is within 53 bits';
    this.#header.spaces.push({
      space,
      kind: kind as TraceSpace['kind'],
      base: numbers[0],
      length: numbers[1],
    });
    return undefined;
  }
}

function firstLineProblem(line: string): string | undefined {
  if (line === MAGIC_LINE) return undefined;
  if (/^driver-dyno trace \d+$/.test(line)) {
    const version = line.slice(FIRST_LINE.length);
    return `this is version ${version} of the format; we know ${TRACE_VERSION}`;
  }
  return `a trace begins with "${MAGIC_LINE}"`;
}

function unquoted(value: string): string | undefined {
  if (value.length > VALUE_MAX * 6) return undefined;
  if (!value.startsWith('"')) return PLAIN.test(value) ? value : undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    const isText = typeof parsed === 'string' && parsed.length <= VALUE_MAX;
    return isText && parsed !== '' && parsed.isWellFormed() ? parsed : undefined;
  } catch {
    return undefined;
  }
}
