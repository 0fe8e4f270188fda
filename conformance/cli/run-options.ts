/** What verbs that judge take from the command line. */
import { UsageError } from '../usage-error.ts';
import type { Catalog } from '../config.ts';
import { readFacts } from '../runner/driver-facts.ts';
import { driverModule } from '../runner/load.ts';
import type { Chosen } from '../runner/plan.ts';

export interface CommonOptions {
  target?: string[];
  workers?: number;
  watchdog: number;
  out: string;
  config?: string;
  resume: boolean;
}

export function runnerOptions(options: CommonOptions) {
  return {
    ...(options.config === undefined ? {} : { configPath: options.config }),
    command: ['dyno', ...process.argv.slice(2)],
    folder: options.out,
    resume: options.resume,
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    watchdogMs: options.watchdog * 1000,
  };
}

/** Drivers with their targets: those named, or those of the catalog. */
export async function choose(
  catalog: Catalog,
  references: readonly string[],
  targets: readonly string[] | undefined,
): Promise<Chosen[]> {
  const located = [...new Set(references)].map((reference) => {
    const wanted = targets ?? catalog.drivers[reference]?.targets ?? [];
    return { reference, url: driverModule(catalog, reference), wanted: [...new Set(wanted)] };
  });
  for (const { reference, wanted } of located) {
    if (wanted.length > 0) continue;
    const names = Object.keys(catalog.targets).toSorted().join(', ');
    throw new UsageError(`Name a target for ${reference} with --target: one of ${names}.`);
  }
  const facts = await readFacts(located.map(({ url }) => url));
  const ids = new Set<string>();
  return located.flatMap(({ reference, url, wanted }) => {
    const manifest = facts.get(url);
    if (manifest === undefined) throw new Error(`No facts were read from ${url}.`);
    if (ids.has(manifest.id)) {
      throw new UsageError(`Two drivers have the id ${manifest.id}: judge them one at a time.`);
    }
    ids.add(manifest.id);
    return wanted.map((target) => ({ manifest, reference, url, target }));
  });
}
