/** A peripheral of a CMSIS-SVD device as a register map, and what the map does not say. */
import type { RegisterDeclaration, RegisterMap, Width } from '../declare.ts';
import type { Loss, Note, SvdDevice, SvdPeripheral, SvdRegisterBody } from './device.ts';
import { EXTENT_MAX, MAP_REGISTERS_MAX } from './limits.ts';
import { type MapRegister, mapRegister } from './map-register.ts';
import { identifier, Names } from './names.ts';
import { placeRegisters } from './place.ts';

/** A register with its name and place; the elements of an array each stand alone. */
interface Entry {
  readonly name: string;
  readonly at: number;
  readonly bytes: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly body: SvdRegisterBody;
  readonly mapped: MapRegister;
  readonly element: { readonly base: string; readonly index: number } | undefined;
  readonly group: string | undefined;
  page?: string;
}

/**
 * The register map of one peripheral; it always compiles.
 * @throws RangeError naming the peripherals, where the device has none of this name.
 */
export function toRegisterMap(
  device: SvdDevice,
  peripheralName: string,
): { map: RegisterMap; losses: Loss[] } {
  const peripheral = device.peripherals.find(({ name }) => name === peripheralName);
  if (peripheral === undefined) {
    const known = device.peripherals.map(({ name }) => name).join(', ');
    throw new RangeError(`${device.name} has no peripheral ${peripheralName}; it has ${known}.`);
  }
  const losses = [...device.losses, ...peripheral.losses];
  const note: Note = (where, what, line) => losses.push({ where, what, line });
  const entries = placed(listed(peripheral, note), note);
  const width = commonWidth(entries);
  const pages = [...new Set(entries.flatMap(({ page }) => page ?? []))].toSorted();
  const map: RegisterMap = {
    name: peripheral.name,
    width,
    ...(device.endian === 'big' ? { endian: 'big' } : {}),
    ...(pages.length === 0 ? {} : { pages }),
    registers: declared(entries, width),
  };
  return { map, losses };
}

function listed(peripheral: SvdPeripheral, note: Note): Entry[] {
  const mapped = new Map<SvdRegisterBody, MapRegister[]>();
  const names = new Names();
  const entries: Entry[] = [];
  const origin = originOf(peripheral, note);
  for (const register of peripheral.registers) {
    const { body, element } = register;
    const parts = mapped.get(body) ?? mapRegister(body, note);
    mapped.set(body, parts);
    for (const part of parts) {
      const lost = (what: string) => note(body.where, what, body.line);
      const at = register.offset + part.offset - origin;
      if (at + part.width / 8 > EXTENT_MAX || entries.length >= MAP_REGISTERS_MAX) {
        lost(`${register.name} at 0x${at.toString(16)} lies beyond what a map holds; left out`);
        continue;
      }
      const wanted = `${register.name}${part.suffix}`;
      // Alternate groups are there for registers of one name.
      const again = names.has(identifier(wanted)) && body.alternateGroup !== undefined;
      const name = names.take(identifier(again ? `${wanted}_${body.alternateGroup}` : wanted));
      if (name !== wanted) lost(`${wanted} became ${name}`);
      entries.push({
        name,
        at,
        bytes: part.width / 8,
        readable: part.readable,
        writable: part.writable,
        body,
        mapped: part,
        group: groupOf(peripheral.name, body),
        element: element && { base: identifier(element.base), index: element.index },
      });
    }
  }
  return entries;
}

/** Some files count every offset of a peripheral from elsewhere, even from above its base. */
function originOf({ name, line, registers }: SvdPeripheral, note: Note): number {
  const least = registers.reduce((min, { offset }) => Math.min(min, offset), Infinity);
  if (least === Infinity || least < EXTENT_MAX) return 0;
  note(name, `its offsets begin at 0x${least.toString(16)}, which became 0`, line);
  return least;
}

/** The cluster that a register stands in, or the group that it names. */
function groupOf(peripheral: string, { where, alternateGroup }: SvdRegisterBody) {
  if (alternateGroup !== undefined) return alternateGroup;
  const cluster = where.slice(0, where.lastIndexOf('.'));
  return cluster.length > peripheral.length ? cluster : undefined;
}

