/** Divergences between targets, gaps touched, rules armed, exclusions, environment. */
import { html, scrolling } from './html.ts';
import type { Children } from './html.ts';
import { journalTable, reproduce } from './failures.ts';
import { capped, citation, visible } from '../renderers/text.ts';
import type { Divergence, Gap, Header, ResultDocument } from '../verdict.ts';

const SEQUENCE_LINES_MAX = 100;

const GAP_MEANING: Record<Gap, string> = {
  reserved: 'the standard forbids it: the driver is at fault',
  unimplemented: 'the standard defines it, our model does not',
  undocumented: 'no document says what happens',
  limitation: 'we chose not to model it',
};

export function divergenceArticles(divergences: readonly Divergence[]): Children {
  return html`<div>
    <p class="soft">A divergence is a verdict on the device, never on a driver.</p>
    ${divergences.map(divergenceArticle)}
  </div>`;
}

function divergenceArticle(divergence: Divergence): Children {
  const { device, targets, step, answers, sequence, journals, explained } = divergence;
  return html`<article class=${`failure ${explained ? 'v' : ''}`} data-f="f">
    <header>
      <span class=${explained ? 'v' : 'f'}>${explained ? 'explained' : 'diverges'}</span>
      <h3>${visible(device)}</h3>
      <span class="on">at step ${step + 1}</span>
    </header>
    ${
      explained &&
      html`<p>
        <code>${visible(explained.id)}</code> ${visible(explained.why)}
        <span class="soft"> ${citation(explained.cite)}</span>
      </p>`
    }
    <h4>Sequence</h4>
    <ol class="seq">
      ${capped(sequence, SEQUENCE_LINES_MAX).map((it) => html`<li>${visible(it)}</li>`)}
    </ol>
    <div class="two">
      ${targets.map(
        (target, index) =>
          html`<div>
            <h4 class="name">${visible(target)}</h4>
            <pre>${visible(answers[index]!)}</pre>
            ${journalTable(journals[index]!)}
          </div>`,
      )}
    </div>
    ${reproduce(divergence.reproduce)}
  </article>`;
}

/** The four kinds of gap that the run touched, summed over its verdicts. */
export function gapTable({ verdicts }: ResultDocument): { rows: number; table: Children } {
  const gaps = new Map<string, { word: Gap; where: string; text: string; count: number }>();
  for (const { limitations } of verdicts) {
    for (const it of limitations) {
      const key = JSON.stringify([it.word, it.where, it.text]);
      gaps.set(key, { ...it, count: it.count + (gaps.get(key)?.count ?? 0) });
    }
  }
  const body = [...gaps.values()].map((it) => [
    html`<b>${it.word}</b> <small class="soft">${GAP_MEANING[it.word]}</small>`,
    html`<code>${visible(it.where)}</code>`,
    visible(it.text),
    it.count,
  ]);
  return { rows: gaps.size, table: simpleTable(['Gap', 'Where', 'What', 'Times'], body) };
}

export function ruleTable({ header, coverage }: ResultDocument): Children {
  const armed = new Map<string, number>();
  for (const { rulesArmed } of coverage) {
    for (const { id, count } of rulesArmed) armed.set(id, (armed.get(id) ?? 0) + count);
  }
  const body = header.rules.map((it) => [
    html`<code>${visible(it.id)}</code>`,
    html`${visible(it.text)} <span class="soft">${citation(it.cite)}</span>`,
    armed.get(it.id) ?? html`<span class="n0">never armed</span>`,
  ]);
  return simpleTable(['Rule', 'What it demands', 'Times armed'], body);
}

export function exclusionTable({ coverage }: ResultDocument): { rows: number; table: Children } {
  const body = coverage.flatMap(({ target, device, exclusions }) =>
    exclusions.map((it) => [
      visible(it.test),
      html`<code>${visible(`${device} ${it.register}`)}</code>`,
      visible(target),
      visible(it.reason),
    ]),
  );
  return { rows: body.length, table: simpleTable(['Test', 'Register', 'Target', 'Reason'], body) };
}

export function environment({ environment: it, targets, drivers }: Header): Children {
  const pairs = (record: Record<string, unknown>) =>
    Object.entries(record)
      .map(([name, value]) => visible(`${name} ${String(value)}`))
      .join(', ');
  return html`<div>
    <dl>
      <dt>Node</dt>
      <dd>${visible(it.node)}</dd>
      <dt>Machine</dt>
      <dd>${visible([it.platform, it.arch, it.cpus].filter(Boolean).join(', '))}</dd>
    </dl>
    ${simpleTable(
      ['Target', 'Tier', 'Identity', 'Offers'],
      targets.map((target) => [
        html`<code>${visible(target.name)}</code>`,
        target.tier,
        pairs(target.identity),
        visible(target.offers.join(', ')),
      ]),
    )}
    ${simpleTable(
      ['Driver', 'Declares (ICS)'],
      drivers.map((driver) => [visible(driver.id), pairs(driver.ics)]),
    )}
  </div>`;
}

function simpleTable(head: readonly string[], body: Children[][]): Children {
  return scrolling(
    html`<table>
      <thead>
        <tr>
          ${head.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${body.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}
