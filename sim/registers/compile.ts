/**
 * A register map compiled once into masks over typed arrays, so that an access never walks fields.
 * Every register owns one or two 32-bit lanes (two for 64-bit registers).
 */
import type {
  AccessSize,
  FieldDeclaration,
  Gap,
  RegisterDeclaration,
  RegisterMap,
} from './declare.ts';
import { ACCESS, type ReadEffect, type WriteEffect } from './effects.ts';

/** A bound on what an imported file can ask for; a slot + 1 fits into 16 bits. */
export const REGISTERS_MAX = 65_535;

export interface Field {
  readonly name: string;
  readonly msb: number;
  readonly lsb: number;
  readonly read: ReadEffect;
  readonly write: WriteEffect;
  readonly reset: bigint;
  readonly keptBy: readonly string[];
  readonly values: Readonly<Record<string, number>> | undefined;
  readonly volatile: boolean;
  readonly gap: Gap | undefined;
}

export interface Register {
  readonly name: string;
  /** Position in the compiled tables. */
  readonly slot: number;
  /** First lane; a 64-bit register has `lane` and `lane + 1` (the high half). */
  readonly lane: number;
  readonly at: number;
  readonly bytes: AccessSize;
  readonly page: number;
  readonly sizes: readonly AccessSize[];
  readonly fields: readonly Field[];
  readonly readable: boolean;
  readonly writable: boolean;
  readonly declaration: RegisterDeclaration;
}

const WRITE_MASKS = [
  'value',
  'clear',
  'set',
  'w1c',
  'w1s',
  'w1t',
  'w0c',
  'w0s',
  'w0t',
  'once',
] as const;
const OTHER_MASKS = [
  'readable',
  'readClear',
  'readSet',
  'defined',
  'volatile',
  'reset',
  'resetKnown',
  'gap',
] as const;
export type MaskName = (typeof WRITE_MASKS)[number] | (typeof OTHER_MASKS)[number];

/** One word per lane for every mask. */
export type Masks = Readonly<Record<MaskName, Uint32Array>>;

export interface CompiledMap {
  readonly map: RegisterMap;
  readonly registers: readonly Register[];
  readonly byName: ReadonlyMap<string, Register>;
  readonly lanes: number;
  /** Bytes from offset 0 to the end of the last register. */
  readonly extent: number;
  readonly masks: Masks;
  readonly domains: readonly string[];
  /** Reset masks per domain: the bits that this domain sets to their reset value. */
  readonly resettable: ReadonlyMap<string, Uint32Array>;
  readonly pages: readonly string[];
  /** The register that holds the byte at an offset of a page, for a read or a write. */
  find(side: 'read' | 'write', page: number, offset: number): Register | undefined;
  readonly decode: DecodeTables;
}

/** Slot + 1 of the register that holds a byte, 0 where there is none, in blocks of 4 KiB. */
export type DecodeTable = Uint16Array[];
export interface DecodeTables {
  /** By page. */
  readonly read: readonly DecodeTable[];
  readonly write: readonly DecodeTable[];
}

const compiled = new WeakMap<RegisterMap, CompiledMap>();

/**
 * Compiles a declaration; the same declaration is compiled once.
 * @throws RangeError naming the registers or fields, if they overlap, do not fit or cannot reset so.
 */
export function compile(map: RegisterMap): CompiledMap {
  const known = compiled.get(map);
  if (known !== undefined) return known;
  const result = compileNew(map);
  compiled.set(map, result);
  return result;
}

