/** `dyno explain`: what a clause or a rule says, where it comes from, whom it concerns. */
import { citation } from '../../reports/renderers/text.ts';
import type { Clause } from '../clause.ts';
import type { Catalog } from '../config.ts';
import { readFacts } from '../runner/driver-facts.ts';
import { invocation } from '../runner/invocation.ts';
import { loadCatalog } from '../runner/load.ts';
import { type LocatedClause, allClauses, applicable } from '../runner/plan.ts';
import type { Rule } from '../rule.ts';
import { CAPABILITIES } from '../target.ts';
import { UsageError } from '../usage-error.ts';

export async function explainVerb(id: string, options: { config?: string }): Promise<number> {
  const catalog = await loadCatalog(options.config);
  const rule = catalog.rules.find((it) => it.id === id);
  const clauses = allClauses(catalog);
  // The last part of an address is enough where it is the only one of its name.
  const named = clauses.filter(({ address }) => address === id);
  const located = named.length > 0 ? named : clauses.filter(({ clause }) => clause.id === id);
  if (rule !== undefined) print(ruleLines(rule));
  else if (located.length === 0) throw new UsageError(unknown(id, catalog));
  else if (located.length > 1) {
    const addresses = located.map(({ address }) => address).join(', ');
    throw new UsageError(`Several clauses have the id ${id}: say which of ${addresses}.`);
  } else for (const one of located) print(await clauseLines(one, catalog));
  return 0;
}

function unknown(id: string, catalog: Catalog): string {
  const names = [...allClauses(catalog).map((it) => it.address), ...catalog.rules.map((r) => r.id)];
  const word = (id.split('/').at(-1) ?? id).toLowerCase();
  const near = names.filter((name) => name.toLowerCase().includes(word)).slice(0, 3);
  const hint = near.length > 0 ? `did you mean ${near.join(', ')}?` : 'see dyno list clauses.';
  return `There is no clause or rule ${id}: ${hint}`;
}

async function clauseLines({ suite, clause, address }: LocatedClause, catalog: Catalog) {
  const applies = await whereItApplies(address, catalog);
  const [first] = applies;
  return [
    address,
    `  ${clause.level.toUpperCase()} ${clause.text}`,
    ...labelled('Cite', `${citation(clause.cite)}${basis(clause.cite.basis)}`),
    ...labelled('Judges', `the ${clause.subject}`),
    ...labelled('For', describe(suite.for)),
    ...labelled('Kind', kindOf(clause)),
    ...(clause.needs ?? []).flatMap((need) => labelled('Needs', `${need}: ${CAPABILITIES[need]}`)),
    ...(clause.ics ?? []).flatMap((key) => labelled('If', `the driver claims ${key} in its ics`)),
    ...labelled('Rules', clause.rules?.join(', ')),
    ...labelled('Looks for', clause.bugClasses?.join(', ')),
    ...labelled('Applies to', applies.map((it) => `${it.driver} on ${it.target}`).join(', ')),
    ...(first === undefined
      ? []
      : labelled('Judge it', `${invocation()} run ${first.driver} ${address} -t ${first.target}`)),
  ];
}

function kindOf({ given, every }: Clause): string {
  if (given !== undefined) return 'property: judged for many generated values';
  return every === undefined ? 'example' : `enumeration: judged for up to ${every.length} values`;
}

function ruleLines({ id, text, cite, subject, bugClasses }: Rule): string[] {
  return [
    id,
    `  ${text}`,
    ...labelled('Cite', `${citation(cite)}${basis(cite.basis)}`),
    ...labelled('Judges', `the ${subject}, whatever clause is at hand`),
    ...labelled('Looks for', bugClasses.join(', ')),
  ];
}

function basis(word: 'read' | 'secondary'): string {
  return word === 'read' ? ' (the document itself was read)' : '';
}

async function whereItApplies(address: string, catalog: Catalog) {
  const drivers = Object.entries(catalog.drivers);
  const facts = await readFacts(drivers.map(([, { module }]) => module));
  return drivers.flatMap(([driver, { module, targets }]) => {
    const manifest = facts.get(module);
    if (manifest === undefined) return [];
    return targets
      .filter((target) =>
        applicable(catalog, manifest, target).some((it) => it.address === address),
      )
      .map((target) => ({ driver, target }));
  });
}

function describe(whom: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(whom)
    .map(([what, which]) => `${what} ${which}`)
    .join(', ');
}

function labelled(label: string, text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : [`  ${`${label}:`.padEnd(12)}${text}`];
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
