/**
 * Prints a register map as the source of a `registers.ts`, formatted as the formatter would: what
 * fits into a line stays in it.
 */
import type { FieldDeclaration, RegisterDeclaration, RegisterMap } from '../declare.ts';
import type { Loss } from './device.ts';

const COLUMNS = 100;

export interface PrintOptions {
  /** Module that the source takes `bit`, `bits` and `RegisterMap` from. */
  readonly declarations?: string;
  /** The comment at the top, by lines; without, the losses of an import. */
  readonly title?: readonly string[];
  /** Lines above a register, by its name. */
  readonly comments?: Readonly<Record<string, readonly string[]>>;
}

/** Source code; evaluated, its `registers` equals the map. */
export function printRegistersTs(
  map: RegisterMap,
  losses: readonly Loss[],
  { declarations = '../../registers/declare.ts', title, comments = {} }: PrintOptions = {},
): string {
  const tree = objectNode(mapEntries(map, comments));
  const body = print(tree, 0, 'export const registers = '.length);
  const imports = [...helpersOf(map), 'type RegisterMap'].join(', ');
  return [
    title === undefined ? header(map, losses) : titled(title),
    `import { ${imports} } from ${quote(declarations)};`,
    '',
    `export const registers = ${body} as const satisfies RegisterMap;`,
    '',
  ].join('\n');
}

/** A text, an object, an array, or a call whose last argument is an object. */
type Node =
  | string
  | { readonly open: string; readonly entries: readonly Entry[]; readonly close: string };
interface Entry {
  /** Absent in arrays. */
  readonly key?: string;
  readonly value: Node;
  /** Lines of a comment above it; what holds such an entry never fits into a line. */
  readonly comment?: readonly string[];
}

function objectNode(entries: readonly Entry[], open = '{', close = '}'): Node {
  return entries.length === 0 ? `${open}${close}` : { open, entries, close };
}

function arrayNode(values: readonly Node[]): Node {
  return { open: '[', entries: values.map((value) => ({ value })), close: ']' };
}

function mapEntries(
  { registers, ...rest }: RegisterMap,
  comments: NonNullable<PrintOptions['comments']>,
): Entry[] {
  const declared = Object.entries(registers).map(([name, register]): Entry => {
    const entry = { key: printKey(name), value: registerNode(register) };
    const comment = Object.hasOwn(comments, name) ? comments[name] : undefined;
    return comment === undefined ? entry : { ...entry, comment };
  });
  return [...plainEntries(rest), { key: 'registers', value: objectNode(declared) }];
}

/** Numbers of these keys are read as addresses and bit patterns. */
const HEXADECIMAL = new Set(['at', 'reset', 'resetMask', 'stride']);

function registerNode({ fields, ...rest }: RegisterDeclaration): Node {
  const entries = plainEntries(rest);
  if (fields === undefined) return objectNode(entries);
  const declared = Object.entries(fields).map(([name, field]) => ({
    key: printKey(name),
    value: fieldNode(field),
  }));
  return objectNode([...entries, { key: 'fields', value: objectNode(declared) }]);
}

function fieldNode({ bits: [msb, lsb], ...options }: FieldDeclaration): Node {
  const position = msb === lsb ? `bit(${msb}` : `bits(${msb}, ${lsb}`;
  const entries = plainEntries(options);
  if (entries.length === 0) return `${position})`;
  return objectNode(entries, `${position}, {`, '})');
}

function plainEntries(object: object): Entry[] {
  return Object.entries(object).map(([key, value]) => ({
    key: printKey(key),
    value: plainNode(key, value),
  }));
}

function plainNode(key: string, value: unknown): Node {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return arrayNode(value.map((item) => plainNode(key, item)));
  if (typeof value === 'object' && value !== null) return objectNode(plainEntries(value));
  if (typeof value === 'bigint') return `0x${value.toString(16)}n`;
  if (typeof value === 'number' && HEXADECIMAL.has(key) && value > 9) {
    return `0x${value.toString(16)}`;
  }
  return String(value);
}