function compileNew(map: RegisterMap): CompiledMap {
  const pages = map.pages ?? ['main'];
  const domains = map.domains ?? ['power'];
  const registers = expand(map, pages);
  const last = registers.at(-1);
  const lanes = last === undefined ? 0 : last.lane + laneCount(last);
  const extent = registers.reduce((end, { at, bytes }) => Math.max(end, at + bytes), 0);
  const masks = buildMasks(registers, lanes);
  const decode = buildDecode(map, registers, pages, extent);
  return {
    map,
    registers,
    byName: new Map(registers.map((register) => [register.name, register])),
    lanes,
    extent,
    masks,
    domains,
    resettable: new Map(domains.map((domain) => [domain, resettable(registers, lanes, domain)])),
    pages,
    find: (side, page, offset) => {
      const block = decode[side][page]?.[Math.floor(offset / BLOCK_BYTES)];
      return registers[(block?.[offset % BLOCK_BYTES] ?? 0) - 1];
    },
    decode,
  };
}

export function laneCount(register: Register): number {
  return register.bytes === 8 ? 2 : 1;
}

function expand(map: RegisterMap, pages: readonly string[]): Register[] {
  const registers: Register[] = [];
  const names = new Set<string>();
  let lane = 0;
  for (const [baseName, declaration] of Object.entries(map.registers)) {
    const { count, stride } = declaration.array ?? { count: 1, stride: 0 };
    for (let index = 0; index < count; index++) {
      const name = declaration.array === undefined ? baseName : `${baseName}${index}`;
      if (names.has(name)) throw new RangeError(`${map.name}: two registers are named ${name}.`);
      names.add(name);
      if (registers.length === REGISTERS_MAX) {
        throw new RangeError(`${map.name} has more than ${REGISTERS_MAX} registers.`);
      }
      const at = declaration.at + index * stride;
      const register = compileRegister(map, pages, name, at, declaration, registers.length, lane);
      registers.push(register);
      lane += laneCount(register);
    }
  }
  return registers;
}

function compileRegister(
  map: RegisterMap,
  pages: readonly string[],
  name: string,
  at: number,
  declaration: RegisterDeclaration,
  slot: number,
  lane: number,
): Register {
  const where = `${map.name}.${name}`;
  const bytes = ((declaration.width ?? map.width) / 8) as AccessSize;
  if (!Number.isSafeInteger(at) || at < 0) {
    throw new RangeError(`${where}: its offset ${at} is no whole number of bytes.`);
  }
  const page = declaration.page === undefined ? -1 : pages.indexOf(declaration.page);
  if (declaration.page !== undefined && page < 0) {
    throw new RangeError(`${where}: page ${declaration.page} is none of ${pages.join(', ')}.`);
  }
  const fields = compileFields(where, bytes * 8, declaration);
  return {
    name,
    slot,
    lane,
    at,
    bytes,
    page,
    sizes: declaration.sizes ?? map.sizes ?? [bytes],
    fields,
    readable: fields.some(({ read }) => read !== 'none'),
    writable: fields.some(({ write }) => write !== 'ignore'),
    declaration,
  };
}

function compileFields(where: string, width: number, declaration: RegisterDeclaration): Field[] {
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
  const named = fields.reduce((mask, { msb, lsb }) => mask | fieldMask(msb, lsb), 0n);
  if ((reset & ~named) !== 0n && declaration.fields !== undefined) {
    // Bits that no field names but that reset to one read as one for ever.
    fields.push(...constantBits(reset & ~named, width));
  }
  return fields;
}

