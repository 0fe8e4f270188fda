/** A Markdown summary for a job page: the verdict, the failures, what was not covered. */
import { divergenceLines, failureLines } from './failure-text.ts';
import { citation, shellLine, unknownClause, visible } from './text.ts';
import { clausesByAddress, summarise, weigh } from '../summary.ts';
import type { Summary } from '../summary.ts';
import type { Clause, ResultDocument, Verdict } from '../verdict.ts';
import { VERDICTS } from '../verdict.ts';

/** GitHub refuses a job summary over 1024 KiB and shows nothing at all then. */
export const MARKDOWN_BYTES_MAX = 900_000;

/** Blocks in order of importance; what does not fit is cut with a line that says so. */
export function renderMarkdown(document: ResultDocument): string {
  const summary = summarise(document);
  const clauses = clausesByAddress(document.header);
  const lookUp = (it: Verdict) => clauses.get(it.clause) ?? unknownClause(it);
  const weightOf = (it: Verdict) => weigh(it, clauses, document.header);
  const blocking = document.verdicts.filter(
    (it) => it.verdict === 'fail' && weightOf(it) === 'plain',
  );
  const harmless = document.verdicts.filter((it) => ['waived', 'warning'].includes(weightOf(it)));
  const undecided = document.verdicts.filter(
    (it) => ['inconclusive', 'error', 'not-run'].includes(it.verdict) && weightOf(it) !== 'waived',
  );
  return joinWithin(MARKDOWN_BYTES_MAX, [
    card(document, summary),
    countsTable(summary),
    ...titled(
      `Failures (${blocking.length})`,
      blocking.map((it) => failure(it, lookUp(it))),
    ),
    ...uncovered(summary),
    ...titled(
      `Divergences between targets (${document.divergences.length})`,
      document.divergences.map((it) =>
        folded(`${it.device}: ${it.targets.join(', ')}`, divergenceLines(it)),
      ),
    ),
    ...titled(`Waived and warnings (${harmless.length})`, [
      harmless.map((it) => `- ${weightOf(it)}: ${place(it)}${waiver(it)}`).join('\n'),
    ]),
    ...titled(`Without a decision (${undecided.length})`, [
      undecided.map((it) => `- ${it.verdict}: ${place(it)}: ${inline(it.reason ?? '')}`).join('\n'),
    ]),
  ]);
}

function card({ header, end }: ResultDocument, summary: Summary): string {
  const { profile } = header;
  const named = profile ? ` ${inline(`${profile.id} ${profile.version}`)}` : '';
  const drivers = header.drivers.map((it) => `${it.id} ${it.version} (${it.digest})`).join(', ');
  return [
    `# ${summary.standing}${named}`,
    '',
    `- Driver: ${inline(drivers)}`,
    `- Command: ${code(shellLine(header.command))}`,
    `- Seed ${code(header.seed)}, plan ${code(header.plan.hash)}, ${inline(header.startedAt)}, ` +
      `${inline(`${header.tool.name} ${header.tool.version}`)}, exit code ${summary.exitCode}`,
    ...(end ? [] : ['- **The run did not finish: this report holds what it had judged.**']),
    ...(summary.missing.length > 0 ? [`- Planned, no verdict: ${summary.missing.length}`] : []),
  ].join('\n');
}

/** One row per driver and target, so that tiers never share a figure. */
function countsTable(summary: Summary): string {
  const words = VERDICTS.filter((word) => summary.counts[word] > 0);
  const head = ['driver', 'target', 'tier', ...words, 'missing'];
  const rows = summary.columns.map((it) => [
    inline(it.driver),
    inline(it.target),
    it.tier,
    ...words.map((word) => String(it.counts[word])),
    String(it.missing),
  ]);
  return table([head, head.map((_, index) => (index < 3 ? '---' : '---:')), ...rows]);
}

function failure(verdict: Verdict, clause: Clause): string {
  const title = `${clause.address}: ${verdict.driver} on ${verdict.target}`;
  return folded(title, failureLines(verdict, clause));
}

function uncovered(summary: Summary): string[] {
  if (summary.uncovered.length === 0) return [];
  const rows = summary.uncovered.map(({ clause, driver, target }) => [
    code(clause.address),
    inline(driver),
    inline(target ?? 'any target'),
    inline(clause.text),
    inline(citation(clause.cite)),
  ]);
  const head = ['clause', 'driver', 'must run on', 'text', 'citation'];
  const title = `Uncovered SHALL clauses (${rows.length}): absence is no pass`;
  return titled(title, [table([head, head.map(() => '---'), ...rows])]);
}

function waiver({ waived }: Verdict): string {
  if (!waived) return '';
  return inline(`, until ${waived.expires}, owner ${waived.owner}, ${waived.issue}`);
}

function place({ clause, driver, target }: Verdict): string {
  return `${code(clause)} (${inline(driver)} on ${inline(target)})`;
}

function titled(title: string, blocks: string[]): string[] {
  const filled = blocks.filter((block) => block !== '');
  return filled.length === 0 ? [] : [`## ${title}`, ...filled];
}

function folded(title: string, lines: string[]): string {
  const runs = [...lines.join('\n').matchAll(/`+/g)].map(([run]) => run.length);
  const longest = Math.max(2, ...runs);
  const fence = '`'.repeat(longest + 1);
  const summary = `<summary>${code(title)}</summary>`;
  return `<details open>${summary}\n\n${fence}text\n${lines.join('\n')}\n${fence}\n\n</details>`;
}

function table(rows: string[][]): string {
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `<code>${inline(text)}</code>`;
}

/** Text that neither Markdown nor HTML nor a table takes for markup. */
function inline(text: string): string {
  return escapeHtml(visible(text)).replace(/[\\`*_[\]|#~]/g, (it) => `&#${it.charCodeAt(0)};`);
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function joinWithin(bytesMax: number, blocks: string[]): string {
  const reserve = 200;
  let text = '';
  let bytes = 0;
  for (const [index, block] of blocks.entries()) {
    const size = Buffer.byteLength(block) + 2;
    if (bytes + size > bytesMax - reserve) {
      const left = blocks.length - index;
      return `${text}_Cut here: ${left} more blocks; report.html holds everything._\n`;
    }
    text += `${block}\n\n`;
    bytes += size;
  }
  return text;
}
