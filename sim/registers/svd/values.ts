/** Reads the leaves of an element as numbers and words. */
import type { Note, SvdAccess, SvdReadAction, SvdWriteEffect } from './device.ts';
import type { Element, Leaf } from './elements.ts';
import { SvdError } from './error.ts';
import { parseNumber } from './numbers.ts';

/**
 * A number without which nothing makes sense.
 * @throws SvdError where it is absent or no number.
 */
export function requiredNumber(element: Element, leaf: Leaf | undefined, what: string): bigint {
  const value = optionalNumber(element, leaf);
  if (value === undefined) throw new SvdError(`${what} is missing.`, element);
  return value;
}

/** @throws SvdError where it is no number, or negative. */
export function optionalNumber(element: Element, leaf: Leaf | undefined): bigint | undefined {
  if (leaf === undefined) return undefined;
  const value = parseNumber(leaf.text);
  if (value === undefined || value < 0n) {
    const name = element.leaves.name?.text ?? element.kind;
    throw new SvdError(`${name}: "${leaf.text.slice(0, 40)}" is no number of CMSIS-SVD.`, leaf);
  }
  return value;
}

/** A number without which the rest still makes sense: noted and left out where it is none. */
export function lenientNumber(leaf: Leaf | undefined, where: string, note: Note) {
  if (leaf === undefined) return undefined;
  const value = parseNumber(leaf.text);
  if (value !== undefined && value >= 0n) return value;
  note(where, `"${leaf.text.slice(0, 40)}" is no number and was left out`, leaf.line);
  return undefined;
}

const ACCESS_WORDS: readonly SvdAccess[] = [
  'read-only',
  'write-only',
  'read-write',
  'writeOnce',
  'read-writeOnce',
];
const WRITE_WORDS: readonly SvdWriteEffect[] = [
  'oneToClear',
  'oneToSet',
  'oneToToggle',
  'zeroToClear',
  'zeroToSet',
  'zeroToToggle',
  'clear',
  'set',
  'modify',
];
const READ_WORDS: readonly SvdReadAction[] = ['clear', 'set', 'modify', 'modifyExternal'];

/** Short forms seen in public files. */
const ACCESS_SHORT: Readonly<Record<string, SvdAccess>> = {
  r: 'read-only',
  ro: 'read-only',
  read: 'read-only',
  w: 'write-only',
  wo: 'write-only',
  write: 'write-only',
  rw: 'read-write',
  writeread: 'read-write',
};

export function accessWord(leaf: Leaf | undefined, where: string, note: Note) {
  return word(leaf, ACCESS_WORDS, where, note, ACCESS_SHORT);
}

export function writeWord(leaf: Leaf | undefined, where: string, note: Note) {
  return word(leaf, WRITE_WORDS, where, note);
}

export function readWord(leaf: Leaf | undefined, where: string, note: Note) {
  return word(leaf, READ_WORDS, where, note);
}

/** The schema's word for a text; other spellings are noted, other texts noted and left out. */
function word<Word extends string>(
  leaf: Leaf | undefined,
  words: readonly Word[],
  where: string,
  note: Note,
  short: Readonly<Record<string, Word>> = {},
): Word | undefined {
  if (leaf === undefined) return undefined;
  const exact = words.find((candidate) => candidate === leaf.text);
  if (exact !== undefined) return exact;
  const plain = plainWord(leaf.text);
  const meant =
    words.find((candidate) => plainWord(candidate) === plain) ??
    (Object.hasOwn(short, plain) ? short[plain] : undefined);
  const text = `"${leaf.text.slice(0, 40)}"`;
  if (meant === undefined) note(where, `${text} is no word of CMSIS-SVD; left out`, leaf.line);
  else note(where, `${text} was read as ${meant}`, leaf.line);
  return meant;
}

function plainWord(text: string): string {
  return text.toLowerCase().replaceAll(/[-_\s/]/g, '');
}
