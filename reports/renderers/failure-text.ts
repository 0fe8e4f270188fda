/** A failure as plain lines, the same on the console, in JUnit and in Markdown. */
import { capped, citation, virtualTime, visible, visibleLines } from './text.ts';
import type { Clause, Divergence, Failure, JournalEntry, Verdict } from '../verdict.ts';

export const SEQUENCE_LINES_MAX = 12;
const JOURNAL_LINES_MAX = 12;
const VALUE_LINES_MAX = 12;
const SCENARIO_LINES_MAX = 60;

/** Nothing here wraps or colours: each string is one line without control characters. */
export function failureLines(verdict: Verdict, clause: Clause): string[] {
  const { failure } = verdict;
  const cause = verdict.cause ? ` (${verdict.cause})` : '';
  const whose = clause.subject === 'driver' ? [] : [`  Judges:    the ${clause.subject}`];
  const lines = [
    `${verdict.verdict.toUpperCase()} ${clause.address}: ${verdict.driver} on ${verdict.target}${cause}`,
    ...labelled('Clause', `${clause.level.toUpperCase()} ${clause.text}`),
    ...labelled('Cite', citation(clause.cite)),
    ...whose,
    ...labelled('Reason', verdict.reason),
  ];
  if (!failure) return [...lines.map((line) => visible(line)), ...seedLines(verdict)];
  return [
    ...lines.map((line) => visible(line)),
    ...labelled('Message', failure.message),
    ...labelled('Expected', failure.expected),
    ...labelled('Seen', failure.seen),
    ...violationLines(failure),
    ...sequenceLines(failure),
    ...section('Stack', failure.stack ?? [], SEQUENCE_LINES_MAX),
    ...section('Journal', journalLines(failure.journal), JOURNAL_LINES_MAX + 1),
    ...seedLines(verdict),
    ...labelled('Reproduce', failure.reproduce),
    ...labelled('Explain', `${invocation(failure)} explain ${clause.address}`),
  ];
}

/** What the search found: the scenario, what is wrong with it, and how to see it again. */
export function findingLines(
  title: string,
  scenario: readonly string[],
  failure: Failure,
): string[] {
  return [
    visible(title),
    ...labelled('Message', failure.message),
    ...labelled('Expected', failure.expected),
    ...labelled('Seen', failure.seen),
    ...violationLines(failure),
    ...section('Scenario', scenario, SCENARIO_LINES_MAX),
    ...section('Stack', failure.stack ?? [], SEQUENCE_LINES_MAX),
    ...section('Journal', journalLines(failure.journal), JOURNAL_LINES_MAX + 1),
    ...labelled('Reproduce', failure.reproduce),
  ];
}

/** How the user started the command: as the reproduce line does. */
function invocation({ reproduce }: NonNullable<Verdict['failure']>): string {
  // `npm run` has the verb's name too.
  return /^(npm run dyno --|.+?) run /.exec(reproduce)?.[1] ?? 'dyno';
}

/** The same for two targets that answered differently. */
export function divergenceLines(divergence: Divergence): string[] {
  const { device, targets, step, answers, sequence, journals, explained } = divergence;
  return [
    visible(`DIVERGENCE of ${device}: ${targets[0]} and ${targets[1]} at step ${step + 1}`),
    ...labelled(targets[0], answers[0]),
    ...labelled(targets[1], answers[1]),
    ...section('Sequence', numbered(sequence), SEQUENCE_LINES_MAX),
    ...section(`Journal of ${targets[0]}`, journalLines(journals[0]), JOURNAL_LINES_MAX + 1),
    ...section(`Journal of ${targets[1]}`, journalLines(journals[1]), JOURNAL_LINES_MAX + 1),
    ...(explained
      ? labelled('Explained', `${explained.id}: ${explained.why} ${citation(explained.cite)}`)
      : []),
    ...labelled('Seed', divergence.seed),
    ...labelled('Reproduce', divergence.reproduce),
  ];
}

/** Entries as lines, `>` before the first that is bad; the window around it when there are many. */
function journalLines(journal: readonly JournalEntry[]): string[] {
  return journalWindow(journal, JOURNAL_LINES_MAX).map((entry) => {
    const register = entry.register === undefined ? '' : ` ${entry.register}`;
    const head = `${entry.bad ? '>' : ' '} #${entry.index} ${virtualTime(entry.timeNs)}`;
    return `${head}  ${entry.kind}${register} ${entry.text}${fieldText(entry)}`;
  });
}

/** At most `max` entries, the first bad one among them with two thirds before it. */
export function journalWindow(journal: readonly JournalEntry[], max: number): JournalEntry[] {
  const bad = journal.findIndex((entry) => entry.bad);
  const focus = bad < 0 ? journal.length - 1 : bad;
  const before = Math.floor((max * 2) / 3);
  const start = Math.max(0, Math.min(focus - before, journal.length - max));
  return journal.slice(start, start + max);
}

function fieldText({ fields }: JournalEntry): string {
  if (!fields || fields.length === 0) return '';
  const texts = fields.map(({ name, value, meaning }) =>
    meaning === undefined ? `${name}=${value}` : `${name}=${value} (${meaning})`,
  );
  return `  [${texts.join(', ')}]`;
}

function violationLines({ violations }: NonNullable<Verdict['failure']>): string[] {
  return violations.flatMap((it) => [
    ...labelled('Rule', `${it.rule}: ${it.text}`),
    ...labelled('', citation(it.cite)),
    ...labelled('', `${it.detail} (journal #${it.event}, ${virtualTime(it.timeNs)})`),
  ]);
}

function sequenceLines({ counterexample }: NonNullable<Verdict['failure']>): string[] {
  if (!counterexample) return [];
  const { operations, faults, schedule, shrinks, originalLength } = counterexample;
  const size = `${operations.length} of ${originalLength} operations, ${shrinks} shrinks`;
  return [
    ...section(`Sequence (${size})`, numbered(operations), SEQUENCE_LINES_MAX),
    ...section('Faults', faults, SEQUENCE_LINES_MAX),
    ...section('Schedule', schedule, SEQUENCE_LINES_MAX),
  ];
}

function seedLines({ seed, failure }: Verdict): string[] {
  return labelled('Seed', failure?.path === undefined ? seed : `${seed}, path ${failure.path}`);
}

function numbered(lines: readonly string[]): string[] {
  return lines.map((line, index) => `${index + 1}. ${line}`);
}

function section(title: string, lines: readonly string[], max: number): string[] {
  if (lines.length === 0) return [];
  return [`  ${visible(title)}:`, ...capped(lines, max).map((line) => `    ${visible(line)}`)];
}

function labelled(label: string, text: string | undefined): string[] {
  if (text === undefined) return [];
  const lines = visibleLines(text, VALUE_LINES_MAX);
  const head = label === '' ? '' : `${visible(label)}:`;
  return lines.map((line, index) => `  ${(index === 0 ? head : '').padEnd(10)} ${line}`);
}
