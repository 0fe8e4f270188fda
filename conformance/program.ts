/** Is the program that is to be judged installed, in the version that its adapter knows? */
import { execFileSync } from 'node:child_process';
import type { ProcessManifest } from '../drivers-under-test/host/process-manifest.ts';
import { TargetUnavailable } from './target.ts';

const DPKG_QUERY: string = 'dpkg-query';

/**
 * @returns the version, of the package where there is one
 * @throws TargetUnavailable that names the Debian package
 */
export function checkProgram({ command, version }: ProcessManifest): string {
  const { program, package: debian } = command;
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
  } catch {
    throw new TargetUnavailable(`${program} is not installed: apt-get install ${debian}`);
  }
  const found = packageVersion(debian);
  if (found === undefined || found === version || found.startsWith(`${version}-`)) {
    return found ?? `${version}, by its own word`;
  }
  throw new TargetUnavailable(
    `${program} ${found} is installed, but its adapter was written for ${version}.`,
  );
}

/**
 * The reason why tests with this program are skipped here; undefined where they run.
 * @throws TargetUnavailable when the peers are required (DYNO_PEERS=required)
 */
export function programMissing(manifest: ProcessManifest): string | undefined {
  try {
    checkProgram(manifest);
    return undefined;
  } catch (error) {
    if (!(error instanceof TargetUnavailable)) throw error;
    if (process.env['DYNO_PEERS'] === 'required') throw error;
    console.warn(`Tests with ${manifest.id} are skipped: ${error.message}`);
    return error.message;
  }
}

/** Undefined where it did not come as a package, or this is no Debian. */
function packageVersion(debian: string): string | undefined {
  const show = ['--show', '--showformat=${Version}', debian];
  try {
    return execFileSync(DPKG_QUERY, show, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}
