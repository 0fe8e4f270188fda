/** Loads drivers and configurations, which are modules of somebody else. */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Manifest, manifestProblem } from '../../drivers-under-test/host/manifest.ts';
import { type Catalog, merge } from '../config.ts';
import { UsageError } from '../usage-error.ts';
import { builtIn } from '../cli/catalog.ts';

const CONFIG_FILES = ['dyno.config.ts', 'dyno.config.js'];

/** Node strips types from 22.18 on; before that tsx does it. */
async function importModule(url: string): Promise<Record<string, unknown>> {
  if (url.endsWith('.ts') && !process.features.typescript) {
    const { register } = await import('tsx/esm/api');
    register();
  }
  return (await import(url)) as Record<string, unknown>;
}

/** Our catalog with the configuration of the working folder, if there is one. */
export async function loadCatalog(configPath?: string): Promise<Catalog> {
  const path = configPath ?? CONFIG_FILES.find((file) => existsSync(file));
  if (path === undefined) return builtIn;
  if (!existsSync(path)) throw new UsageError(`There is no configuration at ${path}.`);
  const module = await guarded(path, () => importModule(pathToFileURL(resolve(path)).href));
  const config = module['default'];
  if (typeof config !== 'object' || config === null) {
    throw new UsageError(`${path} must default-export defineConfig({ ... }).`);
  }
  const problem = configProblem(config as Record<string, unknown>);
  if (problem !== undefined) throw new UsageError(`${path}: ${problem}`);
  return merge(builtIn, config);
}

function configProblem(config: Record<string, unknown>): string | undefined {
  for (const key of ['suites', 'rules', 'profiles']) {
    if (config[key] !== undefined && !Array.isArray(config[key])) return `"${key}" is a list.`;
  }
  for (const key of ['drivers', 'targets']) {
    const value = config[key];
    if (value === undefined) continue;
    if (typeof value !== 'object' || value === null) return `"${key}" is an object of entries.`;
  }
  return undefined;
}

/** Where the manifest of a driver is: a name of the catalog, a folder with driver.ts, or a file. */
export function driverModule(catalog: Catalog, reference: string): string {
  const known = catalog.drivers[reference];
  if (known !== undefined) return known.module;
  const path = reference.startsWith('file:') ? fileURLToPath(reference) : resolve(reference);
  if (!existsSync(path)) {
    const names = Object.keys(catalog.drivers).toSorted().join(', ');
    throw new UsageError(
      `There is no driver ${reference}: name a folder with a driver.ts, or one of ${names}.`,
    );
  }
  if (!statSync(path).isDirectory()) return pathToFileURL(path).href;
  const manifest = ['driver.ts', 'driver.js'].map((file) => join(path, file)).find(existsSync);
  if (manifest === undefined) {
    throw new UsageError(
      `${reference} has no driver.ts that default-exports defineDriver({ ... }).`,
    );
  }
  return pathToFileURL(manifest).href;
}

export async function loadDriver(url: string): Promise<Manifest> {
  const module = await guarded(url, () => importModule(url));
  const manifest = module['default'];
  const problem = manifestProblem(manifest);
  if (problem !== undefined) throw new UsageError(`${shown(url)}: ${problem}`);
  return manifest as Manifest;
}

async function guarded<T>(what: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${shown(what)} cannot be loaded: ${oneLine(error)}`);
  }
}

/** Syntax errors carry the place in the first lines of their stack. */
function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [place = ''] = (error.stack ?? '').split('\n');
  const where = error instanceof SyntaxError && /:\d+$/.test(place) ? ` (${shown(place)})` : '';
  return `${error.message.split('\n')[0]}${where}`;
}

/** A URL of a file as a path. */
function shown(what: string): string {
  return what.startsWith('file:') ? fileURLToPath(what) : what;
}
