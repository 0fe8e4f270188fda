/** Which events of a trace are wanted: by kind, place, register, field and time. */
import type { Register } from '../../sim/registers/compile.ts';
import type { EventBatch } from '../format/batch.ts';
import { KINDS_BY_NAME, type TraceKind } from '../format/event.ts';
import { fieldsOf } from './register-view.ts';

/** All that are given must hold; of a list one. */
export interface FilterWords {
  /** Names of kinds. */
  readonly kinds?: readonly string[] | undefined;
  /** Names of registers, or of arrays of them. */
  readonly registers?: readonly string[] | undefined;
  /** `NAME` or `NAME=VALUE`: accesses to registers with such a field. */
  readonly field?: string | undefined;
  /** Events at this time or later, before that one; in nanoseconds. */
  readonly fromNs?: number | undefined;
  readonly untilNs?: number | undefined;
  /** Text or bytes in hexadecimal that an event holds. */
  readonly contains?: string | undefined;
}

export type Filter = (batch: EventBatch, index: number, register: Register | undefined) => boolean;

/** @throws RangeError with a sentence about the word that is wrong */
export function compileFilter(words: FilterWords): Filter {
  const kinds = words.kinds === undefined ? undefined : kindsOf(words.kinds);
  const registers = words.registers === undefined ? undefined : new Set(words.registers);
  const field = words.field === undefined ? undefined : fieldOf(words.field);
  const { fromNs = 0, untilNs = Infinity, contains } = words;
  return (batch, index, register) => {
    const timeNs = batch.timesNs[index] as number;
    if (timeNs < fromNs || timeNs >= untilNs) return false;
    if (kinds !== undefined && !kinds.has(batch.kinds[index] as TraceKind)) return false;
    if (registers !== undefined) {
      if (register === undefined) return false;
      if (!registers.has(register.name) && !registers.has(register.declared)) return false;
    }
    if (field !== undefined && !hasField(field, batch, index, register)) return false;
    return contains === undefined || holds(batch, index, contains);
  };
}

interface WantedField {
  readonly name: string;
  readonly value: number | string | undefined;
}

function fieldOf(word: string): WantedField {
  const [name = '', value] = word.split('=', 2);
  if (name === '') throw new RangeError('A field is NAME or NAME=VALUE.');
  if (value === undefined) return { name, value };
  const number = Number(value);
  return { name, value: value !== '' && Number.isInteger(number) ? number : value };
}

function hasField(
  { name, value }: WantedField,
  batch: EventBatch,
  index: number,
  register: Register | undefined,
): boolean {
  if (register === undefined || !register.fields.some((field) => field.name === name)) return false;
  if (value === undefined) return true;
  const number = batch.values[index] as number;
  const found = fieldsOf(register, number, batch.highs[index] as number).find(
    (field) => field.name === name,
  );
  return found?.value === value || found?.meaning === value;
}

function kindsOf(names: readonly string[]): ReadonlySet<TraceKind> {
  const kinds = names.map((name) => {
    const kind = KINDS_BY_NAME.get(name);
    if (kind !== undefined) return kind;
    const known = [...KINDS_BY_NAME.keys()].join(', ');
    throw new RangeError(`There is no kind ${name} of events; there are ${known}.`);
  });
  return new Set(kinds);
}

function holds(batch: EventBatch, index: number, wanted: string): boolean {
  if ((batch.texts[index] as string).includes(wanted)) return true;
  const bytes = batch.bytesAt(index);
  if (bytes === undefined || wanted.length % 2 !== 0 || !/^[0-9a-fA-F]+$/.test(wanted))
    return false;
  const sought = Uint8Array.from({ length: wanted.length / 2 }, (_, at) =>
    Number.parseInt(wanted.slice(at * 2, at * 2 + 2), 16),
  );
  for (
    let at = bytes.indexOf(sought[0] ?? 0);
    at >= 0;
    at = bytes.indexOf(sought[0] ?? 0, at + 1)
  ) {
    if (sought.every((byte, offset) => bytes[at + offset] === byte)) return true;
  }
  return false;
}
