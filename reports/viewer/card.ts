/** The verdict card: what was judged, by what, and how it stands, tier by tier. */
import { html, scrolling, wording } from './html.ts';
import type { Children } from './html.ts';
import { shellLine, visible, wallTime } from '../renderers/text.ts';
import { EXIT_MEANING } from '../summary.ts';
import type { Summary } from '../summary.ts';
import type { ResultDocument, VerdictWord } from '../verdict.ts';
import { VERDICTS } from '../verdict.ts';

const WORDS: readonly (VerdictWord | 'missing')[] = [...VERDICTS, 'missing'];

export function card(document: ResultDocument, summary: Summary): Children {
  const { profile } = document.header;
  const mood = { PASSED: 'good', CERTIFIED: 'good', INCOMPLETE: 'open' } as Record<string, string>;
  const shape = { good: '✓', open: '…', bad: '✕' }[mood[summary.standing] ?? 'bad'];
  const named = profile && html`<span>${visible(`${profile.id} ${profile.version}`)}</span>`;
  return html`<div class=${`card ${mood[summary.standing] ?? 'bad'}`}>
    <h1>${shape} ${summary.standing} ${named}</h1>
    <p>${sentence(document, summary)}</p>
    ${columns(summary)}
    <dl>
      ${facts(document, summary).map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
  </div>`;
}

/** What a reader in a hurry must know. */
function sentence({ verdicts, divergences, end }: ResultDocument, summary: Summary): string {
  const { counts, uncovered, missing, waived, waivedErrors, warnings } = summary;
  const open = divergences.filter((it) => !it.explained).length;
  const parts = [
    counted(counts.fail - (waived - waivedErrors) - warnings, 'failure'),
    counted(uncovered.length, 'SHALL clause', 'without a decision'),
    counted(missing.length, 'planned verdict', 'missing'),
    counted(counts.error - waivedErrors, 'error'),
    counted(counts.inconclusive, 'inconclusive verdict'),
    counted(open, 'unexplained divergence', 'between targets'),
    counted(waived, 'waived verdict'),
    counted(warnings, 'warning'),
    counted(summary.staleWaivers, 'stale waiver'),
  ].filter((it) => it !== '');
  const cut = end ? '' : 'The run did not finish; what it had judged is here. ';
  if (parts.length === 0) return `${cut}All ${verdicts.length} verdicts in order.`;
  return `${cut}${parts.join(', ')} among ${counted(verdicts.length, 'verdict')}.`;
}

function counted(count: number, noun: string, rest = ''): string {
  if (count === 0) return '';
  return `${count} ${noun}${count === 1 ? '' : 's'}${rest && ` ${rest}`}`;
}

/** One row per driver and target: tiers never share a figure. */
function columns(summary: Summary): Children {
  if (summary.columns.length === 0) return null;
  const rows = summary.columns.map((it) => ({ ...it, all: { ...it.counts, missing: it.missing } }));
  const used = WORDS.filter((word) => rows.some(({ all }) => all[word] > 0));
  return scrolling(
    html`<table>
      <thead>
        <tr>
          <th scope="col">Driver</th>
          <th scope="col">Target</th>
          <th scope="col">Tier</th>
          <th></th>
          ${used.map((word) => html`<th scope="col" class="n">${word}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ driver, target, tier, all }) =>
            html`<tr>
              <th scope="row" class="w">${visible(driver)}</th>
              <td class="w"><code>${visible(target)}</code></td>
              <td class="w">${tier}</td>
              <td>
                <div class="mix" aria-hidden="true">
                  ${used.map(
                    (word) =>
                      all[word] > 0 &&
                      html`<i class=${wording(word).kind} style=${`flex:${all[word]}`}></i>`,
                  )}
                </div>
              </td>
              ${used.map((word) => html`<td class="n">${all[word] || '·'}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

function facts({ header, end }: ResultDocument, summary: Summary): [string, Children][] {
  const { profile, tool } = header;
  const code = (text: string) => html`<code>${visible(text)}</code>`;
  const drivers = header.drivers.map(
    (it) => html`<div>${visible(`${it.id} ${it.version}, ${it.class}`)} ${code(it.digest)}</div>`,
  );
  const rows: [string, Children][] = [
    [header.drivers.length === 1 ? 'Driver' : 'Drivers', drivers],
    ['Tiers', [...new Set(header.targets.map((it) => it.tier))].join(', ')],
    ['Command', code(shellLine(header.command))],
    ['Seed', code(header.seed)],
    ['Plan', html`${code(header.plan.hash)} (${header.plan.entries.length} verdicts planned)`],
    ['Tool', visible(`${tool.name} ${tool.version}`)],
    ['Started', html`<time datetime=${header.startedAt}>${dateTime(header.startedAt)}</time>`],
    ['Took', end ? wallTime(end.wallMs) : 'cut off before the end'],
    ['Exit code', `${summary.exitCode} (${EXIT_MEANING[summary.exitCode]})`],
  ];
  if (profile) {
    const { id, version, digest } = profile;
    rows.unshift(['Profile', html`${visible(`${id} ${version}`)} ${code(digest)}`]);
  }
  return rows;
}

/** `2026-11-22T12:00:00Z` -> `2026-11-22 12:00:00 UTC`. */
function dateTime(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
