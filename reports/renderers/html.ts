/**
 * The report as one HTML file: no network, opens from disk, dark and light, prints, and says
 * everything without scripts.
 */
import { createHash } from 'node:crypto';
import { renderToString } from 'preact-render-to-string';
import { unknownClause, visible } from './text.ts';
import { clausesByAddress, summarise, weigh } from '../summary.ts';
import type { ResultDocument } from '../verdict.ts';
import {
  divergenceArticles,
  environment,
  exclusionTable,
  gapTable,
  ruleTable,
} from '../viewer/appendix.ts';
import { card } from '../viewer/card.ts';
import { coverageTables } from '../viewer/coverage.ts';
import { failures } from '../viewer/failures.ts';
import type { JudgedFailure } from '../viewer/failures.ts';
import { html, section } from '../viewer/html.ts';
import type { Children } from '../viewer/html.ts';
import { matrices, uncoveredTable } from '../viewer/matrix.ts';
import { hasPicture, pictures } from '../viewer/pictures.ts';
import { SCRIPT } from '../viewer/script.ts';
import { STYLE } from '../viewer/style.ts';

/** Even if something slipped through escaping, the page runs our script and fetches nothing. */
const POLICY =
  `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; ` +
  `script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'`;

interface Part {
  id: string;
  title: string;
  count: Children;
  body: Children;
}

export function renderHtml(document: ResultDocument): string {
  const summary = summarise(document);
  const parts = partsOf(document);
  const { profile, drivers } = document.header;
  const subject = visible(profile?.id ?? drivers.map((it) => it.id).join(', '));
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width,initial-scale=1" />
      <meta http-equiv="Content-Security-Policy" content=${POLICY} />
      <title>${`${summary.standing}: ${subject}`}</title>
      <style dangerouslySetInnerHTML=${{ __html: STYLE }} />
    </head>
    <body>
      <div class="bar">
        <div>
          <b>driver-dyno</b>
          <nav>${parts.map((it) => html`<a href=${`#${it.id}`}>${it.id}</a>`)}</nav>
          <span class="script soft" id="found" role="status"></span>
          <input
            class="script"
            type="search"
            id="search"
            placeholder="Filter ( / )"
            aria-label="Filter"
          />
          <label class="script"><input type="checkbox" id="only" /> not passed</label>
          <button class="script" type="button" id="theme">Dark / light</button>
        </div>
      </div>
      <main>
        ${card(document, summary)} ${parts.map((it) => section(it.id, it.title, it.count, it.body))}
        <footer>
          Citations marked "from a secondary source" were not checked against the document itself.
        </footer>
      </main>
      <script dangerouslySetInnerHTML=${{ __html: SCRIPT }} />
    </body>
  </html>`;
  // HTML lets these end tags be left out; in a large matrix they weigh six per cent.
  const markup = renderToString(page).replace(/<\/(?:td|th|tr)>/g, '');
  return `<!doctype html>\n${markup}\n`;
}

/** Only what has something to show, the most urgent first. */
function partsOf(document: ResultDocument): Part[] {
  const { header, divergences, coverage } = document;
  const summary = summarise(document);
  const failed = judgedFailures(document);
  const pictured = document.verdicts.filter(hasPicture);
  const gaps = gapTable(document);
  const exclusions = exclusionTable(document);
  const part = (id: string, title: string, count: number, body: () => Children): Part[] =>
    count === 0 ? [] : [{ id, title, count, body: body() }];
  return [
    ...part('uncovered', 'Uncovered SHALLs', summary.uncovered.length, () =>
      uncoveredTable(summary, document),
    ),
    ...part('failures', 'Failures', failed.length, () => failures(failed)),
    ...part('requirements', 'Requirements', header.plan.entries.length, () => matrices(document)),
    ...part('pictures', 'Pictures', pictured.length, () => pictures(pictured)),
    ...part('divergences', 'Divergences', divergences.length, () =>
      divergenceArticles(divergences),
    ),
    ...part('coverage', 'Register coverage', coverage.length, () => coverageTables(coverage)),
    ...part('limitations', 'Limitations touched', gaps.rows, () => gaps.table),
    ...part('rules', 'Rules', header.rules.length, () => ruleTable(document)),
    ...part('exclusions', 'Exclusions', exclusions.rows, () => exclusions.table),
    { id: 'environment', title: 'Environment', count: '', body: environment(header) },
  ];
}

/** What blocks comes before what is waived or a warning. */
function judgedFailures({ header, verdicts }: ResultDocument): JudgedFailure[] {
  const clauses = clausesByAddress(header);
  const tiers = new Map(header.targets.map(({ name, tier }) => [name, tier]));
  const all = verdicts
    .map((verdict) => ({
      verdict,
      clause: clauses.get(verdict.clause) ?? unknownClause(verdict),
      weight: weigh(verdict, clauses, header),
      tier: tiers.get(verdict.target),
    }))
    .filter(({ verdict, weight }) => verdict.verdict === 'fail' || weight === 'waived');
  const blocks = (it: JudgedFailure) => it.weight === 'plain';
  return [...all.filter(blocks), ...all.filter((it) => !blocks(it))];
}
