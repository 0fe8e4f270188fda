/**
 * The part of a CMSIS-SVD document that concerns registers, as a tree. Wrappers (`peripherals`,
 * `registers`, `fields`) are left out, simple elements are leaves of the element they describe.
 *
 * Names and nesting: CMSIS-SVD.xsd of CMSIS 5 (schema version 1.3).
 */
import type { Position } from './error.ts';

export interface Leaf extends Position {
  readonly text: string;
}

/** What a derived element amounts to: its own parts over those of its base. */
export interface Shape {
  readonly leaves: Leaves;
  readonly children: readonly Element[];
}

export interface Element extends Position, Shape {
  readonly kind: Kind;
  readonly parent: Element | undefined;
  readonly derivedFrom: Leaf | undefined;
  readonly leaves: Leaves;
  readonly children: Element[];
  /** Elements found here that CMSIS-SVD does not know, or not here; texts given twice. */
  readonly strays: { readonly what: string; readonly line: number }[];
  /** Filled in by derivation. */
  shape: Shape | 'deriving' | undefined;
}

const DIM = ['dim', 'dimIncrement', 'dimIndex'] as const;
const PROPERTIES = ['size', 'access', 'protection', 'resetValue', 'resetMask'] as const;
const EFFECTS = ['modifiedWriteValues', 'readAction'] as const;
const POSITION = ['bitRange', 'bitOffset', 'bitWidth', 'lsb', 'msb'] as const;

/** Leaves and children of every kind of element. */
const SCHEMA = {
  device: {
    leaves: ['name', 'version', 'vendor', 'addressUnitBits', 'width', ...PROPERTIES],
    children: ['peripheral', 'cpu'],
  },
  cpu: { leaves: ['name', 'endian'], children: [] },
  peripheral: {
    leaves: [...DIM, 'name', 'baseAddress', 'groupName', 'alternatePeripheral', ...PROPERTIES],
    children: ['register', 'cluster', 'addressBlock', 'interrupt', 'dimArrayIndex'],
  },
  addressBlock: { leaves: ['offset', 'size', 'usage', 'protection'], children: [] },
  interrupt: { leaves: ['name', 'value'], children: [] },
  cluster: {
    leaves: [...DIM, 'name', 'addressOffset', 'alternateCluster', ...PROPERTIES],
    children: ['register', 'cluster', 'dimArrayIndex'],
  },
  register: {
    leaves: [
      ...DIM,
      'name',
      'addressOffset',
      'alternateRegister',
      'alternateGroup',
      ...PROPERTIES,
      ...EFFECTS,
    ],
    children: ['field', 'writeConstraint', 'dimArrayIndex'],
  },
  field: {
    leaves: [...DIM, 'name', ...POSITION, 'access', ...EFFECTS],
    children: ['enumeratedValues', 'writeConstraint', 'dimArrayIndex'],
  },
  enumeratedValues: { leaves: ['name', 'usage'], children: ['enumeratedValue'] },
  enumeratedValue: { leaves: ['name', 'value', 'isDefault'], children: [] },
  writeConstraint: { leaves: ['writeAsRead', 'useEnumeratedValues'], children: ['range'] },
  range: { leaves: ['minimum', 'maximum'], children: [] },
  dimArrayIndex: { leaves: [], children: ['enumeratedValue'] },
} as const satisfies Record<string, { leaves: readonly string[]; children: readonly string[] }>;

export type Kind = keyof typeof SCHEMA;
export type LeafName = (typeof SCHEMA)[Kind]['leaves'][number];
export type Leaves = { readonly [name in LeafName]?: Leaf };

/** Elements that only group, by the kind of element that they stand in. */
const WRAPPERS: Partial<Record<Kind, string>> = {
  device: 'peripherals',
  peripheral: 'registers',
  register: 'fields',
};

/** Elements that say nothing about what a register does: texts for people, C header names. */
const IGNORED = new Set([
  'description',
  'displayName',
  'dataType',
  'dimName',
  'disableCondition',
  'headerEnumName',
  'headerStructName',
  'headerDefinitionsPrefix',
  'headerSystemFilename',
  'licenseText',
  'prependToName',
  'appendToName',
  'series',
  'vendorID',
  'vendorExtensions',
]);
const IGNORED_PARENTS = new Set<Kind>(['cpu']);
const IGNORED_BY_KIND: Partial<Record<Kind, string>> = { peripheral: 'version' };

export type Role = 'element' | 'leaf' | 'wrapper' | 'ignored' | 'stray';

/** What an XML element means inside an element of a kind. */
export function roleOf(name: string, parent: Kind): Role {
  const schema: { leaves: readonly string[]; children: readonly string[] } = SCHEMA[parent];
  if (schema.leaves.includes(name)) return 'leaf';
  if (schema.children.includes(name)) return 'element';
  if (WRAPPERS[parent] === name) return 'wrapper';
  if (IGNORED.has(name) || IGNORED_PARENTS.has(parent)) return 'ignored';
  return IGNORED_BY_KIND[parent] === name ? 'ignored' : 'stray';
}

export const DIM_LEAVES: readonly LeafName[] = DIM;
