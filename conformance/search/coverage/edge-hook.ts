/**
 * Counts edges of the code of drivers as it is loaded. To be registered after the hook of mutants:
 * the last one registered is asked first, and what it instruments is what the others give it.
 */
import nodeModule from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EDGE_COUNTERS, type EdgeCounters } from './edge-counters.ts';
import { type InstrumentOptions, instrument } from './instrument.ts';

const EXTENSIONS = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']);

/**
 * `folder` is the URL of a folder with a slash at its end; what is below it is counted, without
 * what it has installed.
 */
export function countEdges(folder: string, counters: EdgeCounters): void {
  counters.install();
  // Before 22.15 Node has no such hooks: then there are no edges, and all else goes on.
  nodeModule.registerHooks?.({
    load(url, context, next) {
      const loaded = next(url, context);
      const path = url.startsWith(folder) ? url.slice(folder.length).replace(/\?.*$/, '') : '';
      const isCode = EXTENSIONS.has(extname(path)) && !path.includes('node_modules/');
      if (!isCode || loaded.source === undefined || loaded.source === null) return loaded;
      const counted = instrumented(url, textOf(loaded.source), {
        counters: EDGE_COUNTERS,
        first: counters.total,
        isModule: !String(loaded.format).startsWith('commonjs'),
      });
      if (counted === undefined || !counters.fits(counted.count)) return loaded;
      counters.assign(path, counted.count);
      return { ...loaded, source: counted.source };
    },
  });
}

/** What does not parse is left to Node, which says so in its own words. */
function instrumented(url: string, text: string, options: InstrumentOptions) {
  try {
    return instrument(fileURLToPath(url.replace(/\?.*$/, '')), text, options);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}
