/** Registers and clusters of a peripheral, arrays expanded, as one flat list. */
import { shapeOf } from './derive.ts';
import type { SvdRegister, SvdRegisterBody } from './device.ts';
import { expandDim } from './dim.ts';
import type { Element, Shape } from './elements.ts';
import { SvdError } from './error.ts';
import { resolveFields } from './fields.ts';
import { CLUSTER_DEPTH_MAX, REGISTER_BITS_MAX } from './limits.ts';
import { type Properties, propertiesOf } from './properties.ts';
import { type Resolution, noteConstraint, noteStrays } from './resolution.ts';
import { optionalNumber, readWord, writeWord } from './values.ts';

/** What surrounds a register: its path, and what it inherits. */
interface Scope {
  readonly where: string;
  readonly properties: Properties;
}

/** @throws SvdError for offsets that are no numbers, and for too many registers. */
export function resolveRegisters(
  { children }: Shape,
  scope: Scope,
  resolution: Resolution,
  depth = 0,
): SvdRegister[] {
  const registers: SvdRegister[] = [];
  for (const child of children) {
    if (child.kind === 'register') add(registers, expandRegister(child, scope, resolution));
    if (child.kind === 'cluster') add(registers, expandCluster(child, scope, resolution, depth));
  }
  return registers;
}

function add(registers: SvdRegister[], more: readonly SvdRegister[]): void {
  for (const register of more) registers.push(register);
}

function expandRegister(element: Element, scope: Scope, resolution: Resolution): SvdRegister[] {
  const shape = shapeOf(element, resolution.scopes);
  const where = `${scope.where}.${shape.leaves.name?.text ?? '?'}`;
  const offset = offsetOf(element, shape, where, resolution);
  const { names, increment, base } = expandDim(element, shape, where, resolution.note);
  resolution.spend(names.length, element);
  const body = registerBody(element, shape, { where, properties: scope.properties }, resolution);
  return names.map((name, index) => ({
    name,
    offset: offset + index * increment,
    body,
    element: base === undefined ? undefined : { base, index },
  }));
}

function expandCluster(
  element: Element,
  scope: Scope,
  resolution: Resolution,
  depth: number,
): SvdRegister[] {
  if (depth >= CLUSTER_DEPTH_MAX) {
    throw new SvdError(`More than ${CLUSTER_DEPTH_MAX} clusters are nested.`, element);
  }
  const { note, spend } = resolution;
  const shape = shapeOf(element, resolution.scopes);
  const where = `${scope.where}.${shape.leaves.name?.text ?? '?'}`;
  noteStrays(element, where, note);
  const start = offsetOf(element, shape, where, resolution);
  const properties = propertiesOf(withShape(element, shape), scope.properties, where, note);
  const { names, increment } = expandDim(element, shape, where, note);
  spend(1, element);
  const inside = resolveRegisters(shape, { where, properties }, resolution, depth + 1);
  spend(names.length * inside.length, element);
  return names.flatMap((name, index) =>
    inside.map((register) => ({
      name: `${name}_${register.name}`,
      offset: start + index * increment + register.offset,
      body: register.body,
      element: register.element && {
        base: `${name}_${register.element.base}`,
        index: register.element.index,
      },
    })),
  );
}

function offsetOf(element: Element, shape: Shape, where: string, { note }: Resolution): number {
  const offset = optionalNumber(element, shape.leaves.addressOffset);
  if (offset === undefined) note(where, 'has no addressOffset; 0 was taken', element.line);
  if (offset !== undefined && offset > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new SvdError(`The addressOffset of ${where} is too large.`, element);
  }
  return Number(offset ?? 0n);
}

function withShape(element: Element, { leaves }: Shape): Pick<Element, 'leaves' | 'line'> {
  return { leaves, line: element.line };
}

function registerBody(
  element: Element,
  shape: Shape,
  { where, properties: inherited }: Scope,
  resolution: Resolution,
): SvdRegisterBody {
  const { note } = resolution;
  const { leaves } = shape;
  if (leaves.name === undefined) note(where, 'has no name', element.line);
  noteStrays(element, where, note);
  noteConstraint(shape, where, resolution);
  const properties = propertiesOf(withShape(element, shape), inherited, where, note);
  if (properties.size === undefined) note(where, 'has no size; 32 was taken', element.line);
  const size = properties.size ?? 32n;
  if (size < 1n || size > BigInt(REGISTER_BITS_MAX)) {
    const at = leaves.size ?? element;
    throw new SvdError(`${where} has ${size} bits; 1 to ${REGISTER_BITS_MAX} are allowed.`, at);
  }
  return {
    where,
    line: element.line,
    size: Number(size),
    access: properties.access,
    modifiedWriteValues: writeWord(leaves.modifiedWriteValues, where, note),
    readAction: readWord(leaves.readAction, where, note),
    resetValue: properties.resetValue,
    resetMask: properties.resetMask,
    alternateRegister: leaves.alternateRegister?.text,
    alternateGroup: leaves.alternateGroup?.text,
    fields: resolveFields(shape, where, resolution),
  };
}
