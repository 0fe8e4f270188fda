/**
 * Counts the arms of branches, functions and loops of a source: JavaScript or TypeScript, edited as
 * text. Lines stay where they are, so that stacks and breakpoints do, too.
 */
import { parseSync } from 'oxc-parser';

export interface Instrumented {
  readonly source: string;
  /** Counters used: `first` .. `first + count - 1`. */
  readonly count: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What this reads of a node of ESTree or TS-ESTree. */
interface Node extends Span {
  readonly type: string;
  readonly [key: string]: unknown;
}

interface Insertion {
  readonly at: number;
  readonly text: string;
  readonly closes: boolean;
}

/** Nodes of TypeScript that hold an expression or a statement; the others are types. */
const HOLDERS = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSInstantiationExpression',
  'TSParameterProperty',
  'TSTypeAssertion',
]);
const LOOPS = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
/** What lists statements: something can be inserted after one of them. */
const LISTS = new Set(['Program', 'BlockStatement', 'FunctionBody', 'StaticBlock', 'SwitchCase']);
/** Alone on the right of an assignment these take their name from its left. */
const NAMED_BY_TARGET = new Set([
  'ArrowFunctionExpression',
  'FunctionExpression',
  'ClassExpression',
]);

export interface InstrumentOptions {
  /** An expression for a `Uint8Array` that holds in every place of the source. */
  readonly counters: string;
  readonly first: number;
  /** Default; otherwise it is CommonJS. */
  readonly isModule?: boolean;
}

/**
 * @throws SyntaxError with the path and the parser's first message
 */
export function instrument(
  path: string,
  text: string,
  { counters, first, isModule = true }: InstrumentOptions,
): Instrumented {
  const sourceType = isModule ? 'module' : 'commonjs';
  const { program, errors } = parseSync(path, text, { sourceType });
  if (errors[0] !== undefined)
    throw new SyntaxError(`${path} does not parse: ${errors[0].message}`);
  const edits = new Edits(counters, first);
  visit(program as unknown as Node, undefined, edits);
  return { source: edits.apply(text), count: edits.count };
}

class Edits {
  count = 0;
  readonly #counters: string;
  readonly #first: number;
  readonly #insertions: Insertion[] = [];

  constructor(counters: string, first: number) {
    this.#counters = counters;
    this.#first = first;
  }

  #next(): string {
    return `${this.#counters}[${this.#first + this.count++}]++`;
  }

  /** A statement at a place where one may stand. */
  statement(at: number): void {
    this.#insertions.push({ at, text: `${this.#next()};`, closes: false });
  }

  /** A statement after one that may lack its semicolon. */
  after({ end }: Span): void {
    this.#insertions.push({ at: end, text: `;${this.#next()};`, closes: true });
  }

  /** Around an expression; the text that closes comes with the second call. */
  open({ start }: Span): void {
    this.#insertions.push({ at: start, text: `(${this.#next()},`, closes: false });
  }

  close({ end }: Span): void {
    this.#insertions.push({ at: end, text: ')', closes: true });
  }

  openBlock({ start }: Span): void {
    this.#insertions.push({ at: start, text: `{${this.#next()};`, closes: false });
  }

  closeBlock({ end }: Span): void {
    this.#insertions.push({ at: end, text: '}', closes: true });
  }

  elseBlock({ end }: Span): void {
    this.#insertions.push({ at: end, text: ` else{${this.#next()};}`, closes: true });
  }

  /** At one place, what closes comes before what opens; otherwise in the order of the calls. */
  apply(text: string): string {
    const ordered = this.#insertions.toSorted(
      (a, b) => a.at - b.at || Number(b.closes) - Number(a.closes),
    );
    let result = '';
    let from = 0;
    for (const { at, text: inserted } of ordered) {
      result += text.slice(from, at) + inserted;
      from = at;
    }
    return result + text.slice(from);
  }
}

/** Counts a node's arms; openings before its children are visited, closings after. */
function visit(node: Node, parent: Node | undefined, edits: Edits): void {
  if (node.type.startsWith('TS') && !HOLDERS.has(node.type)) return;
  const { type } = node;
  if (FUNCTIONS.has(type) && node['expression'] !== true) body(node, edits);
  if (type === 'SwitchCase') switchCase(node, edits);
  if (type === 'CatchClause') edits.statement((node['body'] as Node).start + 1);
  const arms = armsOf(node);
  for (const [key, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (!isNode(child)) continue;
      const arm = arms[key];
      if (arm === 'expression') edits.open(child);
      else if (arm === 'statement') openArm(child, edits);
      visit(child, node, edits);
      if (arm === 'expression') edits.close(child);
      else if (arm === 'statement' && child.type !== 'BlockStatement') edits.closeBlock(child);
    }
  }
  if (type === 'IfStatement' && node['alternate'] === null) {
    edits.elseBlock(node['consequent'] as Node);
  }
  if (LOOPS.has(type) && parent !== undefined && LISTS.has(parent.type)) edits.after(node);
}

function openArm(arm: Node, edits: Edits): void {
  if (arm.type === 'BlockStatement') edits.statement(arm.start + 1);
  else edits.openBlock(arm);
}

type Arms = Readonly<Record<string, 'expression' | 'statement'>>;
const NONE: Arms = {};
const IF: Arms = { consequent: 'statement', alternate: 'statement' };
const LOOP: Arms = { body: 'statement' };
const CONDITIONAL: Arms = { consequent: 'expression', alternate: 'expression' };
const RIGHT: Arms = { right: 'expression' };
const ARROW: Arms = { body: 'expression' };

/** Which children are taken or not. */
function armsOf(node: Node): Arms {
  const { type } = node;
  if (type === 'IfStatement') return IF;
  if (LOOPS.has(type)) return LOOP;
  if (type === 'ConditionalExpression') return CONDITIONAL;
  if (type === 'LogicalExpression') return RIGHT;
  if (type === 'ArrowFunctionExpression' && node['expression'] === true) return ARROW;
  const isDefault = type === 'AssignmentPattern';
  const isLogical =
    type === 'AssignmentExpression' && ['&&=', '||=', '??='].includes(String(node['operator']));
  if (!isDefault && !isLogical) return NONE;
  return NAMED_BY_TARGET.has((node['right'] as Node).type) ? NONE : RIGHT;
}

/** After the directives, which must be first. */
function body(node: Node, edits: Edits): void {
  const block = node['body'] as Node | null;
  if (block === null) return;
  const statements = block['body'] as readonly Node[];
  const directives = statements.filter((it) => typeof it['directive'] === 'string');
  const last = directives.at(-1);
  if (last === undefined) edits.statement(block.start + 1);
  else edits.after(last);
}

function switchCase(node: Node, edits: Edits): void {
  const [statement] = node['consequent'] as readonly Node[];
  edits.statement(statement?.start ?? node.end);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}
