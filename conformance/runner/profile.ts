/** Turns a profile into a plan: every clause that it demands and that applies, nothing else. */
import { createHash } from 'node:crypto';
import type { Catalog, Profile } from '../config.ts';
import { UsageError } from '../usage-error.ts';
import {
  type Chosen,
  type LocatedClause,
  type PlanItem,
  allClauses,
  isChosen,
  makePlan,
} from './plan.ts';

/** @throws UsageError when a driver has nothing to be certified by, or the profile names nothing */
export function certificationPlan(
  catalog: Catalog,
  chosen: readonly Chosen[],
  profile: Profile,
): PlanItem[] {
  const demanded = new Set(demandedClauses(catalog, profile).map(({ address }) => address));
  const { seed, runs } = profile;
  const plan = makePlan(catalog, chosen, { seed, runs, filter: [] }).filter(({ address }) =>
    demanded.has(address),
  );
  for (const { manifest, target } of chosen) {
    if (plan.some((item) => item.driver === manifest.id && item.target === target)) continue;
    throw new UsageError(
      `The profile ${profile.id} demands nothing of ${manifest.id} on ${target}: ` +
        'it cannot be certified there.',
    );
  }
  return plan.map((item) => (mustRun(catalog, profile, item) ? { ...item, required: true } : item));
}

function demandedClauses(catalog: Catalog, profile: Profile): LocatedClause[] {
  const all = allClauses(catalog);
  const named = [...profile.suites, ...Object.values(profile.mustRun).flat()];
  for (const path of named) {
    if (all.some(({ address }) => isChosen(address, [path]))) continue;
    throw new UsageError(`The profile ${profile.id} names ${path}, but no suite is called so.`);
  }
  return all.filter(
    ({ address, clause }) =>
      isChosen(address, profile.suites) &&
      profile.levels.includes(clause.level) &&
      profile.subjects.includes(clause.subject),
  );
}

function mustRun(catalog: Catalog, profile: Profile, { target, address }: PlanItem): boolean {
  const tier = catalog.targets[target]?.tier;
  const paths = tier === undefined ? [] : (profile.mustRun[tier] ?? []);
  return paths.length > 0 && isChosen(address, paths);
}

/** SHA-256 of the profile and of the wording of every clause that it demands. */
export function profileDigest(catalog: Catalog, profile: Profile): string {
  const clauses = demandedClauses(catalog, profile)
    .map(({ address, clause: { text, level, cite, needs, ics } }) => {
      return { address, text, level, cite, needs: needs ?? [], ics: ics ?? [] };
    })
    .toSorted((a, b) => (a.address < b.address ? -1 : 1));
  return createHash('sha256').update(JSON.stringify({ profile, clauses })).digest('hex');
}
