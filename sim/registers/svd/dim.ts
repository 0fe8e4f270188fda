/** Arrays (`NAME[%s]`) and lists (`NAME%s`) of peripherals, clusters, registers and fields. */
import type { Note } from './device.ts';
import type { Element, Shape } from './elements.ts';
import { SvdError } from './error.ts';
import { DIM_MAX, NAME_MAX } from './limits.ts';
import { parseNumber } from './numbers.ts';
import { optionalNumber } from './values.ts';

/** One element without `dim`, or all elements of an array or list. */
export interface Expanded {
  readonly names: readonly string[];
  /** Bytes, or bits for fields, from one element to the next. */
  readonly increment: number;
  /** Set where the names are this and 0, 1, 2, ... */
  readonly base: string | undefined;
}

/** @throws SvdError where `dim` is no count, or beyond the bound. */
export function expandDim(element: Element, shape: Shape, where: string, note: Note): Expanded {
  const { leaves } = shape;
  const name = leaves.name?.text ?? '';
  const count = optionalNumber(element, leaves.dim);
  if (count === undefined) return { names: [unindexed()], increment: 0, base: undefined };
  const at = leaves.dim ?? element;
  if (count < 1n || count > BigInt(DIM_MAX)) {
    throw new SvdError(`The dim of ${where} is ${count}; 1 to ${DIM_MAX} are allowed.`, at);
  }
  const increment = optionalNumber(element, leaves.dimIncrement);
  if (increment === undefined && count > 1n) {
    throw new SvdError(`${where} has dim but no dimIncrement.`, at);
  }
  const indices = dimIndices(shape, Number(count), (what) => note(where, what, at.line));
  const template = name.replace('[%s]', '%s');
  if (!template.includes('%s') && count > 1n) {
    note(where, 'has dim but no %s in its name; the index was appended', at.line);
  }
  const pattern = template.includes('%s') || count === 1n ? template : `${template}%s`;
  const counted = pattern.endsWith('%s') && indices.every((index, at) => index === String(at));
  return {
    names: indices.map((index) => pattern.replace('%s', () => index)),
    increment: Number(increment ?? 0n),
    base: counted ? pattern.slice(0, -2) : undefined,
  };

  function unindexed(): string {
    if (!name.includes('%s')) return name;
    note(where, 'has %s in its name but no dim; %s was left out', element.line);
    return name.replace(/\[%s\]|%s/, '');
  }
}

function dimIndices(shape: Shape, count: number, note: (what: string) => void): string[] {
  const counted = Array.from({ length: count }, (_, index) => String(index));
  const text = shape.leaves.dimIndex?.text;
  const named = text === undefined ? enumeratedIndices(shape, count) : parseDimIndex(text);
  if (named === undefined && text === undefined) return counted;
  if (named === undefined || named.length < count || new Set(named).size < named.length) {
    note(`dimIndex names no ${count} different elements; 0 to ${count - 1} were taken`);
    return counted;
  }
  if (named.length > count) note(`dimIndex names ${named.length} elements, dim ${count}`);
  return named.slice(0, count);
}

/** `0-3`, `A-D`, `a,b,c`, or a mixture; undefined where it is none of these. */
export function parseDimIndex(text: string): string[] | undefined {
  const indices: string[] = [];
  for (const part of text.split(',')) {
    const range = /^\s*(\w+)\s*-\s*(\w+)\s*$/.exec(part);
    const [, first = '', last = ''] = range ?? [];
    const next = range === null ? [part.trim()] : spread(first, last);
    if (next === undefined || next.some((index) => index === '' || index.length > NAME_MAX))
      return undefined;
    if (indices.length + next.length > DIM_MAX) return undefined;
    indices.push(...next);
  }
  return indices;
}

function spread(first: string, last: string): string[] | undefined {
  const digits = /^\d+$/;
  const letter = /^[A-Za-z]$/;
  if (digits.test(first) && digits.test(last)) {
    return steps(Number(first), Number(last), String);
  }
  if (!letter.test(first) || !letter.test(last)) return undefined;
  return steps(first.charCodeAt(0), last.charCodeAt(0), (code) => String.fromCharCode(code));
}

function steps(first: number, last: number, print: (n: number) => string): string[] | undefined {
  if (last < first || last - first >= DIM_MAX) return undefined;
  return Array.from({ length: last - first + 1 }, (_, at) => print(first + at));
}

/** `dimArrayIndex` gives names to the indices of an array. */
function enumeratedIndices({ children }: Shape, count: number): string[] | undefined {
  const enumeration = children.find(({ kind }) => kind === 'dimArrayIndex');
  if (enumeration === undefined) return undefined;
  const names = new Map<number, string>();
  for (const { leaves } of enumeration.children) {
    const value = parseNumber(leaves.value?.text ?? '');
    if (value !== undefined && leaves.name && leaves.name.text.length <= NAME_MAX)
      names.set(Number(value), leaves.name.text);
  }
  if (names.size < count) return undefined;
  return Array.from({ length: count }, (_, index) => names.get(index) ?? String(index));
}
