/** What stands behind the names of targets, for the header of a result. */
import type { Header } from '../../reports/verdict.ts';
import type { Catalog } from '../config.ts';
import { TargetUnavailable } from '../target.ts';

/** A target that cannot be had is described by that; its clauses end in an error each. */
export async function describeTargets(
  catalog: Catalog,
  names: readonly string[],
): Promise<Header['targets']> {
  const described: Header['targets'] = [];
  for (const name of names) {
    const entry = catalog.targets[name];
    if (entry === undefined) continue;
    try {
      const target = await entry.make({ onChild: () => {} });
      const { tier, identity } = target;
      described.push({
        name,
        tier,
        offers: [...target.offers].toSorted(),
        identity: { ...identity },
      });
      target.close();
    } catch (error) {
      if (!(error instanceof TargetUnavailable)) throw error;
      described.push({ name, tier: entry.tier, offers: [], identity: { missing: error.message } });
    }
  }
  return described;
}
