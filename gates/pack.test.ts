/** The package as a vendor gets it: packed, installed in another folder, run there. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publint } from 'publint';

interface Manifest {
  readonly version: string;
  readonly bin: { readonly dyno: string };
  readonly exports: Readonly<Record<string, unknown>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const vendor = realpathSync(mkdtempSync(join(tmpdir(), 'driver-dyno-vendor-')));
const tsc = resolve('node_modules/typescript/bin/tsc');
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

/** The vendor's own driver, device, target and clause, as they would stand in a repository. */
function vendorFiles(): void {
  for (const file of globSync('gates/vendor/*.txt')) {
    copyFileSync(file, join(vendor, basename(file, '.txt')));
  }
}

function npx(words: string) {
  return spawnSync(`npx --no-install ${words}`, {
    cwd: vendor,
    shell: true,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
}

it("judges a vendor's driver by our clauses and by private ones", () => {
  vendorFiles();
  const run = npx('dyno run ./driver.ts --target sim:button --runs 5');
  expect(run.stdout + run.stderr).toMatch(/button on sim:button: \d+ pass/);
  const clause = npx('dyno run ./driver.ts button/count --target sim:button');
  expect(clause.stdout + clause.stderr).toContain('1 pass');
  expect(clause.status).toBe(0);
  const sample = npx('dyno run edu edu/operations --target sim:edu --check-determinism');
  expect(sample.stdout + sample.stderr).toMatch(/edu on sim:edu: \d+ pass\n/);
  expect(sample.status).toBe(0);
}, 120_000);

it('prints a Reproduce line that works where the vendor is', () => {
  const file = join(vendor, 'driver.ts');
  const right = readFileSync(file, 'utf8');
  writeFileSync(file, right.replace('(0, COUNT)', '(0, COUNT) + 1'));
  const { stdout, status } = npx('dyno run ./driver.ts button --target sim:button');
  expect(status).toBe(1);
  const line = /Reproduce: npx (dyno run .*)/.exec(stdout)?.[1];
  expect(line).toBe('dyno run ./driver.ts button/count --target sim:button --seed 1');
  const again = npx(line!);
  expect(again.stdout).toContain('Seen:      4');
  expect(again.status).toBe(1);
  writeFileSync(file, right);
}, 60_000);

it("type-checks a vendor's files against the declarations", () => {
  const options = '--noEmit --strict --module nodenext --target es2024 --skipLibCheck';
  const { stdout, status } = spawnSync(
    process.execPath,
    [tsc, ...`${options} --allowImportingTsExtensions`.split(' '), 'driver.ts', 'dyno.config.ts'],
    { cwd: vendor, encoding: 'utf8' },
  );
  expect(stdout).toBe('');
  expect(status).toBe(0);
}, 60_000);

interface JsonReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly meta: { readonly dyno?: Record<string, unknown> };
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function vitest(): { tests: JsonReport['testResults'][number]['assertionResults']; junit: string } {
  const reporters = '--reporter=json --reporter=junit --outputFile.json=t.json';
  const words = `node_modules/vitest/vitest.mjs run ${reporters} --outputFile.junit=t.xml`;
  const { stdout, stderr } = spawnSync(process.execPath, words.split(' '), {
    cwd: vendor,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', VITEST: undefined },
  });
  if (!existsSync(join(vendor, 't.json'))) throw new Error(stdout + stderr);
  const report = JSON.parse(readFileSync(join(vendor, 't.json'), 'utf8')) as JsonReport;
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return { tests, junit: readFileSync(join(vendor, 't.xml'), 'utf8') };
}

it("runs the clauses as tests of the vendor's Vitest", () => {
  symlinkSync(resolve('node_modules/vitest'), join(vendor, 'node_modules/vitest'), 'junction');
  const { tests, junit } = vitest();
  const count = tests.find(({ meta }) => meta.dyno?.['requirement'] === 'button/count');
  expect(count).toMatchObject({
    status: 'passed',
    title: '[button/count] The driver tells how often the button was pressed.',
    meta: {
      dyno: {
        level: 'shall',
        citation: { document: 'Button data sheet' },
        driver: 'button',
        target: 'sim:button',
        verdict: 'pass',
      },
    },
  });
  expect(tests.filter(({ status }) => status === 'skipped').length).toBeGreaterThan(0);
  expect(junit).toContain('<skipped');

  const file = join(vendor, 'driver.ts');
  const right = readFileSync(file, 'utf8');
  writeFileSync(file, right.replace('(0, COUNT)', '(0, COUNT) + 1'));
  const broken = vitest();
  const [failed, ...others] = broken.tests.filter(({ status }) => status === 'failed');
  expect(others).toEqual([]);
  expect(failed!.failureMessages.join()).toMatch(/FAIL button\/count: button on sim:button/);
  expect(failed!.failureMessages.join()).toMatch(/Expected: +3\s+Seen: +4/);
  expect(broken.junit).toContain('Reproduce: npx vitest run -t button/count');
  writeFileSync(file, right);
}, 120_000);

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
