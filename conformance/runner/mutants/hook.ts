/**
 * Loads mutants beside the healthy modules. A module that is imported with `?mutant=ID` is another
 * instance of it: the edited file is edited, what lies between is loaded again, and everything
 * outside of the mutant's reach (suites, rules, the judge, the driver of a broken device) stays the
 * healthy one.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Mutant } from '../../../drivers-under-test/mutants/mutant.ts';
import { edited } from './edit.ts';

const ROOT = new URL('../../../', import.meta.url).href;
const QUERY = '?mutant=';

/** What is loaded again around an edited file, from the root of the repository. */
const REACH: readonly (readonly [edited: RegExp, reach: RegExp])[] = [
  // The modules of a driver sit in its folder.
  [/^drivers-under-test\/samples\//, /^drivers-under-test\/samples\//],
  // The way from a target's maker to its device.
  [
    /^sim\/(devices|buses)\//,
    /^(sim\/(devices|buses|machines)|conformance\/(cli|transports\/sim))\//,
  ],
];

export function mutantUrl(url: string, id: string): string {
  return `${url}${QUERY}${id}`;
}

function mutantOf(url: string | undefined): string | undefined {
  const at = url?.indexOf(QUERY) ?? -1;
  return url === undefined || at < 0 ? undefined : url.slice(at + QUERY.length);
}

function pathOf(url: string): string {
  return url.startsWith(ROOT) ? url.slice(ROOT.length).replace(/\?.*$/, '') : '';
}

export function rootUrl(path: string): string {
  return ROOT + path;
}

/** @throws RangeError naming the first mutant whose edits do not fit its file */
export function checkEdits(mutants: readonly Mutant[]): void {
  for (const mutant of mutants) mutatedSource(mutant);
}

export function mutatedSource(mutant: Mutant): string {
  return edited(readFileSync(fileURLToPath(rootUrl(mutant.file)), 'utf8'), mutant);
}

/** Once per thread, before the first mutant is imported. */
export function registerMutants(mutants: readonly Mutant[]): void {
  const byId = new Map(mutants.map((mutant) => [mutant.id, mutant]));
  registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      const id = mutantOf(context.parentURL);
      if (id === undefined || mutantOf(resolved.url) !== undefined) return resolved;
      const mutant = byId.get(id);
      if (mutant === undefined || !isInReach(mutant, pathOf(resolved.url))) return resolved;
      return { ...resolved, url: mutantUrl(resolved.url, id) };
    },
    load(url, context, next) {
      const id = mutantOf(url);
      const mutant = id === undefined ? undefined : byId.get(id);
      if (mutant === undefined || pathOf(url) !== mutant.file) return next(url, context);
      const source = mutatedSource(mutant);
      return { format: 'module-typescript', source, shortCircuit: true };
    },
  });
}

function isInReach({ file }: Mutant, path: string): boolean {
  return REACH.some(([of, reach]) => of.test(file) && reach.test(path));
}
