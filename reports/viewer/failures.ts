/** One article per failure: everything that a driver's author needs, and nothing to look up. */
import { html, linkTo, placeId, scrolling, wording } from './html.ts';
import type { Children } from './html.ts';
import { journalWindow } from '../renderers/failure-text.ts';
import { capped, citation, virtualTime, visible } from '../renderers/text.ts';
import type { Weight } from '../summary.ts';
import type { Clause, Failure, JournalEntry, Tier, Verdict } from '../verdict.ts';

/** Beyond these a failure is a line that names its reproduce command. */
export const FAILURES_DETAILED_MAX = 200;
const LINES_MAX = 100;
const JOURNAL_ROWS_MAX = 40;
const KIND_LENGTH_MAX = 24;

export interface JudgedFailure {
  verdict: Verdict;
  clause: Clause;
  weight: Weight;
  tier: Tier | undefined;
}

export function failures(all: readonly JudgedFailure[]): Children {
  const rest = all.slice(FAILURES_DETAILED_MAX);
  return html`<div>
    ${all.slice(0, FAILURES_DETAILED_MAX).map(article)}
    ${rest.length > 0 && html`<h3>${rest.length} more</h3>`}
    ${rest.map(
      ({ verdict }) =>
        html`<div class="failure" data-f="f" id=${placeId(verdict)}>
          <code>${visible(verdict.clause)}</code> ${verdict.driver} on ${verdict.target}
          ${reproduce(verdict.failure?.reproduce ?? '')}
        </div>`,
    )}
  </div>`;
}

function article({ verdict, clause, weight, tier }: JudgedFailure): Children {
  const { failure } = verdict;
  const { word, kind } = wording(verdict.verdict, weight);
  const row = linkTo(placeId({ clause: verdict.clause, driver: verdict.driver }));
  const tags = [verdict.cause, clause.level, tier, ...blame(clause)];
  return html`<article
    class=${`failure ${kind === 'v' ? 'v' : ''}`}
    data-f="f"
    id=${placeId(verdict)}
  >
    <header>
      <span class=${kind}>${word}</span>
      <h3>
        <a href=${row}><code>${visible(verdict.clause)}</code></a>
      </h3>
      <span class="on">${visible(verdict.driver)} on <code>${visible(verdict.target)}</code></span>
      ${tags.map((tag) => tag && html`<span class="tag">${tag}</span>`)}
    </header>
    <p>${visible(clause.text)} <span class="soft">${citation(clause.cite)}</span></p>
    ${waiver(verdict)} ${verdict.reason !== undefined && html`<pre>${block(verdict.reason)}</pre>`}
    ${failure && evidence(failure)}
    <p class="soft">${trail(verdict)}</p>
    ${failure && reproduce(failure.reproduce)}
  </article>`;
}

function blame({ subject }: Clause): string[] {
  return subject === 'driver' ? [] : [`judges the ${subject}, not the driver`];
}

function waiver({ waived }: Verdict): Children {
  if (!waived) return null;
  const { owner, expires, issue } = waived;
  return html`<p>Waived until ${expires}, owner ${visible(owner)}: ${visible(issue)}</p>`;
}

function evidence(failure: Failure): Children {
  const { expected, seen, violations, counterexample, journal, stack } = failure;
  return html`<div>
    <h4>What happened</h4>
    <pre>${block(failure.message)}</pre>
    ${
      (expected !== undefined || seen !== undefined) &&
      html`<div class="two">
        <div>
          <h4>Expected</h4>
          <pre>${block(expected ?? '')}</pre>
        </div>
        <div>
          <h4>Seen</h4>
          <pre>${block(seen ?? '')}</pre>
        </div>
      </div>`
    }
    ${violations.length > 0 && html`<h4>Rules broken</h4>`}
    ${violations.map(
      (it) =>
        html`<div class="rule">
          <code>${visible(it.rule)}</code> ${visible(it.text)}
          <span class="soft"> ${citation(it.cite)}</span>
          <div>
            ${visible(it.detail)}
            <span class="soft"> (journal #${it.event}, ${virtualTime(it.timeNs)})</span>
          </div>
        </div>`,
    )}
    ${counterexample && sequence(counterexample)}
    ${journal.length > 0 && html`<h4>Journal around the first divergence</h4>`}
    ${journalTable(journal)}
    ${
      stack &&
      html`<h4>Where in the driver</h4>
        <pre>${block(stack.join('\n'))}</pre>`
    }
  </div>`;
}

function sequence(found: NonNullable<Failure['counterexample']>): Children {
  const { operations, faults, schedule, originalLength, shrinks } = found;
  const size = `${operations.length} of ${originalLength} operations, ${shrinks} shrinks`;
  const list = (title: string, lines: readonly string[]) =>
    lines.length > 0 &&
    html`<div>
      <h4>${title}</h4>
      <ol class="seq">
        ${capped(lines, LINES_MAX).map((it) => html`<li>${visible(it)}</li>`)}
      </ol>
    </div>`;
  return html`<div>
    ${list(`Shrunk sequence (${size})`, operations)}
    <div class="two">${list('Faults', faults)}${list('Schedule', schedule)}</div>
  </div>`;
}

/** Entries with register fields decoded; the first divergent one is marked. */
export function journalTable(journal: readonly JournalEntry[]): Children {
  if (journal.length === 0) return null;
  return scrolling(
    html`<table class="journal">
      <tbody>
        ${journalWindow(journal, JOURNAL_ROWS_MAX).map(
          (it) =>
            html`<tr class=${it.bad ? 'bad' : null}>
              <td class="n w">#${it.index}</td>
              <td class="n w">${virtualTime(it.timeNs)}</td>
              <td class="w">${visible(it.kind, KIND_LENGTH_MAX)}</td>
              <td>
                <b>${it.register !== undefined && visible(it.register)}</b> ${visible(it.text)}
              </td>
              <td>
                ${it.fields?.map(
                  ({ name, value, meaning }) =>
                    html`<span class="field"
                      ><b>${visible(name)}</b>
                      =${visible(value)}${meaning !== undefined && ` ${visible(meaning)}`}</span
                    > `,
                )}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

export function reproduce(command: string): Children {
  return html`<div>
    <h4>Reproduce</h4>
    <div class="run">
      <pre>${visible(command)}</pre>
      <button class="script" type="button" data-copy>copy</button>
    </div>
  </div>`;
}

function trail(verdict: Verdict): string {
  const { seed, failure, runs, operations, journalHash, virtualNs, attempts } = verdict;
  return [
    `seed ${visible(seed)}`,
    failure?.path !== undefined && `path ${visible(failure.path)}`,
    runs !== undefined && `${runs} runs`,
    operations !== undefined && `${operations} operations`,
    `${virtualTime(virtualNs)} of virtual time`,
    `journal ${visible(journalHash)}`,
    attempts && `earlier attempts: ${attempts.map((it) => it.verdict).join(', ')}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Several lines, each with its hidden characters shown. */
function block(text: string): string {
  return capped(text.split('\n'), LINES_MAX)
    .map((line) => visible(line))
    .join('\n');
}
