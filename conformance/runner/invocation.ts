/** How the user starts the command from where he is: lines that we print must work as printed. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';

interface Surroundings {
  /** The script that runs: `process.argv[1]`. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Name in the package.json of the working folder. */
  readonly packageHere: string | undefined;
}

/** `npm run dyno --` in this repository, `npx dyno` where it is a dependency, else `dyno`. */
export function invocation(surroundings: Surroundings = here()): string {
  const { script, environment, packageHere } = surroundings;
  if (script.endsWith('.ts')) {
    return packageHere === 'driver-dyno'
      ? 'npm run dyno --'
      : `${quoted(process.execPath)} ${quoted(script)}`;
  }
  const byNpm = environment['npm_lifecycle_event'] !== undefined;
  return byNpm || script.includes(`${sep}node_modules${sep}`) ? 'npx dyno' : 'dyno';
}

/** An argument as a shell reads it back. */
export function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

function here(): Surroundings {
  const [, script = ''] = process.argv;
  return { script: realScript(script), environment: process.env, packageHere: packageName() };
}

function realScript(script: string): string {
  return script.includes(`${sep}node_modules${sep}`) || !existsSync(script)
    ? script
    : realpathSync(script);
}

function packageName(): string | undefined {
  try {
    return (JSON.parse(readFileSync('package.json', 'utf8')) as { name?: string }).name;
  } catch {
    return undefined;
  }
}
