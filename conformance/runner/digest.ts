/** Digest of a driver: all files of the folder that its manifest is in. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../usage-error.ts';

/** A driver is more than this only when its folder holds something else, too. */
const FILES_MAX = 5000;
const BYTES_MAX = 256 * 1024 * 1024;

/**
 * SHA-256 over relative paths and contents, in the order of the paths; without node_modules,
 * names that begin with a dot, and the folder that results go to.
 * @throws UsageError when the folder is too large to be a driver's
 */
export function driverDigest(url: string, resultFolder: string): string {
  const folder = dirname(fileURLToPath(url));
  const without = resolve(resultFolder);
  const hash = createHash('sha256');
  let files = 0;
  let bytes = 0;
  const visit = (path: string): void => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true }).toSorted(byName)) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const relative = path === '' ? entry.name : `${path}/${entry.name}`;
      const full = join(folder, relative);
      if (full === without) continue;
      if (entry.isDirectory()) visit(relative);
      if (!entry.isFile()) continue;
      files += 1;
      bytes += statSync(full).size;
      if (files > FILES_MAX || bytes > BYTES_MAX) tooLarge(folder);
      hash.update(`${relative}\0${statSync(full).size}\0`).update(readFileSync(full));
    }
  };
  visit('');
  return hash.digest('hex');
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

function tooLarge(folder: string): never {
  throw new UsageError(
    `${folder} holds more than ${FILES_MAX} files or ${BYTES_MAX / 1024 / 1024} MiB: ` +
      'give the driver a folder of its own.',
  );
}
