/**
 * JUnit XML. No specification exists; what readers show decides: GitLab takes `classname` for the
 * suite and shows the failure's text body only, so the body holds everything.
 */
import { divergenceLines, failureLines } from './failure-text.ts';
import { clauseId, unknownClause, visible } from './text.ts';
import { clausesByAddress, summarise, weigh } from '../summary.ts';
import type { Clause, Divergence, PlanEntry, ResultDocument, Verdict } from '../verdict.ts';

interface TestCase {
  suite: string;
  name: string;
  seconds: number;
  outcome?: { kind: 'failure' | 'error' | 'skipped'; type: string; message: string; body: string };
}

/** Waived fails and warnings are skipped with their text: they block nothing. */
export function renderJunit(document: ResultDocument): string {
  const { header } = document;
  const clauses = clausesByAddress(header);
  const lookUp = (it: Verdict | PlanEntry) => clauses.get(it.clause) ?? unknownClause(it);
  const suites = new Map<string, TestCase[]>();
  const add = (test: TestCase) => {
    suites.set(test.suite, [...(suites.get(test.suite) ?? []), test]);
  };
  for (const verdict of document.verdicts) {
    add(verdictCase(verdict, lookUp(verdict), weigh(verdict, clauses, header)));
  }
  for (const entry of summarise(document).missing) add(missingCase(entry, lookUp(entry)));
  for (const divergence of document.divergences) add(divergenceCase(divergence));

  const all = [...suites.values()].flat();
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: 'driver-dyno', ...totals(all) })}>`,
    ...[...suites].flatMap(([name, tests]) => [
      `<testsuite ${attributes({ name, ...totals(tests), timestamp: header.startedAt })}>`,
      ...tests.map(testElement),
      '</testsuite>',
    ]),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function verdictCase(verdict: Verdict, clause: Clause, weight: ReturnType<typeof weigh>): TestCase {
  const test = { ...caseName(verdict, clause), seconds: verdict.wallMs / 1000 };
  if (verdict.verdict === 'pass') return test;
  const body = failureLines(verdict, clause).join('\n');
  const message = verdict.failure?.message ?? verdict.reason ?? '';
  if (weight === 'waived' || weight === 'warning') {
    const prefix = weight === 'waived' ? waiverText(verdict) : 'warning: ';
    return { ...test, outcome: { kind: 'skipped', type: weight, message: prefix + message, body } };
  }
  const kind = { fail: 'failure', inconclusive: 'error', error: 'error' } as const;
  const word = verdict.verdict as keyof typeof kind;
  const type = verdict.cause ?? verdict.verdict;
  return { ...test, outcome: { kind: kind[word] ?? 'skipped', type, message, body } };
}

function waiverText({ waived }: Verdict): string {
  return waived ? `waived by ${waived.owner} until ${waived.expires}, ${waived.issue}: ` : '';
}

function missingCase(entry: PlanEntry, clause: Clause): TestCase {
  const message = 'planned, but without a verdict: the run did not finish';
  const outcome = { kind: 'error', type: 'missing', message, body: message } as const;
  return { ...caseName(entry, clause), seconds: 0, outcome };
}

function divergenceCase(divergence: Divergence): TestCase {
  const { device, targets, step, explained } = divergence;
  const name = `[${device}] ${targets[0]} and ${targets[1]} answer alike`;
  const body = divergenceLines(divergence).join('\n');
  const message = explained ? `explained: ${explained.why}` : `they differ at step ${step + 1}`;
  const kind = explained ? 'skipped' : 'failure';
  const outcome = { kind, type: 'divergence', message, body } as const;
  return { suite: `divergences/${device}`, name, seconds: 0, outcome };
}

/** Readers tell tests apart by suite and name, so the suite names driver and target too. */
function caseName(it: Verdict | PlanEntry, clause: Clause): { suite: string; name: string } {
  const suite = `${clause.suite} (${it.driver} on ${it.target})`;
  return { suite, name: `[${clauseId(clause)}] ${clause.text}` };
}

function totals(tests: readonly TestCase[]) {
  const having = (kind: string) => String(tests.filter((it) => it.outcome?.kind === kind).length);
  return {
    tests: String(tests.length),
    failures: having('failure'),
    errors: having('error'),
    skipped: having('skipped'),
    time: tests.reduce((sum, it) => sum + it.seconds, 0).toFixed(3),
  };
}

function testElement({ suite, name, seconds, outcome }: TestCase): string {
  const head = `<testcase ${attributes({ classname: suite, name, time: seconds.toFixed(3) })}`;
  if (!outcome) return `${head}/>`;
  const { kind, type, message, body } = outcome;
  const open = `<${kind} ${attributes({ type, message })}>`;
  return `${head}>${open}${escape(body)}</${kind}></testcase>`;
}

function attributes(values: Record<string, string>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escape(visible(value))}"`)
    .join(' ');
}

/** `text` is already free of what XML 1.0 forbids: see `visible`. */
function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
