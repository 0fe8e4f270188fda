/**
 * Which clause caught which mutant when the whole matrix was last judged: those meet first. It only
 * makes the way shorter; what is stale in it costs a meeting, and never a verdict.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Matrix, caughtItself } from './matrix.ts';

const FILE = new URL('./known-catches.json', import.meta.url);

/** Addresses of clauses by mutant. */
export type KnownCatches = Readonly<Record<string, readonly string[]>>;

/** What was written last. @throws SyntaxError when the file is no JSON */
export function knownCatches(): KnownCatches {
  return JSON.parse(readFileSync(FILE, 'utf8')) as KnownCatches;
}

/** So few pairs that each mutant has a clause, and each clause that catches any has a mutant. */
export function fewestCatches({ rows }: Pick<Matrix, 'rows'>): KnownCatches {
  const busy = new Set<string>();
  const catches: Record<string, string[]> = {};
  for (const { id, killers, expected } of rows) {
    const own = killers.filter(caughtItself).map(({ clause }) => clause);
    const fresh = own.filter((clause) => !busy.has(clause));
    for (const clause of fresh) busy.add(clause);
    const wanted = own.filter((clause) => expected.includes(clause));
    const any = own[0] ?? killers[0]?.clause;
    const all = new Set([...fresh, ...wanted]);
    if (all.size === 0 && any !== undefined) all.add(any);
    if (all.size > 0) catches[id] = [...all].toSorted();
  }
  return catches;
}

/** Keeps what other mutants are known by, as long as there are such. */
export function remember(matrix: Matrix, mutants: ReadonlySet<string>): void {
  const kept = Object.entries({ ...knownCatches(), ...fewestCatches(matrix) });
  const sorted = kept.filter(([id]) => mutants.has(id)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(sorted), null, 1)}\n`);
}
