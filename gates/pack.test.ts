/** The package as a vendor gets it: packed, installed in another folder, run there. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publint } from 'publint';

interface Manifest {
  readonly version: string;
  readonly bin: { readonly dyno: string };
  readonly exports: Readonly<Record<string, unknown>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const vendor = realpathSync(mkdtempSync(join(tmpdir(), 'driver-dyno-vendor-')));
const installed = join(vendor, 'node_modules', 'driver-dyno');

function npm(line: string, cwd: string): void {
  const { status, stdout, stderr } = spawnSync(`npm ${line}`, {
    cwd,
    shell: true,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm ${line} failed:\n${stdout}${stderr}`);
}

beforeAll(() => {
  npm('run prepack', '.');
  npm(`pack --ignore-scripts --pack-destination "${vendor}"`, '.');
  writeFileSync(join(vendor, 'package.json'), '{ "private": true, "type": "module" }');
  const quiet = '--prefer-offline --ignore-scripts --no-audit --no-fund';
  npm(`install ${quiet} ./driver-dyno-${manifest.version}.tgz`, vendor);
}, 120_000);

afterAll(() => rmSync(vendor, { recursive: true, force: true }));

it('holds what it needs to run and nothing else', () => {
  const files = globSync('**/*', { cwd: installed, exclude: ['node_modules'] });
  expect(files).toContain('LICENSE');
  expect(files.filter((file) => /\.test\.|(?<!\.d)\.ts$|^dist.gates/.test(file))).toEqual([]);
  expect(existsSync(join(vendor, 'node_modules', 'vitest'))).toBe(false);
});

it('runs the command', () => {
  expect(existsSync(join(vendor, 'node_modules', '.bin', 'dyno'))).toBe(true);
  const main = join(installed, manifest.bin.dyno);
  const said = execFileSync(process.execPath, [main, '--version'], { encoding: 'utf8' });
  expect(said.trim()).toBe(manifest.version);
});

// `./vitest` needs the vendor's own Vitest; here it is enough that the file is there.
it('offers every export', () => {
  const names = Object.keys(manifest.exports).map((key) => `driver-dyno${key.slice(1)}`);
  const script = `
    import { existsSync } from 'node:fs';
    import { fileURLToPath } from 'node:url';
    for (const name of ${JSON.stringify(names)}) {
      const url = import.meta.resolve(name);
      if (!existsSync(fileURLToPath(url))) throw new Error(name + ' is not in the package');
      if (name.endsWith('/vitest')) continue;
      await import(name, name.endsWith('.json') ? { with: { type: 'json' } } : undefined);
    }
    console.log('all');`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: vendor,
    encoding: 'utf8',
  });
  expect(said.trim()).toBe('all');
});

// The compiler rewrites `import './x.ts'` but not the URL of a worker or of a data file.
it('has every file that it names by URL', () => {
  const named = globSync('dist/**/*.js', { cwd: installed }).flatMap((file) => {
    const text = readFileSync(join(installed, file), 'utf8');
    return [...text.matchAll(/new URL\(\s*(['"`])([^'"`$:]*)\1,\s*import\.meta\.url/g)].map(
      (match) => ({ file, target: join(installed, dirname(file), match[2]!) }),
    );
  });
  expect(named.filter(({ target }) => !existsSync(target))).toEqual([]);
});

it('pleases publint', async () => {
  const { messages } = await publint({ pkgDir: installed, strict: true, pack: false });
  expect(messages).toEqual([]);
});
