/**
 * A register map compiled once into masks over typed arrays, so that an access never walks fields.
 * Every register owns one or two 32-bit lanes (two for 64-bit registers).
 */
import type { CompiledMap, PageField, Register } from './compiled-map.ts';
import { BLOCK_BYTES, buildDecode } from './decode.ts';
import type { AccessSize, RegisterDeclaration, RegisterMap } from './declare.ts';
import { compileFields, fieldMask } from './fields.ts';
import { laneTable } from './lane-table.ts';
import { buildMasks, resettable } from './masks.ts';

export { fieldMask } from './fields.ts';
export type { CompiledMap, Field, Register } from './compiled-map.ts';

/** A bound on what an imported file can ask for; a slot + 1 fits into 16 bits. */
export const REGISTERS_MAX = 65_535;

const compiled = new WeakMap<RegisterMap, CompiledMap>();

/**
 * Compiles a declaration; the same declaration is compiled once.
 * @throws RangeError naming the registers or fields that overlap, do not fit or cannot reset so.
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
    table: laneTable(masks),
    domains,
    resettable: new Map(domains.map((domain) => [domain, resettable(registers, lanes, domain)])),
    pages,
    pageField: pageField(map, registers),
    find: (side, page, offset) => {
      const block = decode[side][page]?.[Math.floor(offset / BLOCK_BYTES)];
      return registers[(block?.[offset % BLOCK_BYTES] ?? 0) - 1];
    },
    decode,
  };
}

function pageField(map: RegisterMap, registers: readonly Register[]): PageField | undefined {
  if (map.pageBy === undefined) return undefined;
  const [registerName, fieldName] = map.pageBy;
  const register = registers.find(({ name }) => name === registerName);
  const field = register?.fields.find(({ name }) => name === fieldName);
  if (register === undefined || field === undefined || field.msb >= 32 || register.page >= 0) {
    throw new RangeError(
      `${map.name}: pageBy names ${registerName}.${fieldName}; it must be a field in the low 32 ` +
        'bits of a register that is on every page.',
    );
  }
  const { msb, lsb } = field;
  const count = map.pages?.length ?? 1;
  const selected = 2 ** (msb - lsb + 1);
  if (count !== selected) {
    throw new RangeError(
      `${map.name}: ${registerName}.${fieldName} selects ${selected} pages, not ${count}.`,
    );
  }
  return { lane: register.lane, lsb, mask: Number(fieldMask(msb - lsb, 0)) };
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
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new RangeError(`${map.name}.${baseName}: an array of ${count} registers is none.`);
    }
    for (let index = 0; index < count; index++) {
      const name = declaration.array === undefined ? baseName : `${baseName}${index}`;
      if (names.has(name)) throw new RangeError(`${map.name}: two registers are named ${name}.`);
      names.add(name);
      if (registers.length === REGISTERS_MAX) {
        throw new RangeError(`${map.name} has more than ${REGISTERS_MAX} registers.`);
      }
      const at = declaration.at + index * stride;
      const place = { name, declared: baseName, index, at, slot: registers.length, lane };
      const register = compileRegister(map, pages, declaration, place);
      registers.push(register);
      lane += laneCount(register);
    }
  }
  return registers;
}

type Place = Pick<Register, 'name' | 'declared' | 'index' | 'at' | 'slot' | 'lane'>;

function compileRegister(
  map: RegisterMap,
  pages: readonly string[],
  declaration: RegisterDeclaration,
  place: Place,
): Register {
  const where = `${map.name}.${place.name}`;
  const width = declaration.width ?? map.width;
  if (![8, 16, 32, 64].includes(width)) {
    throw new RangeError(`${where} is ${width} bits wide; registers have 8, 16, 32 or 64.`);
  }
  if (!Number.isSafeInteger(place.at) || place.at < 0) {
    throw new RangeError(`${where}: its offset ${place.at} is no whole number of bytes.`);
  }
  const page = declaration.page === undefined ? -1 : pages.indexOf(declaration.page);
  if (declaration.page !== undefined && page < 0) {
    throw new RangeError(`${where}: page ${declaration.page} is none of ${pages.join(', ')}.`);
  }
  const bytes = (width / 8) as AccessSize;
  const sizes = declaration.sizes ?? map.sizes ?? [bytes];
  const strange = sizes.find((size) => ![1, 2, 4, 8].includes(size));
  if (strange !== undefined || sizes.length === 0) {
    throw new RangeError(`${where}: access sizes are 1, 2, 4 or 8 bytes, not ${sizes.join(', ')}.`);
  }
  const fields = compileFields(where, width, declaration, map.domains ?? ['power']);
  return {
    ...place,
    bytes,
    page,
    sizes,
    fields,
    readable: fields.some(({ read }) => read !== 'none'),
    writable: fields.some(({ write }) => write !== 'ignore'),
    declaration,
  };
}
