/** Imports driver modules and tells what their manifests say. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Manifest } from '../../drivers-under-test/host/manifest.ts';
import { UsageError } from '../usage-error.ts';
import type { DriverFacts, FactsMessage } from './driver-facts.ts';
import { loadDriver } from './load.ts';

const port = parentPort;
if (port === null) throw new Error('facts-worker.ts runs as a worker thread.');

function tell(message: FactsMessage): void {
  port?.postMessage(message);
}

function factsOf(url: string, manifest: Manifest): DriverFacts {
  const code = new Set(['service', 'classes', 'port', 'adapter']);
  const facts = Object.entries(manifest).filter(([key]) => !code.has(key));
  try {
    return structuredClone(Object.fromEntries(facts)) as DriverFacts;
  } catch {
    throw new UsageError(`${url}: besides "service" a manifest is plain data, without functions.`);
  }
}

try {
  for (const url of workerData as string[]) {
    tell({ type: 'loading', url });
    tell({ type: 'facts', url, facts: factsOf(url, await loadDriver(url)) });
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  tell({ type: 'refused', message: error.message });
}
// Whatever the drivers' modules left running ends here.
process.exit(0);
