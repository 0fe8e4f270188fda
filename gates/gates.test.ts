/** Each step of `npm run check` sees an offence planted for it, in a small copy of the project. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const COPIED = [
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
  'knip.json',
  '.oxfmtrc.json',
  '.oxlintrc.json',
  '.gitignore',
  'gates/tidy',
  'gates/tidy.test.ts',
];

interface Planted {
  readonly path: string;
  readonly text: string;
  /** What the gate must say, beside the path. */
  readonly says: RegExp;
}

const HOST = 'drivers-under-test/host';

/** By step of `npm run check`. */
const PLANTED: Readonly<Record<string, readonly Planted[]>> = {
  'format:check': [{ path: 'sim/kernel/a.ts', text: 'export   const x = "a"', says: /Format/ }],
  lint: [
    {
      path: 'sim/kernel/a.ts',
      text: 'async function f() {}\nf();\n',
      says: /no-floating-promises/,
    },
    {
      path: 'sim/buses/a.ts',
      text: "import type { B } from './b.ts';\nexport type A = B | 1;\n",
      says: /no-cycle/,
    },
    {
      path: 'sim/buses/b.ts',
      text: "import type { A } from './a.ts';\nexport type B = A[] | 1;\n",
      says: /no-cycle/,
    },
    { path: 'sim/kernel/b.ts', text: 'export const x = Date.now();\n', says: /virtual clock/ },
    { path: 'sim/kernel/c.ts', text: 'setTimeout(() => {}, 1);\n', says: /Schedule an event/ },
    { path: 'sim/kernel/d.ts', text: 'export const x = Math.random();\n', says: /world's seed/ },
    { path: 'sim/kernel/e.ts', text: 'export const x = Math.sin(1);\n', says: /last bit/ },
    { path: 'sim/kernel/f.ts', text: "'a'.localeCompare('b');\n", says: /the locale/ },
    { path: 'traces/format/a.ts', text: 'new Intl.Collator();\n', says: /machine's locale/ },
    { path: 'conformance/suites/a.ts', text: "import 'node:fs';\n", says: /run in a browser/ },
    { path: 'conformance/specs/a.ts', text: 'performance.now();\n', says: /virtual clock/ },
    { path: 'conformance/checkers/a.ts', text: 'crypto.randomUUID();\n', says: /world's seed/ },
    { path: 'conformance/generators/a.ts', text: 'setImmediate(f);\n', says: /Schedule an event/ },
    { path: `${HOST}/a.ts`, text: 'process.exitCode = 1;\n', says: /plain ECMAScript/ },
    { path: 'drivers-under-test/samples/a.ts', text: 'queueMicrotask(f);\n', says: /an event/ },
    {
      path: 'reports/a.test.ts',
      text: "import { it } from 'vitest';\nit.only('', f);",
      says: /only/,
    },
  ],
  types: [{ path: 'sim/kernel/a.ts', text: 'export const x: string = 1;\n', says: /TS2322/ }],
  'dead-code': [{ path: 'sim/kernel/a.ts', text: 'export const x = 1;\n', says: /Unused files/ }],
  tidy: [{ path: 'sim/kernel/a.ts', text: "import '../buses/b.ts';\n", says: /\[sim-layers\]/ }],
  unit: [
    {
      path: 'sim/kernel/a.test.ts',
      text: "import { expect, it } from 'vitest';\nit('is one', () => expect(2).toBe(1));\n",
      says: /expected 2 to be 1/,
    },
  ],
};

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};
const root = resolve('.');
const copies: string[] = [];
afterAll(() => copies.forEach((copy) => rmSync(copy, { recursive: true, force: true })));

/** A copy of the configuration and nothing else; libraries are the repository's own. */
function copyWith(files: Iterable<{ readonly path: string; readonly text: string }>): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'driver-dyno-gates-')));
  copies.push(copy);
  for (const path of COPIED) cpSync(join(root, path), join(copy, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  for (const { path, text } of files) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
  return copy;
}

function runStep(step: string, directory: string): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(`npm run ${step}`, {
    cwd: directory,
    shell: true,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  return { status, said: stdout + stderr };
}

describe('npm run check', () => {
  it('runs only steps that have a planted offence here', () => {
    const steps = scripts.check!.split(' && ').map((step) => step.replace(/^npm run /, ''));
    expect(steps).toEqual(Object.keys(PLANTED));
  });

  it.each(Object.entries(PLANTED))(
    '%s fails on what it is there for',
    (step, planted) => {
      const { status, said } = runStep(step, copyWith(planted));
      expect(status, said).not.toBe(0);
      for (const { path, says } of planted) {
        expect(said).toContain(path);
        expect(said).toMatch(says);
      }
    },
    30_000,
  );

  it('runs on a Node.js that gates/node pins', () => {
    const { optionalDependencies } = JSON.parse(
      readFileSync('gates/node/package.json', 'utf8'),
    ) as {
      optionalDependencies: Record<string, string>;
    };
    expect(Object.values(optionalDependencies)).toContain(process.versions.node);
  });

  it('lets a test use the clock', () => {
    const text = 'export const x = Date.now();\n';
    const { status, said } = runStep('lint', copyWith([{ path: 'sim/kernel/a.test.ts', text }]));
    expect(status, said).toBe(0);
  }, 30_000);
});
