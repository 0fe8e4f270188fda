/**
 * Debian packages in a cache folder: downloaded from the mirror that apt is configured for and
 * unpacked there; nothing is installed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** Where its files are, as they would be from the root. */
  readonly folder: string;
}

/** Names the newest kernel of the release by depending on it. */
const KERNEL = 'linux-image-amd64';

/** @throws Error naming the package and what to do */
export function kernelPackage(): DebianPackage {
  const said = aptCache('depends', KERNEL);
  const name = /^ *Depends: (linux-image-\S+)$/m.exec(said)?.[1];
  if (name === undefined) throw new Error(`apt knows no ${KERNEL}: run apt-get update`);
  return debianPackage(name);
}

/** @throws Error naming the package and what to do */
export function debianPackage(name: string): DebianPackage {
  const version = /^ *Candidate: (\S+)$/m.exec(aptCache('policy', name))?.[1];
  if (version === undefined || version === '(none)') {
    throw new Error(`apt knows no package ${name}: run apt-get update`);
  }
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'driver-dyno');
  const folder = join(cache, `${name}_${version.replaceAll(/[^\w.+~-]/g, '-')}`);
  if (!existsSync(folder)) unpack(name, cache, folder);
  return { name, version, folder };
}

/** Another run may do the same at the same time: the folder appears complete or not at all. */
function unpack(name: string, cache: string, folder: string): void {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'unpacking-'));
  try {
    run(name, 'apt-get', ['download', name], work);
    const file = readdirSync(work).find((it) => it.endsWith('.deb'));
    if (file === undefined) throw new Error(`apt-get download ${name} left no package`);
    run(name, 'dpkg-deb', ['--extract', file, 'root'], work);
    if (!existsSync(folder)) renameSync(join(work, 'root'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function aptCache(verb: string, name: string): string {
  return run(name, 'apt-cache', [verb, name], '/');
}

function run(name: string, command: string, options: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, options, { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (cause) {
    throw new Error(
      `The Debian package ${name} is needed, but ${command} ${options[0]} failed: ` +
        'run apt-get update on a Debian machine with a mirror',
      { cause },
    );
  }
}
