/** Enumerated values of a field, both usages merged into one list of names. */
import { shapeOf } from './derive.ts';
import type { Element } from './elements.ts';
import { PATTERN_VALUES_MAX } from './limits.ts';
import { parsePattern, patternValues } from './numbers.ts';
import { type Resolution, isTrue, noteStrays } from './resolution.ts';

export type Enumeration = ReadonlyMap<string, bigint>;

export function resolveEnumerations(
  sets: readonly Element[],
  where: string,
  width: number,
  resolution: Resolution,
): Enumeration {
  const names = new Map<string, bigint>();
  const { note } = resolution;
  const shapes = sets.map((set) => ({ set, ...shapeOf(set, resolution.scopes) }));
  for (const { set, leaves, children } of shapes) {
    noteStrays(set, where, note);
    resolution.spend(children.length, set);
    const usage = leaves.usage?.text.toLowerCase() ?? 'read-write';
    if (usage !== 'read-write') {
      const what = `its enumerated values hold for a ${usage.slice(0, 40)} only, which is not kept`;
      note(where, what, set.line);
    }
    for (const value of children) addValue(names, value, { where, width, usage }, resolution);
  }
  return names;
}

interface Target {
  readonly where: string;
  readonly width: number;
  readonly usage: string;
}

function addValue(
  names: Map<string, bigint>,
  element: Element,
  { where, width, usage }: Target,
  { note }: Resolution,
): void {
  const { leaves, line } = element;
  noteStrays(element, where, note);
  const lost = (what: string) => note(where, what, line);
  const name = leaves.name?.text.replaceAll(/\s+/g, ' ') ?? `VALUE_${leaves.value?.text ?? ''}`;
  if (leaves.name === undefined) lost(`an enumerated value has no name; became ${name}`);
  if (leaves.value === undefined) {
    if (isTrue(leaves.isDefault?.text)) {
      return lost(`${name} names all other values; a map names single values`);
    }
    return lost(`the enumerated value ${name} has no value; left out`);
  }
  const pattern = parsePattern(leaves.value.text);
  if (pattern === undefined || pattern.value < 0n) {
    return lost(`the value ${leaves.value.text.slice(0, 40)} of ${name} is no number; left out`);
  }
  const count = 2 ** pattern.free.length;
  const single = count === 1 || count > PATTERN_VALUES_MAX;
  if (count > 1) {
    lost(
      `the pattern ${leaves.value.text} of ${name} ` +
        (single ? 'is kept as its least value' : `became ${count} values`),
    );
  }
  for (const value of single ? [pattern.value] : patternValues(pattern)) {
    if (value >= 1n << BigInt(width)) lost(`${name} = ${value} does not fit; left out`);
    else addUnique(names, single ? name : `${name}_${value}`, value, usage, lost);
  }
}

function addUnique(
  names: Map<string, bigint>,
  name: string,
  value: bigint,
  usage: string,
  lost: (what: string) => void,
): void {
  const before = names.get(name);
  if (before === value) return;
  const suffix = usage === 'write' ? 'WRITE' : String(value);
  const unique = before === undefined ? name : `${name}_${suffix}`;
  if (before !== undefined) lost(`two enumerated values are named ${name}; one became ${unique}`);
  if (!names.has(unique)) names.set(unique, value);
  else if (names.get(unique) !== value) lost(`${unique} = ${value} has no name of its own`);
}
