/**
 * Finds the base that a `derivedFrom` path names: first among the siblings, then among what
 * surrounds them, up to the device. A segment is a name as written (`CH[%s]`), without its index
 * (`CH`), or with one (`CH0`).
 */
import { type Bases, shapeOf } from './derive.ts';
import { expandDim } from './dim.ts';
import type { Element, Kind, Leaf } from './elements.ts';
import { SvdError } from './error.ts';
import { EXPANDED_MAX } from './limits.ts';

type Index = Map<string, Element>;

/** Kinds that a path can lead through. */
const CONTAINERS = new Set<Kind>(['peripheral', 'cluster', 'register', 'field']);

export class Scopes implements Bases {
  readonly #children = new Map<Element, Index>();
  readonly #instances = new Map<Element, Index>();
  readonly #enumerations = new Map<Element, Index>();
  #instanceCount = 0;

  /** @throws SvdError where there is none. */
  findBase(element: Element, derivedFrom: Leaf, depth: number): Element {
    const path = derivedFrom.text.split('.').map((segment) => segment.trim());
    let itself = false;
    for (let scope = element.parent; scope !== undefined; scope = scope.parent) {
      const found = this.#follow(scope, path, element.kind, depth);
      if (found === element) itself = true;
      else if (found !== undefined) return found;
    }
    const name = element.leaves.name?.text ?? element.kind;
    const fate = itself ? 'itself' : `${derivedFrom.text.slice(0, 80)}, which does not exist`;
    throw new SvdError(`The ${element.kind} ${name} derives from ${fate}.`, derivedFrom);
  }

  #follow(scope: Element, path: readonly string[], kind: Kind, depth: number): Element | undefined {
    let at: Element | undefined = scope;
    for (const [position, segment] of path.entries()) {
      if (at === undefined) return undefined;
      const last = position === path.length - 1;
      if (last && kind === 'enumeratedValues') return this.#enumeration(at, segment, depth);
      at = this.#child(at, segment, last ? kind : undefined, depth);
    }
    return at;
  }

  /** A child by name: of one kind, or of any kind that a path can lead through. */
  #child(scope: Element, name: string, kind: Kind | undefined, depth: number) {
    let index = this.#children.get(scope);
    if (index === undefined) {
      index = new Map();
      for (const child of shapeOf(scope, this, depth).children) addNames(index, child);
      this.#children.set(scope, index);
    }
    const key = kind === undefined ? name : `${kind}:${name}`;
    return index.get(key) ?? this.#instance(scope, depth).get(key);
  }

  /** Elements of arrays by their expanded names; made only when a plain name was not found. */
  #instance(scope: Element, depth: number): Index {
    const known = this.#instances.get(scope);
    if (known !== undefined) return known;
    const index: Index = new Map();
    for (const child of shapeOf(scope, this, depth).children) {
      if (child.leaves.dim === undefined || !CONTAINERS.has(child.kind)) continue;
      const { names } = expandDim(child, child, '', () => {});
      this.#instanceCount += names.length;
      if (this.#instanceCount > EXPANDED_MAX) {
        throw new SvdError(`The arrays have more than ${EXPANDED_MAX} elements.`, child);
      }
      for (const name of names) add(index, child, name);
    }
    this.#instances.set(scope, index);
    return index;
  }

  /** Enumerations are named rarely and from anywhere: the first of that name below the scope. */
  #enumeration(scope: Element, name: string, depth: number): Element | undefined {
    let index = this.#enumerations.get(scope);
    if (index === undefined) {
      index = new Map();
      collect(scope, index);
      this.#enumerations.set(scope, index);
    }
    const field = this.#child(scope, name, 'field', depth);
    const inField = field?.children.find(({ kind }) => kind === 'enumeratedValues');
    return index.get(name) ?? inField;
  }
}

function collect(element: Element, index: Index): void {
  for (const child of element.children) {
    if (child.kind !== 'enumeratedValues') collect(child, index);
    else if (child.leaves.name !== undefined) add(index, child, child.leaves.name.text);
  }
}

function addNames(index: Index, child: Element): void {
  const name = child.leaves.name?.text;
  if (name === undefined || !CONTAINERS.has(child.kind)) return;
  add(index, child, name);
  const plain = name.replace(/\[%s\]|%s/, '');
  if (plain !== name) add(index, child, plain);
}

/** The first of a name counts. */
function add(index: Index, child: Element, name: string): void {
  for (const key of [name, `${child.kind}:${name}`]) if (!index.has(key)) index.set(key, child);
}