function constantBits(mask: bigint, width: number): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < width; at++) {
    if ((mask >> BigInt(at)) & 1n) {
      fields.push({
        name: `RESERVED${at}`,
        msb: at,
        lsb: at,
        read: 'value',
        write: 'ignore',
        reset: 1n,
        keptBy: [],
        values: undefined,
        volatile: false,
        gap: { word: 'reserved', note: 'not named by the declaration, resets to one' },
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
  };
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

function buildMasks(registers: readonly Register[], lanes: number): Masks {
  const names = [...WRITE_MASKS, ...OTHER_MASKS];
  const masks = Object.fromEntries(names.map((name) => [name, new Uint32Array(lanes)])) as Record<
    MaskName,
    Uint32Array
  >;
  const add = (mask: Uint32Array, register: Register, bits: bigint) => {
    mask[register.lane] = (mask[register.lane] ?? 0) | Number(bits & 0xffffffffn);
    if (register.bytes === 8) {
      mask[register.lane + 1] = (mask[register.lane + 1] ?? 0) | Number(bits >> 32n);
    }
  };
  for (const register of registers) {
    const { resetMask } = register.declaration;
    for (const field of register.fields) {
      const bits = fieldMask(field.msb, field.lsb);
      add(masks.defined, register, bits);
      add(masks.reset, register, field.reset << BigInt(field.lsb));
      add(masks.resetKnown, register, bits & BigInt(resetMask ?? -1n));
      if (field.read !== 'none') add(masks.readable, register, bits);
      if (field.read === 'clear') add(masks.readClear, register, bits);
      if (field.read === 'set') add(masks.readSet, register, bits);
      if (field.volatile) add(masks.volatile, register, bits);
      if (field.gap !== undefined) add(masks.gap, register, bits);
      if (field.write === 'value-once') add(masks.once, register, bits);
      else if (field.write !== 'ignore') add(masks[field.write], register, bits);
    }
  }
  return masks;
}

function resettable(registers: readonly Register[], lanes: number, domain: string): Uint32Array {
  const mask = new Uint32Array(lanes);
  for (const register of registers) {
    for (const field of register.fields) {
      if (field.keptBy.includes(domain)) continue;
      const bits = fieldMask(field.msb, field.lsb);
      mask[register.lane] = (mask[register.lane] ?? 0) | Number(bits & 0xffffffffn);
      if (register.bytes === 8) {
        mask[register.lane + 1] = (mask[register.lane + 1] ?? 0) | Number(bits >> 32n);
      }
    }
  }
  return mask;
}

function buildDecode(
  map: RegisterMap,
  registers: readonly Register[],
  pages: readonly string[],
  extent: number,
): DecodeTables {
  if (extent > EXTENT_MAX) {
    throw new RangeError(`${map.name} spans ${extent} bytes; declare parts of ${EXTENT_MAX}.`);
  }
  const read = pages.map(() => emptyTable(extent));
  const write = pages.map(() => emptyTable(extent));
  const place = (register: Register, side: 'read' | 'write', tables: DecodeTable[]) => {
    const own = register.page < 0 ? [...pages.keys()] : [register.page];
    for (const page of own) {
      for (let byte = register.at; byte < register.at + register.bytes; byte++) {
        const other = claim(tables[page] ?? [], byte, register.slot);
        if (other !== 0) {
          throw new RangeError(
            `${map.name}: registers ${registers[other - 1]?.name} and ${register.name} overlap ` +
              `at offset 0x${byte.toString(16)} for a ${side}.`,
          );
        }
      }
    }
  };
  for (const register of registers) {
    // A register that is neither (all NOACCESS) still claims its place on both sides.
    if (register.readable || !register.writable) place(register, 'read', read);
    if (register.writable || !register.readable) place(register, 'write', write);
  }
  return { read, write };
}

/** What one map may span, in bytes. */
export const EXTENT_MAX = 1 << 28;

export const BLOCK_BITS = 12;
const BLOCK_BYTES = 1 << BLOCK_BITS;
const NOTHING = new Uint16Array(BLOCK_BYTES);

function emptyTable(extent: number): DecodeTable {
  return Array.from({ length: Math.ceil(extent / BLOCK_BYTES) }, () => NOTHING);
}

/** Enters a slot at a byte; returns what was there before (slot + 1), or 0. */
function claim(table: DecodeTable, byte: number, slot: number): number {
  const index = byte >>> BLOCK_BITS;
  let block = table[index] ?? NOTHING;
  if (block === NOTHING) {
    block = new Uint16Array(BLOCK_BYTES);
    table[index] = block;
  }
  const before = block[byte % BLOCK_BYTES] ?? 0;
  block[byte % BLOCK_BYTES] = slot + 1;
  return before;
}
