/** What a result document amounts to: counts, what is missing, the standing, the exit code. */
import type {
  Clause,
  Header,
  PlanEntry,
  ResultDocument,
  Tier,
  Verdict,
  VerdictWord,
} from './verdict.ts';
import { VERDICTS } from './verdict.ts';

/** Published and stable. With mixed results the first of `EXIT_ORDER` that applies. */
export const EXIT = {
  pass: 0,
  fail: 1,
  usage: 2,
  inconclusive: 3,
  nothingSelected: 4,
  infrastructure: 5,
  crash: 6,
  verification: 7,
  internal: 70,
} as const;
export const EXIT_MEANING: Record<number, string> = {
  0: 'pass',
  1: 'a requirement failed',
  2: 'usage or configuration error',
  3: 'inconclusive: no blame on the driver',
  4: 'nothing selected',
  5: 'infrastructure or device unavailable: no blame on the driver',
  6: 'the driver crashed, hung or was contained',
  7: 'verification or signature failed',
  70: 'internal error: no blame on the driver',
};
const EXIT_ORDER: readonly number[] = [70, 2, 6, 1, 5, 3, 4, 0];

/** Causes in which the driver died or had to be stopped from outside. */
const CONTAINED = new Set(['crash', 'hang', 'unhandled-rejection']);

export type Counts = Record<VerdictWord, number>;

/**
 * `missing`: planned, and no verdict; `waived`, `warnings`: what blocks nothing. `waivedErrors` of
 * the waived are no fails: the device died as it is known to.
 */
export interface Summary {
  standing: 'CERTIFIED' | 'NOT CERTIFIED' | 'INCOMPLETE' | 'PASSED' | 'NOT PASSED';
  counts: Counts;
  columns: { driver: string; target: string; tier: Tier; counts: Counts; missing: number }[];
  missing: PlanEntry[];
  /** SHALL clauses that no target decided for a driver, or that the profile demands elsewhere. */
  uncovered: { clause: Clause; driver: string; target?: string }[];
  waived: number;
  waivedErrors: number;
  warnings: number;
  staleWaivers: number;
  exitCode: number;
}

export function summarise(document: ResultDocument): Summary {
  const { header, verdicts } = document;
  const clauses = clausesByAddress(header);
  const missing = missingEntries(document);
  const kinds = verdicts.map((verdict) => weigh(verdict, clauses, header));
  const waived = verdicts.filter((_, index) => kinds[index] === 'waived');
  const code = exitCode(document);
  return {
    standing: standing(document, missing.length > 0, code),
    counts: countVerdicts(verdicts),
    columns: countColumns(document, missing),
    missing,
    uncovered: uncoveredShalls(document),
    waived: waived.length,
    waivedErrors: waived.filter(({ verdict }) => verdict === 'error').length,
    warnings: kinds.filter((kind) => kind === 'warning').length,
    staleWaivers: kinds.filter((kind) => kind === 'stale-waiver').length,
    exitCode: code,
  };
}

/** The published exit code that the document deserves; a pure function of the records. */
export function exitCode(document: ResultDocument): number {
  const { header, verdicts, divergences, end } = document;
  const clauses = clausesByAddress(header);
  const applying = new Set<number>(
    verdicts.map((verdict) => codeOf(verdict, weigh(verdict, clauses, header))),
  );
  if (divergences.some((it) => !it.explained)) applying.add(EXIT.fail);
  if (!end || missingEntries(document).length > 0) applying.add(EXIT.infrastructure);
  if (header.mode !== 'diff' && header.plan.entries.length === 0) {
    applying.add(EXIT.nothingSelected);
  }
  if (header.mode === 'certify' && uncoveredShalls(document).length > 0) {
    applying.add(EXIT.inconclusive);
  }
  return EXIT_ORDER.find((code) => applying.has(code)) ?? EXIT.pass;
}

export function countVerdicts(verdicts: readonly Verdict[]): Counts {
  const counts = Object.fromEntries(VERDICTS.map((word) => [word, 0])) as Counts;
  for (const { verdict } of verdicts) counts[verdict] += 1;
  return counts;
}

export type Weight = 'plain' | 'warning' | 'waived' | 'stale-waiver';

