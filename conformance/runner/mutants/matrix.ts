/** Which clause catches which mutant: from verdicts to killers, survivors, idle clauses. Pure. */
import type { Verdict } from '../../../reports/verdict.ts';
import type { Subject } from '../../clause.ts';

export interface MatrixMutant {
  readonly id: string;
  readonly subject: 'driver' | 'device';
  readonly what: string;
  readonly bugClass?: string;
  readonly expected: readonly string[];
  readonly noSmoke?: string;
}

export interface MatrixClause {
  readonly address: string;
  readonly subject: Subject;
}

/** What the matrix needs of a verdict. */
export interface Cell {
  /** Undefined: the healthy driver on the healthy device. */
  readonly mutant: string | undefined;
  readonly clause: string;
  readonly verdict: Verdict['verdict'];
  readonly cause?: string;
  readonly rules: readonly string[];
  readonly message: string;
  readonly wallMs: number;
}

export interface Kill {
  readonly clause: string;
  readonly cause: string;
  /** Rules that were broken on the way. */
  readonly rules: readonly string[];
}

/** A rule is broken under any clause that comes by: that proves nothing about the clause. */
export function caughtItself({ cause }: { readonly cause?: string | undefined }): boolean {
  return cause !== 'rule';
}

export interface Row extends MatrixMutant {
  /** By clauses whose subject is what was broken. */
  readonly killers: readonly Kill[];
  /** A broken device that fails a clause about the driver. */
  readonly falseBlame: readonly string[];
  readonly missed: readonly string[];
}

export interface Matrix {
  readonly rows: readonly Row[];
  readonly survivors: readonly string[];
  /** Clauses that catch nothing by their own check. */
  readonly idle: readonly string[];
  readonly idleRules: readonly string[];
  /** Clauses that no target of the matrix could run: it says nothing about them. */
  readonly outOfReach: readonly string[];
  /** Ours: what must be mended before the matrix says anything. */
  readonly problems: readonly string[];
}

export interface MatrixInput {
  readonly mutants: readonly MatrixMutant[];
  readonly clauses: readonly MatrixClause[];
  readonly rules: readonly string[];
  readonly isSmoke: (clause: string) => boolean;
  readonly cells: readonly Cell[];
}

export function buildMatrix(input: MatrixInput): Matrix {
  const { mutants, clauses, rules, cells, isSmoke } = input;
  const subjects = new Map(clauses.map(({ address, subject }) => [address, subject]));
  const byMutant = Map.groupBy(cells, ({ mutant }) => mutant ?? '');
  // A clause that fails without a mutant proves nothing about one.
  const unfit = new Set(
    (byMutant.get('') ?? [])
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ clause }) => clause),
  );
  const rows = mutants.map((mutant) =>
    makeRow(mutant, byMutant.get(mutant.id) ?? [], { ...input, unfit }),
  );
  const busy = new Set<string>();
  const busyRules = new Set<string>();
  for (const { killers } of rows) {
    for (const kill of killers) {
      if (caughtItself(kill)) busy.add(kill.clause);
      for (const rule of kill.rules) busyRules.add(rule);
    }
  }
  const ran = new Set(
    cells.filter(({ verdict }) => verdict !== 'not-run').map(({ clause }) => clause),
  );
  const own = [...subjects.keys()].filter((address) => !isSmoke(address));
  return {
    rows,
    survivors: rows.filter(({ killers }) => killers.length === 0).map(({ id }) => id),
    idle: own.filter((address) => ran.has(address) && !busy.has(address)),
    outOfReach: own.filter((address) => !ran.has(address)),
    idleRules: rules.filter((rule) => !busyRules.has(rule)),
    problems: problemsOf(mutants, byMutant, rows, isSmoke),
  };
}

function makeRow(
  mutant: MatrixMutant,
  cells: readonly Cell[],
  input: MatrixInput & { readonly unfit: ReadonlySet<string> },
): Row {
  const subjects = new Map(input.clauses.map(({ address, subject }) => [address, subject]));
  const failed = cells.filter(
    ({ verdict, clause }) =>
      verdict === 'fail' && !input.isSmoke(clause) && !input.unfit.has(clause),
  );
  const fits = ({ clause }: Cell) =>
    subjects.get(clause) === 'pair' || subjects.get(clause) === mutant.subject;
  const killers = failed.filter(fits).map(({ clause, cause, rules }) => ({
    clause,
    cause: cause ?? 'expectation',
    rules,
  }));
  const caughtBy = new Set(killers.flatMap(({ clause, rules }) => [clause, ...rules]));
  return {
    ...mutant,
    killers,
    falseBlame: failed.filter((cell) => !fits(cell)).map(({ clause }) => clause),
    missed: mutant.expected.filter((name) => !caughtBy.has(name)),
  };
}

function problemsOf(
  mutants: readonly MatrixMutant[],
  byMutant: ReadonlyMap<string, readonly Cell[]>,
  rows: readonly Row[],
  isSmoke: (clause: string) => boolean,
): string[] {
  const problems: string[] = [];
  for (const { clause, verdict, message } of byMutant.get('') ?? []) {
    if (verdict === 'fail' || verdict === 'error' || verdict === 'inconclusive') {
      problems.push(`${clause} does not pass without a mutant (${verdict}): ${message}`);
    }
  }
  for (const { id, noSmoke } of mutants) {
    const cells = byMutant.get(id) ?? [];
    const smoked = cells.filter(({ clause }) => isSmoke(clause));
    if (smoked.length === 0) problems.push(`${id} was never judged by its smoke test.`);
    for (const { verdict, message } of smoked) {
      if (verdict === 'pass' && noSmoke !== undefined) {
        problems.push(`${id} passes its smoke test; it should not say noSmoke.`);
      }
      if (verdict !== 'pass' && noSmoke === undefined) {
        problems.push(`${id} fails its smoke test: ${message}`);
      }
    }
    const error = cells.find(({ verdict }) => verdict === 'error');
    if (error !== undefined) problems.push(`${id} breaks ${error.clause}: ${error.message}`);
  }
  for (const { id, missed, killers } of rows) {
    if (killers.length === 0 || missed.length === 0) continue;
    problems.push(`${id} is caught, but not by ${missed.join(', ')}, which should.`);
  }
  return problems;
}
