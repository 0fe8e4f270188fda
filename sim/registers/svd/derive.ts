/**
 * `derivedFrom`: what an element takes from its base. Its own leaves and children win; properties
 * that the base had inherited from its surroundings are not taken along.
 */
import type { Element, Kind, Leaf, LeafName, Leaves, Shape } from './elements.ts';
import { DIM_LEAVES } from './elements.ts';
import { type Position, SvdError } from './error.ts';
import { DERIVATION_MAX } from './limits.ts';

/** Finds what a `derivedFrom` names. */
export interface Bases {
  findBase(element: Element, derivedFrom: Leaf, depth: number): Element;
}

/**
 * Leaves and children of an element after derivation; computed once.
 * @throws SvdError where a base does not exist or derivation runs in a circle.
 */
export function shapeOf(element: Element, bases: Bases, depth = 0): Shape {
  const { shape, derivedFrom } = element;
  if (shape !== undefined && shape !== 'deriving') return shape;
  if (derivedFrom === undefined) return (element.shape = ownShape(element));
  if (shape === 'deriving') throw circle(element, derivedFrom);
  if (depth > DERIVATION_MAX) {
    throw new SvdError(`More than ${DERIVATION_MAX} elements derive in a row.`, derivedFrom);
  }
  element.shape = 'deriving';
  const base = bases.findBase(element, derivedFrom, depth + 1);
  element.shape = merge(element, shapeOf(base, bases, depth + 1));
  return element.shape;
}

function ownShape({ leaves, children }: Element): Shape {
  return { leaves, children };
}

function circle(element: Element, at: Position): SvdError {
  const name = element.leaves.name?.text ?? element.kind;
  return new SvdError(`${name} derives from itself, directly or through others.`, at);
}

function merge(element: Element, base: Shape): Shape {
  const own = element.leaves;
  const { leaves, children } = withoutDim(own, base);
  return {
    leaves: { ...withoutPosition(own, leaves), ...own },
    children: mergeChildren(children, element.children),
  };
}

/** An element that derives from an array is an array only where its own name says so. */
function withoutDim(own: Leaves, { leaves, children }: Shape): Shape {
  const repeats = own.dim === undefined && (own.name === undefined || own.name.text.includes('%s'));
  if (repeats) return { leaves, children };
  return {
    leaves: omit(leaves, DIM_LEAVES),
    children: children.filter(({ kind }) => kind !== 'dimArrayIndex'),
  };
}

/** Three notations for the same thing: the base's must not contradict the element's own. */
function withoutPosition(own: Leaves, base: Leaves): Leaves {
  if (own.bitRange) return omit(base, ['bitOffset', 'bitWidth', 'lsb', 'msb']);
  if (own.lsb ?? own.msb) return omit(base, ['bitRange', 'bitOffset', 'bitWidth']);
  if (own.bitOffset ?? own.bitWidth) return omit(base, ['bitRange', 'lsb', 'msb']);
  return base;
}

function omit(leaves: Leaves, names: readonly LeafName[]): Leaves {
  const rest: { [name in LeafName]?: Leaves[name] } = { ...leaves };
  for (const name of names) delete rest[name];
  return rest;
}

/** Kinds that an element replaces as a whole; the others it replaces one by one, by name. */
const REPLACED_TOGETHER = new Set<Kind>([
  'addressBlock',
  'interrupt',
  'writeConstraint',
  'dimArrayIndex',
  'range',
]);

function mergeChildren(base: readonly Element[], own: readonly Element[]): readonly Element[] {
  if (own.length === 0) return base;
  if (base.length === 0) return own;
  const kinds = new Set(own.map(({ kind }) => kind));
  const replacements = new Map<string, Element>();
  for (const child of own) {
    const key = identity(child);
    if (!replacements.has(key)) replacements.set(key, child);
  }
  const replacesAll = replacements.has('enumeratedValues:read-write');
  const merged: Element[] = [];
  const used = new Set<Element>();
  for (const child of base) {
    if (REPLACED_TOGETHER.has(child.kind) && kinds.has(child.kind)) continue;
    if (child.kind === 'enumeratedValues' && replacesAll) continue;
    const replacement = replacements.get(identity(child));
    if (replacement !== undefined && used.has(replacement)) continue;
    if (replacement !== undefined) used.add(replacement);
    merged.push(replacement ?? child);
  }
  return [...merged, ...own.filter((child) => !used.has(child))];
}

function identity({ kind, leaves }: Element): string {
  if (kind === 'enumeratedValues') return `${kind}:${leaves.usage?.text ?? 'read-write'}`;
  return `${kind}:${leaves.name?.text ?? ''}`;
}
