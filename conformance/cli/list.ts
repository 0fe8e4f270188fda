/** `dyno list`: what there is to choose from. */
import type { Catalog } from '../config.ts';
import { loadCatalog } from '../runner/load.ts';
import { allClauses } from '../runner/plan.ts';
import { UsageError } from '../usage-error.ts';

/** One row of a list; `name` is what other verbs take. */
interface Row {
  readonly name: string;
  readonly about: string;
}

const LISTS = {
  drivers: ({ drivers }) =>
    Object.entries(drivers).map(([name, { targets }]) => ({ name, about: targets.join(', ') })),
  targets: ({ targets }) =>
    Object.entries(targets).map(([name, { device, tier }]) => {
      return { name, about: `${device}, ${tier}` };
    }),
  profiles: ({ profiles }) =>
    profiles.map(({ id, version, suites }) => {
      return { name: id, about: `${version}: ${suites.join(', ')}` };
    }),
  suites: ({ suites }) =>
    suites.map(({ id, clauses, for: whom }) => {
      const about = Object.entries(whom).map(([what, which]) => `${what} ${which}`);
      return { name: id, about: `${clauses.length} clauses for ${about.join(', ')}` };
    }),
  clauses: (catalog) =>
    allClauses(catalog).map(({ address, clause: { level, text } }) => {
      return { name: address, about: `${level.toUpperCase()} ${text}` };
    }),
  rules: ({ rules }) => rules.map(({ id, text }) => ({ name: id, about: text })),
} satisfies Record<string, (catalog: Catalog) => Row[]>;

type ListName = keyof typeof LISTS;

export async function listVerb(
  what: string | undefined,
  options: { config?: string; json: boolean },
): Promise<number> {
  const names = what === undefined ? (Object.keys(LISTS) as ListName[]) : [nameOf(what)];
  const catalog = await loadCatalog(options.config);
  const lists = names.map((name) => ({ name, rows: LISTS[name](catalog) }));
  if (options.json) {
    const rows = Object.fromEntries(lists.map((list) => [list.name, list.rows]));
    process.stdout.write(`${JSON.stringify(rows, undefined, 2)}\n`);
    return 0;
  }
  for (const list of lists) {
    if (lists.length > 1) process.stdout.write(`${list.name}\n`);
    const indent = lists.length > 1 ? '  ' : '';
    const width = Math.max(0, ...list.rows.map((row) => row.name.length));
    for (const { name, about } of list.rows) {
      process.stdout.write(`${indent}${name.padEnd(width)}  ${about}\n`);
    }
  }
  return 0;
}

function nameOf(what: string): ListName {
  if (Object.hasOwn(LISTS, what)) return what as ListName;
  throw new UsageError(`There is no list of ${what}; there are ${Object.keys(LISTS).join(', ')}.`);
}