/** What holds for a register that is seen on some page other than the first. */
const UNSELECTABLE = 'CMSIS-SVD does not tell what selects this description of its address.';

function placed(entries: readonly Entry[], note: Note): Entry[] {
  const placements = placeRegisters(entries);
  return entries.filter((entry, index) => {
    const placement = placements[index];
    const lost = (what: string) => note(entry.body.where, what, entry.body.line);
    if (placement === undefined) {
      lost(`${entry.name} shares its address with too many others; left out`);
      return false;
    }
    const { page, behind } = placement;
    if (page !== undefined) entry.page = pageName(page);
    if (behind !== undefined && page !== 0) {
      lost(`${entry.name} overlaps ${behind}; seen on page ${entry.page} only`);
    }
    return true;
  });
}

/** `main` sorts before the others as long as these begin so. */
function pageName(page: number): string {
  return page === 0 ? 'main' : `other${String(page).padStart(2, '0')}`;
}

function commonWidth(entries: readonly Entry[]): Width {
  const counts = new Map<Width, number>();
  let best: Width = 32;
  for (const { mapped } of entries) {
    const count = (counts.get(mapped.width) ?? 0) + 1;
    counts.set(mapped.width, count);
    if (count > (counts.get(best) ?? 0)) best = mapped.width;
  }
  return best;
}

function declared(entries: readonly Entry[], width: Width): Record<string, RegisterDeclaration> {
  const keys = new Set(entries.map(({ name }) => name));
  const arrays = arraysOf(entries, keys);
  const registers: [string, RegisterDeclaration][] = [];
  for (const entry of entries) {
    const array = arrays.get(entry);
    if (array === 'inside') continue;
    registers.push([array?.base ?? entry.name, declaration(entry, width, array)]);
  }
  return Object.fromEntries(registers);
}

interface ArrayOf {
  readonly base: string;
  readonly count: number;
  readonly stride: number;
}

function declaration(
  { at, mapped, page }: Entry,
  width: Width,
  array: ArrayOf | undefined,
): RegisterDeclaration {
  const { exclude, fields, ...rest } = mapped.declaration;
  const hidden = page !== undefined && page !== pageName(0);
  const excluded = hidden ? { all: UNSELECTABLE } : exclude;
  return {
    at,
    ...(mapped.width === width ? {} : { width: mapped.width }),
    ...rest,
    ...(page === undefined ? {} : { page }),
    ...(array === undefined ? {} : { array: { count: array.count, stride: array.stride } }),
    ...(excluded === undefined ? {} : { exclude: excluded }),
    ...(fields === undefined ? {} : { fields }),
  };
}

/** The first entry of each array that a declaration can say in one; the others are inside it. */
function arraysOf(entries: readonly Entry[], keys: Set<string>): Map<Entry, ArrayOf | 'inside'> {
  const groups = new Map<MapRegister, Map<string, Entry[]>>();
  for (const entry of entries) {
    if (entry.element === undefined) continue;
    const { base } = entry.element;
    const byBase = groups.get(entry.mapped) ?? new Map<string, Entry[]>();
    groups.set(entry.mapped, byBase);
    const group = byBase.get(base);
    if (group === undefined) byBase.set(base, [entry]);
    else group.push(entry);
  }
  const arrays = new Map<Entry, ArrayOf | 'inside'>();
  for (const byBase of groups.values()) {
    for (const [base, group] of byBase) {
      const array = keys.has(base) ? undefined : arrayOf(base, group);
      if (array === undefined) continue;
      keys.add(base);
      group.forEach((entry, index) => arrays.set(entry, index === 0 ? array : 'inside'));
    }
  }
  return arrays;
}

function arrayOf(base: string, group: readonly Entry[]): ArrayOf | undefined {
  const [first, second] = group;
  if (first === undefined || second === undefined) return undefined;
  const stride = second.at - first.at;
  const regular = group.every(
    (entry, index) =>
      entry.element?.index === index &&
      entry.name === `${base}${index}` &&
      entry.at === first.at + index * stride &&
      entry.page === first.page,
  );
  return regular ? { base, count: group.length, stride } : undefined;
}
