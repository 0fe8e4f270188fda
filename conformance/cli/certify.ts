/** `dyno certify`: a frozen profile, whole; nothing can be left out. */
import type { Catalog, Profile } from '../config.ts';
import { loadCatalog } from '../runner/load.ts';
import { certificationPlan, profileDigest } from '../runner/profile.ts';
import { runPlan } from '../runner/run.ts';
import { UsageError } from '../usage-error.ts';
import { compareAll } from './comparisons.ts';
import { finish } from './finish.ts';
import { Progress } from './progress.ts';
import { type CommonOptions, choose, runnerOptions } from './run-options.ts';

interface CertifyOptions extends CommonOptions {
  profile?: string;
}

export async function certifyVerb(
  reference: string | undefined,
  options: CertifyOptions,
): Promise<number> {
  const catalog = await loadCatalog(options.config);
  const profile = profileNamed(catalog, options.profile);
  // Without a name: all samples that come with us, each on the targets of the catalog.
  const ours = Object.keys(catalog.drivers).filter((id) => !catalog.drivers[id]?.thirdParty);
  const references = reference === undefined ? ours : [reference];
  const chosen = await choose(catalog, references, options.target);
  const plan = certificationPlan(catalog, chosen, profile);
  const progress = new Progress(plan.length, catalog);
  const document = await runPlan({
    catalog,
    chosen,
    plan,
    mode: 'certify',
    profile: {
      id: profile.id,
      version: profile.version,
      digest: profileDigest(catalog, profile),
    },
    seed: profile.seed,
    ...runnerOptions(options),
    twice: false,
    onVerdict: (verdict) => progress.verdict(verdict),
    compare: (onDivergence) =>
      compareAll(catalog, [...new Set(chosen.map((it) => it.target))], profile.seed, onDivergence),
  });
  return finish(document, options.out, progress);
}

function profileNamed(catalog: Catalog, id: string | undefined): Profile {
  const profile = catalog.profiles.find((it) => id === undefined || it.id === id);
  if (profile !== undefined) return profile;
  const known = catalog.profiles.map((it) => it.id).join(', ');
  throw new UsageError(`There is no profile ${id}; there are ${known}.`);
}