/** `column` is where the node begins, for what stands in one line with it. */
function print(node: Node, indent: number, column: number): string {
  if (typeof node === 'string') return node;
  const line = printLine(node);
  // One column is left for the comma or the semicolon that follows.
  const commented = node.entries.some(({ comment }) => comment !== undefined);
  if (column + line.length + 1 <= COLUMNS && indent > 0 && !commented) return line;
  const inner = ' '.repeat(indent + 2);
  const entries = node.entries.map(({ key, value, comment = [] }) => {
    const label = key === undefined ? '' : `${key}: `;
    const printed = print(value, indent + 2, indent + 2 + label.length);
    const above = comment.flatMap((text) => wrap(commentText(text), `${inner}//`, `${inner}//  `));
    return [...above, `${inner}${printEntry(label, printed, indent + 2)},`].join('\n');
  });
  return [node.open, ...entries, ' '.repeat(indent) + node.close].join('\n');
}

/** A text that does not fit beside its key goes to the next line. */
function printEntry(label: string, printed: string, indent: number): string {
  const long = indent + label.length + printed.length + 1 > COLUMNS;
  const breaks = long && label !== '' && /^['"]/.test(printed);
  return breaks ? `${label.trimEnd()}\n${' '.repeat(indent + 2)}${printed}` : label + printed;
}

function printLine(node: Node): string {
  if (typeof node === 'string') return node;
  const entries = node.entries.map(({ key, value }) =>
    key === undefined ? printLine(value) : `${key}: ${printLine(value)}`,
  );
  const space = node.close === ']' ? '' : ' ';
  return `${node.open}${space}${entries.join(', ')}${space}${node.close}`;
}

function printKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

/** The quote that needs fewer escapes, as the formatter chooses. */
function quote(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  const singles = inner.split("'").length;
  const doubles = inner.split('"').length;
  if (singles > doubles) return `"${inner.replaceAll('"', '\\"')}"`;
  return `'${inner.replaceAll("'", "\\'")}'`;
}

function helpersOf({ registers }: RegisterMap): string[] {
  const fields = Object.values(registers).flatMap((register) =>
    Object.values(register.fields ?? {}),
  );
  const single = fields.some(({ bits: [msb, lsb] }) => msb === lsb);
  const wide = fields.some(({ bits: [msb, lsb] }) => msb !== lsb);
  return [...(single ? ['bit'] : []), ...(wide ? ['bits'] : [])];
}

function titled(title: readonly string[]): string {
  const lines = title.flatMap((line) => {
    return line === '' ? [' *'] : wrap(commentText(line), ' *', ' *');
  });
  return ['/**', ...lines, ' */'].join('\n');
}

function header(map: RegisterMap, losses: readonly Loss[]): string {
  const lines = [
    '/**',
    ` * Register map of ${commentText(map.name)}, imported from CMSIS-SVD.`,
    ' *',
    losses.length === 0
      ? ' * Not modelled: the file says nothing that this map does not.'
      : ' * Not modelled, or read leniently:',
  ];
  for (const [what, wheres] of groupLosses(losses)) {
    lines.push(...wrap(`${commentText(what)}: ${commentText(wheres.join(', '))}.`));
  }
  return [...lines, ' */'].join('\n');
}

function groupLosses(losses: readonly Loss[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { where, what } of losses) {
    const group = groups.get(what);
    if (group === undefined) groups.set(what, [where]);
    else group.push(where);
  }
  return groups;
}

function commentText(text: string): string {
  return text.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ');
}

/** One item of a comment in lines of at most 100 columns where its words allow. */
function wrap(text: string, begin = ' * -', next = ' *  '): string[] {
  const lines: string[] = [];
  let line = begin;
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = next;
    }
    line = `${line} ${word}`;
  }
  return [...lines, line];
}
