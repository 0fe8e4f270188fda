/** The requirement matrix of each driver: its clauses down, its targets across. */
import { html, linkTo, placeId, scrolling, wording } from './html.ts';
import type { Children } from './html.ts';
import { citation, clauseId, unknownClause, visible } from '../renderers/text.ts';
import { clausesByAddress, entryKey, weigh } from '../summary.ts';
import type { Summary, Weight } from '../summary.ts';
import type { Citation, Clause, Header, ResultDocument, Verdict } from '../verdict.ts';

interface Cell {
  word: Verdict['verdict'] | 'missing';
  weight: Weight;
  reason: string | undefined;
}

type CellOf = (driver: string, target: string, clause: string) => Cell | undefined;

export function matrices(document: ResultDocument): Children {
  const { header } = document;
  const cellOf = cells(document);
  const drivers = [...new Set(header.plan.entries.map((it) => it.driver))];
  return html`<div>${drivers.map((driver) => matrix(header, driver, cellOf))}</div>`;
}

function matrix(header: Header, driver: string, cellOf: CellOf): Children {
  const entries = header.plan.entries.filter((it) => it.driver === driver);
  const targets = [...new Set(entries.map((it) => it.target))];
  const planned = new Set(entries.map((it) => it.clause));
  const known = header.clauses.filter((it) => planned.has(it.address));
  for (const { address } of known) planned.delete(address);
  const clauses = [...known, ...[...planned].map((clause) => unknownClause({ clause }))];
  const suites = Map.groupBy(clauses, (it) => it.suite);
  const tier = (name: string) => header.targets.find((it) => it.name === name)?.tier;
  return html`<h3>${visible(driver)}</h3>
    ${scrolling(
      html`<table class="matrix">
        <thead>
          <tr>
            <th scope="col">Clause</th>
            <th scope="col">Level</th>
            ${targets.map((it) => html`<th scope="col"><b>${visible(it)}</b>${tier(it)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${[...suites].map(([suite, members]) => [
            suiteRow(suite, members, targets.length + 2),
            ...members.map((clause) => row(clause, members, { driver, targets, cellOf })),
          ])}
        </tbody>
      </table>`,
    )}` as Children;
}

function suiteRow(suite: string, members: readonly Clause[], columns: number): Children {
  const documents = [...new Set(members.map(({ cite }) => citation(common(cite, members))))];
  return html`<tr class="suite">
    <th colspan=${columns} scope="rowgroup">
      ${visible(suite)}<span>${documents.join('; ')}</span>
    </th>
  </tr>`;
}

function row(
  clause: Clause,
  members: readonly Clause[],
  { driver, targets, cellOf }: { driver: string; targets: string[]; cellOf: CellOf },
): Children {
  const { address, cite, text, level } = clause;
  const section = common(cite, members).section === undefined ? cite.section : undefined;
  const found = targets.map((target) => ({ target, cell: cellOf(driver, target, address) }));
  const passes = found.every(({ cell }) => !cell || cell.word === 'pass');
  return html`<tr id=${placeId({ clause: address, driver })} data-f=${passes ? null : 'f'}>
    <th>
      <code>${visible(clauseId(clause))}</code> ${visible(text)}
      ${section !== undefined && html`<small>${visible(section)}</small>`}
    </th>
    <td>${level}</td>
    ${found.map(({ target, cell }) => cellElement({ clause: address, driver, target }, cell))}
  </tr>`;
}

/** What a whole suite cites alike stands in its heading only. */
function common(cite: Citation, members: readonly Clause[]): Citation {
  return members.every((it) => it.cite.section === cite.section)
    ? cite
    : { ...cite, section: undefined };
}

/** A fail has its place among the failures; a pass needs none but its row. */
function cellElement(
  place: { clause: string; driver: string; target: string },
  cell: Cell | undefined,
): Children {
  if (!cell) return html`<td></td>`;
  const { word, kind } = wording(cell.word, cell.weight);
  if (cell.word === 'pass') return html`<td class=${kind}>${word}</td>`;
  const id = placeId(place);
  if (cell.word === 'fail') {
    return html`<td>
      <span class=${kind}><a href=${linkTo(id)}>${word}</a></span>
    </td>`;
  }
  const reason = cell.reason !== undefined && html`<small>${visible(cell.reason)}</small>`;
  return html`<td id=${id}><span class=${kind}>${word}</span>${reason}</td>`;
}

/** SHALL clauses that no target decided; they block, because absence is no pass. */
export function uncoveredTable(summary: Summary, document: ResultDocument): Children {
  const reasons = Map.groupBy(document.verdicts, (it) => JSON.stringify([it.driver, it.clause]));
  return scrolling(
    html`<table>
      <thead>
        <tr>
          <th scope="col">Clause</th>
          <th scope="col">Driver</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        ${summary.uncovered.map(({ clause, driver, target }) => {
          const here = reasons.get(JSON.stringify([driver, clause.address])) ?? [];
          const why = here.filter((it) => target === undefined || it.target === target);
          return html`<tr data-f="f">
            <th scope="row">
              <a href=${linkTo(placeId({ clause: clause.address, driver }))}>
                <code>${visible(clause.address)}</code></a
              >
              <p>${visible(clause.text)} <span class="soft">${citation(clause.cite)}</span></p>
            </th>
            <td class="w">${visible(driver)}</td>
            <td>
              ${target !== undefined && html`<div>the profile demands ${visible(target)}</div>`}
              ${why.length === 0 && 'no verdict'}
              ${why.map(
                (it) =>
                  html`<div>
                    <b>${visible(it.target)}</b> ${it.verdict}: ${' '}${visible(it.reason ?? '')}
                  </div>`,
              )}
            </td>
          </tr>`;
        })}
      </tbody>
    </table>`,
  );
}

function cells(document: ResultDocument): CellOf {
  const { header } = document;
  const clauses = clausesByAddress(header);
  const all = new Map<string, Cell>(
    header.plan.entries.map((entry) => [
      entryKey(entry),
      { word: 'missing', weight: 'plain', reason: undefined },
    ]),
  );
  for (const verdict of document.verdicts) {
    const weight = weigh(verdict, clauses, header);
    all.set(entryKey(verdict), { word: verdict.verdict, weight, reason: verdict.reason });
  }
  return (driver, target, clause) => all.get(entryKey({ driver, target, clause }));
}
