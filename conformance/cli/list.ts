/** `dyno list`: what there is to choose from. */
import { loadCatalog } from '../runner/load.ts';
import { allClauses } from '../runner/plan.ts';

export async function listVerb(what: string, options: { config?: string }): Promise<number> {
  const catalog = await loadCatalog(options.config);
  if (what === 'all' || what === 'clauses') {
    for (const { address, clause } of allClauses(catalog)) {
      process.stdout.write(`${address}  ${clause.text}\n`);
    }
  }
  return 0;
}
