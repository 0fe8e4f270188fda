/** What was mined as a register map, and as the source of a `registers.ts` with the evidence. */
import type {
  AccessSize,
  FieldDeclaration,
  RegisterDeclaration,
  RegisterMap,
  Width,
} from '../../sim/registers/declare.ts';
import type { AccessName } from '../../sim/registers/effects.ts';
import { printRegistersTs } from '../../sim/registers/svd/print.ts';
import { CLAIMS, type Claim, type MinedField, type MinedRegister } from './claims.ts';
import type { Counter } from './evidence.ts';

const ACCESS: Readonly<Record<Claim, AccessName>> = {
  'read-write': 'RW',
  'read-only': 'RO',
  'never-written': 'RO',
  'write-only': 'WO',
  'write-1-to-clear': 'W1C',
  'read-to-clear': 'RC',
  undecided: 'RW',
};

const WORDS: Readonly<Record<Counter, string>> = {
  took0: '0 over 1 read back',
  took1: '1 over 0 read back',
  ignored0: '0 over 1 ignored',
  ignored1: '1 over 0 ignored',
  differed0: '0 written, 1 read',
  differed1: '1 written, 0 read',
  cleared: '1 over 1 cleared it',
  stayed: '1 over 1 left it',
  moved: 'changed by itself',
  fell: 'fell from one read to the next',
  lasted: 'stayed one',
  polls: 'ended a poll',
  polled: 'reads in polls',
  answered: 'changed after a write elsewhere',
};

/** @throws RangeError where there is no register, since a map has a width */
export function draftMap(name: string, mined: readonly MinedRegister[]): RegisterMap {
  if (mined.length === 0) throw new RangeError('There is no access that a register map needs.');
  const widths = new Map<Width, number>();
  for (const { bytes } of mined) {
    const width = (bytes * 8) as Width;
    widths.set(width, (widths.get(width) ?? 0) + 1);
  }
  const [[width]] = [...widths].toSorted(([, one], [, two]) => two - one) as [[Width, number]];
  const registers = mined.map((register) => [nameOf(register), declarationOf(register, width)]);
  return { name, width, registers: Object.fromEntries(registers) as RegisterMap['registers'] };
}

/** The source, each register with what was counted. */
export function draftSource(
  map: RegisterMap,
  mined: readonly MinedRegister[],
  title: readonly string[],
): string {
  const comments = mined.map((register) => [nameOf(register), commentOf(register)] as const);
  return printRegistersTs(map, [], { title, comments: Object.fromEntries(comments) });
}

/** Such as `R0014`: nobody said what it is called. */
export function nameOf({ at }: Pick<MinedRegister, 'at'>): string {
  return `R${at.toString(16).padStart(4, '0')}`;
}

export function fieldName({ msb, lsb }: Pick<MinedField, 'msb' | 'lsb'>): string {
  return msb === lsb ? `B${msb}` : `B${msb}_${lsb}`;
}

function declarationOf(register: MinedRegister, width: Width): RegisterDeclaration {
  const { at, bytes, reads, writes, fields } = register;
  const sizes = [...new Set([...reads.keys(), ...writes.keys()])].toSorted((a, b) => a - b);
  const place = {
    at,
    ...(bytes * 8 === width ? {} : { width: (bytes * 8) as Width }),
    ...(sizes.length === 1 && sizes[0] === bytes ? {} : { sizes }),
  };
  const unknown = { resetMask: 0 };
  const [only] = fields;
  if (only === undefined) return { ...place, access: accessOfZeros(register), ...unknown };
  if (only.lsb === 0 && only.msb === bytes * 8 - 1)
    return { ...place, ...rightsOf(only), ...unknown };
  const declared = fields.map((field): [string, FieldDeclaration] => {
    return [fieldName(field), { bits: [field.msb, field.lsb], ...rightsOf(field) }];
  });
  return { ...place, ...unknown, fields: Object.fromEntries(declared) };
}

function rightsOf({ claim, volatile }: MinedField) {
  return { access: ACCESS[claim], ...(volatile ? { volatile } : {}) };
}

/** Of a register that nobody saw as anything but zero. */
function accessOfZeros({ reads, writes }: MinedRegister): AccessName {
  if (writes.size === 0) return 'RO';
  return reads.size === 0 ? 'WO' : 'RW';
}

function commentOf(register: MinedRegister): string[] {
  const { bytes, reads, writes, first, fields } = register;
  const { zerosRead, onesRead, zerosWritten, onesWritten } = register;
  const lines = [`Read: ${countText(reads)}; written: ${countText(writes)}.`];
  if (first !== undefined) lines[0] += ` First read ${hex(first)}.`;
  const never = BigInt.asUintN(bytes * 8, ~(zerosWritten | onesWritten));
  if (reads.size > 0) lines.push(`Read as 0: ${hex(zerosRead)}, as 1: ${hex(onesRead)}.`);
  if (writes.size > 0) {
    const rest = never === 0n ? '' : `, never: ${hex(never)}`;
    lines.push(`Written 0: ${hex(zerosWritten)}, 1: ${hex(onesWritten)}${rest}.`);
  }
  for (const field of fields) {
    const { claim, poll, counts } = field;
    const evidence = (Object.entries(counts) as [Counter, number][]).flatMap(([counter, count]) => {
      // That it stayed one speaks against a read that clears it, and of nothing else.
      const idle = counter === 'lasted' && counts.fell === undefined;
      return idle ? [] : [`${WORDS[counter]} (${count})`];
    });
    const says = [CLAIMS[claim], ...(poll ? ['poll candidate'] : [])].join(', ');
    const because = evidence.length === 0 ? '' : `: ${evidence.join(', ')}`;
    lines.push(`${fieldName(field)} ${says}${because}.`);
  }
  return lines;
}

/** Such as `32 bits (12), 64 bits (1)`. */
function countText(counts: ReadonlyMap<AccessSize, number>): string {
  if (counts.size === 0) return 'never';
  return [...counts].map(([size, count]) => `${size * 8} bits (${count})`).join(', ');
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}
