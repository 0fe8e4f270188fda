/** Fields of a register: position, effects, enumerated values. */
import { shapeOf } from './derive.ts';
import type { Note, SvdField } from './device.ts';
import { expandDim } from './dim.ts';
import { type Enumeration, resolveEnumerations } from './enumerations.ts';
import type { Element, Leaves, Shape } from './elements.ts';
import { type Resolution, noteConstraint, noteStrays } from './resolution.ts';
import { accessWord, lenientNumber, readWord, writeWord } from './values.ts';

interface Span {
  readonly msb: number;
  readonly lsb: number;
}

/** Field positions beyond this are no positions. */
const BIT_MAX = 1n << 16n;

export function resolveFields(
  { children }: Shape,
  register: string,
  resolution: Resolution,
): SvdField[] {
  const fields: SvdField[] = [];
  for (const child of children) {
    if (child.kind === 'field') fields.push(...expandField(child, register, resolution));
  }
  return fields;
}

function expandField(element: Element, register: string, resolution: Resolution): SvdField[] {
  const { note, scopes, spend } = resolution;
  const shape = shapeOf(element, scopes);
  const { leaves } = shape;
  const where = `${register}.${leaves.name?.text ?? '?'}`;
  if (leaves.name === undefined) note(where, 'has no name', element.line);
  noteStrays(element, where, note);
  const span = spanOf(leaves, (what) => note(where, what, element.line), where, note);
  if (span === undefined) {
    note(where, 'says not which bits it has; left out', element.line);
    return [];
  }
  noteConstraint(shape, where, resolution);
  const { names, increment } = expandDim(element, shape, where, note);
  spend(names.length, element);
  const body = {
    access: accessWord(leaves.access, where, note),
    modifiedWriteValues: writeWord(leaves.modifiedWriteValues, where, note),
    readAction: readWord(leaves.readAction, where, note),
    values: valuesOf(shape, where, span, resolution),
    line: element.line,
  };
  return names.map((name, index) => ({
    name: name === '' ? `BITS${span.lsb}` : name,
    msb: span.msb + index * increment,
    lsb: span.lsb + index * increment,
    ...body,
  }));
}

function valuesOf(shape: Shape, where: string, span: Span, resolution: Resolution): Enumeration {
  const sets = shape.children.filter(({ kind }) => kind === 'enumeratedValues');
  return resolveEnumerations(sets, where, span.msb - span.lsb + 1, resolution);
}

/** Three notations: `[7:4]`, offset and width, least and most significant bit. */
function spanOf(
  leaves: Leaves,
  lenient: (what: string) => void,
  where: string,
  note: Note,
): Span | undefined {
  const number = (name: 'bitOffset' | 'bitWidth' | 'lsb' | 'msb') =>
    lenientNumber(leaves[name], where, note);
  if (leaves.bitRange !== undefined) {
    const range = /^\[?\s*(\w+)\s*(?::\s*(\w+)\s*)?\]?$/.exec(leaves.bitRange.text);
    const [msb, lsb = msb] = [range?.[1], range?.[2]];
    if (range !== null && range[2] === undefined) lenient('its bitRange names one bit only');
    return ordered(toBit(msb), toBit(lsb), lenient);
  }
  const lsb = number('lsb');
  const msb = number('msb');
  if (lsb !== undefined || msb !== undefined) {
    if (lsb === undefined || msb === undefined) lenient('gives one of lsb and msb; one bit taken');
    return ordered(msb ?? lsb, lsb ?? msb, lenient);
  }
  const offset = number('bitOffset');
  if (offset === undefined) return undefined;
  const width = number('bitWidth');
  if (width === undefined) lenient('has no bitWidth; 1 was taken');
  return width === 0n ? undefined : ordered(offset + (width ?? 1n) - 1n, offset, lenient);
}

function toBit(text: string | undefined): bigint | undefined {
  return text === undefined || !/^\d{1,6}$/.test(text) ? undefined : BigInt(text);
}

function ordered(
  msb: bigint | undefined,
  lsb: bigint | undefined,
  lenient: (what: string) => void,
): Span | undefined {
  if (msb === undefined || lsb === undefined || msb > BIT_MAX || lsb > BIT_MAX) return undefined;
  if (msb >= lsb) return { msb: Number(msb), lsb: Number(lsb) };
  lenient(`its bits ${msb}:${lsb} were taken the other way round`);
  return { msb: Number(lsb), lsb: Number(msb) };
}
