/** Compiles and checks the fields of one register. */
import type { Field } from './compiled-map.ts';
import type { FieldDeclaration, RegisterDeclaration } from './declare.ts';
import { ACCESS } from './effects.ts';

/** @throws RangeError naming the fields, if they overlap, do not fit or cannot reset so. */
export function compileFields(
  where: string,
  width: number,
  declaration: RegisterDeclaration,
  domains: readonly string[],
): Field[] {
  const reset = BigInt(declaration.reset ?? 0);
  if (reset < 0n || reset >= 1n << BigInt(width)) {
    throw new RangeError(`${where}: reset value ${reset} does not fit into ${width} bits.`);
  }
  const declared: Record<string, FieldDeclaration> = declaration.fields
    ? { ...declaration.fields }
    : { VALUE: { bits: [width - 1, 0] } };
  const fields = Object.entries(declared).map(([name, field]) =>
    compileField(`${where}.${name}`, name, width, field, declaration, reset),
  );
  refuseOverlap(where, fields);
  refuseDomains(where, fields, domains);
  const named = fields.reduce((all, { mask }) => all | mask, 0n);
  // Bits that no field names but that reset to one read as one for ever, where anything is read.
  if (fields.some(({ read }) => read !== 'none')) {
    fields.push(...constantBits(reset & ~named, width));
  }
  return fields;
}

function constantBits(mask: bigint, width: number): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < width; at++) {
    if ((mask >> BigInt(at)) & 1n) {
      fields.push({
        // No identifier, so that no declared field has this name.
        name: `reserved[${at}]`,
        msb: at,
        lsb: at,
        read: 'value',
        write: 'ignore',
        reset: 1n,
        keptBy: [],
        values: undefined,
        volatile: false,
        gap: { word: 'reserved', note: 'not named by the declaration, resets to one' },
        mask: 1n << BigInt(at),
      });
    }
  }
  return fields;
}

function compileField(
  where: string,
  name: string,
  width: number,
  field: FieldDeclaration,
  register: RegisterDeclaration,
  registerReset: bigint,
): Field {
  const [msb, lsb] = field.bits;
  if (!Number.isInteger(msb) || !Number.isInteger(lsb) || lsb < 0 || msb < lsb || msb >= width) {
    throw new RangeError(`${where}: bits ${msb}:${lsb} do not lie in a register of ${width} bits.`);
  }
  const size = BigInt(msb - lsb + 1);
  const all = (1n << size) - 1n;
  const reset =
    field.reset === undefined ? (registerReset >> BigInt(lsb)) & all : BigInt(field.reset);
  if (reset < 0n || reset > all) {
    throw new RangeError(`${where}: reset value ${reset} does not fit into bits ${msb}:${lsb}.`);
  }
  if (field.reset !== undefined && register.reset !== undefined) {
    const said = (registerReset >> BigInt(lsb)) & all;
    if (said !== reset) {
      throw new RangeError(`${where} resets to ${reset}, but its register says ${said}.`);
    }
  }
  for (const [value, number] of Object.entries(field.values ?? {})) {
    if (BigInt(number) < 0n || BigInt(number) > all) {
      throw new RangeError(`${where}: value ${value} = ${number} does not fit into ${size} bits.`);
    }
  }
  const named = ACCESS[field.access ?? register.access ?? 'RW'];
  return {
    name,
    msb,
    lsb,
    read: field.read ?? (field.access ? named.read : (register.read ?? named.read)),
    write: field.write ?? (field.access ? named.write : (register.write ?? named.write)),
    reset,
    keptBy: field.keptBy ?? register.keptBy ?? [],
    values: field.values,
    volatile: field.volatile ?? register.volatile ?? false,
    gap: field.gap ?? register.gap,
    mask: fieldMask(msb, lsb),
  };
}

function refuseDomains(where: string, fields: readonly Field[], domains: readonly string[]): void {
  for (const { name, keptBy } of fields) {
    for (const domain of keptBy) {
      if (!domains.includes(domain)) {
        const known = domains.join(', ');
        throw new RangeError(`${where}.${name}: reset domain ${domain} is none of ${known}.`);
      }
    }
  }
}

function refuseOverlap(where: string, fields: readonly Field[]): void {
  const sorted = fields.toSorted((a, b) => a.lsb - b.lsb);
  sorted.forEach((field, index) => {
    const next = sorted[index + 1];
    if (next !== undefined && next.lsb <= field.msb) {
      throw new RangeError(`${where}: fields ${field.name} and ${next.name} overlap.`);
    }
  });
}

export function fieldMask(msb: number, lsb: number): bigint {
  return ((1n << BigInt(msb - lsb + 1)) - 1n) << BigInt(lsb);
}
