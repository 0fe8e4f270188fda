/** Fields of a declaration: inside the register, without overlap, each name once. */
import type { FieldDeclaration } from '../declare.ts';
import type { SvdField, SvdRegisterBody } from './device.ts';
import { fieldIdentifier, identifier, Names } from './names.ts';
import { declareRights, type Rights, rightsOf, sameRights } from './rights.ts';

export interface MapField {
  readonly name: string;
  readonly msb: number;
  readonly lsb: number;
  rights: Rights;
  readonly values: Readonly<Record<string, number>> | undefined;
}

type Lost = (where: string, what: string, line: number) => void;

/** The fields that a register of `width` bits can have. */
export function mapFields(body: SvdRegisterBody, width: number, lost: Lost): MapField[] {
  const names = new Names();
  const placed: MapField[] = [];
  for (const field of body.fields) {
    const where = `${body.where}.${field.name}`;
    const note = (what: string) => lost(where, what, field.line);
    const rights = fieldRights(body, field, note);
    if (field.lsb >= width) {
      note(`bits ${field.msb}:${field.lsb} lie past the ${width} bits; left out`);
      continue;
    }
    const msb = Math.min(field.msb, width - 1);
    if (msb < field.msb) note(`bits ${field.msb}:${field.lsb} were cut at ${msb}`);
    if (overlaps(placed, field, msb, rights, note)) continue;
    const name = names.take(fieldIdentifier(field.name));
    if (name !== field.name) note(`became ${name}`);
    placed.push({ name, msb, lsb: field.lsb, rights, values: mapValues(field, msb, note) });
  }
  return placed;
}

function fieldRights(body: SvdRegisterBody, field: SvdField, note: (what: string) => void): Rights {
  const { modifiedWriteValues, readAction } = field;
  const own = modifiedWriteValues ?? readAction;
  return rightsOf(
    {
      access: field.access ?? body.access,
      modifiedWriteValues: modifiedWriteValues ?? body.modifiedWriteValues,
      readAction: readAction ?? body.readAction,
    },
    // What the register says for all its fields is noted once, with the register.
    own === undefined ? () => {} : note,
  );
}

/** Whether the bits are taken. One name for reading and one for writing become one field. */
function overlaps(
  placed: readonly MapField[],
  { lsb }: SvdField,
  msb: number,
  rights: Rights,
  note: (what: string) => void,
): boolean {
  const other = placed.find((field) => field.lsb <= msb && lsb <= field.msb);
  if (other === undefined) return false;
  const [reader, writer] =
    other.rights.read === 'none' ? [rights, other.rights] : [other.rights, rights];
  const complement = reader.write === 'ignore' && writer.read === 'none' && reader.read !== 'none';
  if (complement && other.msb === msb && other.lsb === lsb) {
    other.rights = { read: reader.read, write: writer.write, volatile: true };
    note(`is the other direction of ${other.name}; one field has both`);
  } else {
    note(`overlaps ${other.name}; left out`);
  }
  return true;
}

function mapValues({ values, lsb }: SvdField, msb: number, note: (what: string) => void) {
  if (values.size === 0) return undefined;
  const names = new Names();
  const entries: [string, number][] = [];
  const most = (1n << BigInt(msb - lsb + 1)) - 1n;
  for (const [text, value] of values) {
    if (value > most || value > BigInt(Number.MAX_SAFE_INTEGER)) {
      note(`the enumerated value ${text} = ${value} does not fit; left out`);
      continue;
    }
    const name = names.take(text === '__proto__' ? identifier(text) : text);
    if (name !== text) note(`the enumerated value ${text} became ${name}`);
    entries.push([name, Number(value)]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The rights that most fields share, for the register to state once. */
export function commonRights(fields: readonly MapField[], fallback: Rights): Rights {
  let best = { count: 0, rights: fallback };
  const counts = new Map<string, { count: number; rights: Rights }>();
  for (const { rights } of fields) {
    const key = `${rights.read} ${rights.write} ${rights.volatile}`;
    const entry = counts.get(key) ?? { count: 0, rights };
    entry.count++;
    counts.set(key, entry);
    if (entry.count > best.count) best = entry;
  }
  return best.rights;
}

export function declareField({ msb, lsb, rights, values }: MapField, common: Rights) {
  const declaration: FieldDeclaration = {
    bits: [msb, lsb],
    ...(sameRights(rights, common) ? {} : declareRights(rights)),
    ...(rights.volatile === common.volatile ? {} : { volatile: rights.volatile }),
    ...(values === undefined ? {} : { values }),
  };
  return declaration;
}
