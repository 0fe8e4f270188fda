/** One source file as the tidy rules see it: imports, functions, shifts and strings, by line. */
import { posix } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

interface Import {
  /** A path from the repository's root, or a package as it was written. */
  readonly target: string;
  readonly isPackage: boolean;
  readonly line: number;
}

interface FunctionRange {
  readonly line: number;
  readonly length: number;
}

export interface Source {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly lines: readonly string[];
  readonly isTest: boolean;
  /** The text of the comments before the first statement. */
  readonly header: string;
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionRange[];
  /** Lines that hold `<<`, `>>` or `>>>`; `>>> 0`, which shifts nothing, is left out. */
  readonly shifts: readonly number[];
  readonly defaultExports: readonly number[];
  /** Columns taken on a line by strings that are an element of a table (a property, an array). */
  readonly tableColumns: ReadonlyMap<number, number>;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Node extends Span {
  readonly type: string;
}

/** @throws SyntaxError with the path and the parser's first message, when `text` does not parse. */
export function readSource(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text);
  if (errors[0]) throw new SyntaxError(`${path} does not parse: ${errors[0].message}`);

  const lineOf = lineFinder(text);
  const source = {
    imports: [] as Import[],
    functions: [] as FunctionRange[],
    shifts: [] as number[],
    defaultExports: [] as number[],
    tableColumns: new Map<number, number>(),
  };
  const firstStatement = program.body[0]?.start ?? text.length;
  new Visitor({
    ...importVisitor((specifier, node) =>
      source.imports.push({ ...resolve(path, specifier), line: lineOf(node.start) }),
    ),
    ...functionVisitor((node) => {
      const line = lineOf(node.start);
      source.functions.push({ line, length: lineOf(node.end) - line + 1 });
    }),
    ...shiftVisitor((node) => source.shifts.push(lineOf(node.start))),
    ...defaultExportVisitor((node) => source.defaultExports.push(lineOf(node.start))),
    ...tableVisitor((node) => {
      const line = lineOf(node.start);
      const columns = source.tableColumns.get(line) ?? 0;
      source.tableColumns.set(line, columns + node.end - node.start);
    }),
  }).visit(program);

  return {
    path,
    lines: text.split(/\r?\n/),
    isTest: path.endsWith('.test.ts'),
    header: comments
      .filter((comment) => comment.end <= firstStatement)
      .map((comment) => comment.value)
      .join('\n'),
    ...source,
  };
}

type VisitorParts = ConstructorParameters<typeof Visitor>[0];

/** Every way to another module: static, type-only, re-exported, dynamic, a worker's URL. */
function importVisitor(found: (specifier: string, node: Span) => void): VisitorParts {
  const add = (node: Span, specifier: unknown): void => {
    if (typeof specifier === 'string') found(specifier, node);
  };
  return {
    ImportDeclaration: (node) => add(node, node.source.value),
    ExportNamedDeclaration: (node) => add(node, node.source?.value),
    ExportAllDeclaration: (node) => add(node, node.source.value),
    ImportExpression: (node) => add(node, constantText(node.source)),
    TSImportType: (node) => add(node, constantText(node.source)),
    NewExpression: (node) => {
      const [file, base] = node.arguments;
      const isModuleUrl =
        node.callee.type === 'Identifier' &&
        node.callee.name === 'URL' &&
        base?.type === 'MemberExpression' &&
        base.object.type === 'MetaProperty';
      const specifier = file && constantText(file);
      if (isModuleUrl && typeof specifier === 'string' && /\.[cm]?[jt]sx?$/.test(specifier)) {
        add(node, specifier);
      }
    },
  };
}

function functionVisitor(found: (node: Span) => void): VisitorParts {
  // The body of a `describe` is a list of tests, not a function that somebody must hold in mind.
  const lists = new Set<Span>();
  const add = (node: Span): void => {
    if (!lists.has(node)) found(node);
  };
  return {
    CallExpression: (node) => {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'describe') return;
      for (const argument of node.arguments) lists.add(argument);
    },
    FunctionDeclaration: add,
    FunctionExpression: add,
    ArrowFunctionExpression: add,
  };
}

function shiftVisitor(found: (node: Span) => void): VisitorParts {
  const add = (node: Span & { operator: string }, right: Node & { value?: unknown }): void => {
    if (!/^(<<|>>>?)=?$/.test(node.operator)) return;
    const toUnsigned = node.operator.startsWith('>>>') && right.value === 0;
    if (!toUnsigned) found(node);
  };
  return {
    BinaryExpression: (node) => add(node, node.right),
    AssignmentExpression: (node) => add(node, node.right),
  };
}

function defaultExportVisitor(found: (node: Span) => void): VisitorParts {
  return {
    ExportDefaultDeclaration: found,
    ExportSpecifier: (node) => {
      if (node.exported.type === 'Identifier' && node.exported.name === 'default') found(node);
    },
  };
}

function tableVisitor(found: (node: Span) => void): VisitorParts {
  const add = (node: Node | null): void => {
    if (node?.type === 'Literal' || node?.type === 'TemplateLiteral') found(node);
  };
  return {
    Property: (node) => add(node.value),
    ArrayExpression: (node) => node.elements.forEach(add),
  };
}

/** The text of a string literal or of a template without holes. */
function constantText(node: Node & { value?: unknown; quasis?: unknown }): unknown {
  if (node.type === 'Literal') return node.value;
  if (node.type !== 'TemplateLiteral') return undefined;
  const quasis = node.quasis as { value: { cooked: string | null } }[];
  return quasis.length === 1 ? quasis[0]?.value.cooked : undefined;
}

function resolve(path: string, specifier: string): Omit<Import, 'line'> {
  const isPackage = !specifier.startsWith('.');
  return { target: isPackage ? specifier : posix.join(posix.dirname(path), specifier), isPackage };
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
