/**
 * What drivers say about themselves, read in a thread of its own: a module that exits, throws or
 * loops for ever while it is imported costs one sentence, not the command.
 */
import { Worker } from 'node:worker_threads';
import type { DriverManifest } from '../../drivers-under-test/host/manifest.ts';
import type { ProcessManifest } from '../../drivers-under-test/host/process-manifest.ts';
import { UsageError } from '../usage-error.ts';
import { besideThis } from './beside.ts';

/** A manifest without its code. */
export type DriverFacts =
  | Omit<DriverManifest, 'service' | 'classes'>
  | Omit<ProcessManifest, 'port' | 'adapter'>;

export type FactsMessage =
  | { type: 'loading'; url: string }
  | { type: 'facts'; url: string; facts: DriverFacts }
  | { type: 'refused'; message: string };

/** Wall time that importing one driver may take. */
const IMPORT_MS_MAX = 20_000;

const FACTS_WORKER = besideThis(import.meta.url, 'facts-worker');

/** Facts by URL of the manifest module. @throws UsageError that names the module */
export function readFacts(
  urls: readonly string[],
  limitMs = IMPORT_MS_MAX,
): Promise<Map<string, DriverFacts>> {
  const worker = new Worker(FACTS_WORKER, { workerData: [...new Set(urls)] });
  const facts = new Map<string, DriverFacts>();
  return new Promise<Map<string, DriverFacts>>((resolve, reject) => {
    let loading = 'The driver';
    let timer: NodeJS.Timeout | undefined;
    const refuse = (why: string) => reject(new UsageError(`${loading} cannot be loaded: ${why}`));
    worker.on('message', (message: FactsMessage) => {
      if (message.type === 'loading') {
        loading = message.url;
        clearTimeout(timer);
        timer = setTimeout(() => {
          refuse(`importing it takes longer than ${limitMs / 1000} s.`);
        }, limitMs);
      } else if (message.type === 'facts') facts.set(message.url, message.facts);
      else reject(new UsageError(message.message));
    });
    worker.on('error', (error: unknown) => {
      refuse(error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', (code) => {
      clearTimeout(timer);
      if (facts.size === new Set(urls).size) resolve(facts);
      else refuse(`it ended its thread with code ${code}.`);
    });
  }).finally(() => void worker.terminate());
}