/**
 * How much a verdict weighs. A fail is `waived` until the waiver's last day is over, and so is the
 * error of a device that died; a fail of a SHOULD or MAY is a `warning`, unless a rule was broken
 * or the driver died. A waiver on a clause that passes is `stale` and must go.
 */
export function weigh(
  verdict: Verdict,
  clauses: ReadonlyMap<string, Clause>,
  header: Header,
): Weight {
  if (verdict.waived && verdict.verdict === 'pass') return 'stale-waiver';
  if (verdict.verdict !== 'fail' && verdict.verdict !== 'error') return 'plain';
  if (verdict.waived && header.startedAt.slice(0, 10) <= verdict.waived.expires) return 'waived';
  if (verdict.verdict === 'error') return 'plain';
  const level = clauses.get(verdict.clause)?.level ?? 'shall';
  return level !== 'shall' && verdict.cause === 'expectation' ? 'warning' : 'plain';
}

export function clausesByAddress(header: Header): Map<string, Clause> {
  return new Map(header.clauses.map((clause) => [clause.address, clause]));
}

/** One key for what a plan entry and its verdict share. */
export function entryKey({ driver, target, clause }: PlanEntry | Verdict): string {
  return JSON.stringify([driver, target, clause]);
}

function codeOf(verdict: Verdict, weight: Weight): number {
  if (weight === 'stale-waiver') return EXIT.usage;
  if (weight !== 'plain') return EXIT.pass;
  if (verdict.verdict === 'fail') return CONTAINED.has(verdict.cause!) ? EXIT.crash : EXIT.fail;
  if (verdict.verdict === 'error') {
    return verdict.cause === 'ours' ? EXIT.internal : EXIT.infrastructure;
  }
  return verdict.verdict === 'inconclusive' ? EXIT.inconclusive : EXIT.pass;
}

function missingEntries({ header, verdicts }: ResultDocument): PlanEntry[] {
  const judged = new Set(verdicts.map(entryKey));
  return header.plan.entries.filter((entry) => !judged.has(entryKey(entry)));
}

function standing(document: ResultDocument, missing: boolean, code: number) {
  if (!document.end || missing) return 'INCOMPLETE';
  if (document.header.mode === 'certify') return code === EXIT.pass ? 'CERTIFIED' : 'NOT CERTIFIED';
  return code === EXIT.pass ? 'PASSED' : 'NOT PASSED';
}

function countColumns({ header, verdicts }: ResultDocument, missing: PlanEntry[]) {
  const tiers = new Map(header.targets.map(({ name, tier }) => [name, tier]));
  const pairs = new Map(
    header.plan.entries.map((it) => [JSON.stringify([it.driver, it.target]), it]),
  );
  return [...pairs.values()].map(({ driver, target }) => {
    const here = (it: PlanEntry | Verdict) => it.driver === driver && it.target === target;
    return {
      driver,
      target,
      tier: tiers.get(target) ?? 'simulated',
      counts: countVerdicts(verdicts.filter(here)),
      missing: missing.filter(here).length,
    };
  });
}

/** Absence is no pass: a SHALL counts as covered when some target said pass or fail. */
function uncoveredShalls({ header, verdicts }: ResultDocument): Summary['uncovered'] {
  const clauses = clausesByAddress(header);
  const words = new Map(verdicts.map((it) => [entryKey(it), it.verdict]));
  const decided = new Set<string>();
  for (const entry of header.plan.entries) {
    const word = words.get(entryKey(entry));
    if (word && ['pass', 'fail', 'not-applicable'].includes(word)) {
      decided.add(JSON.stringify([entry.driver, entry.clause]));
    }
  }
  const uncovered = new Map<string, Summary['uncovered'][number]>();
  for (const entry of header.plan.entries) {
    const clause = clauses.get(entry.clause);
    if (!clause || clause.level !== 'shall') continue;
    const { driver, target } = entry;
    const key = JSON.stringify([driver, entry.clause]);
    if (!decided.has(key)) uncovered.set(key, { clause, driver });
    else if (entry.required && words.get(entryKey(entry)) === 'not-run') {
      uncovered.set(entryKey(entry), { clause, driver, target });
    }
  }
  return [...uncovered.values()];
}
