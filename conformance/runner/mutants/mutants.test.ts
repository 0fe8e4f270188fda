/** Mutants are sound: their edits fit, every class has one, they type-check, and the hook works. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { Mutant } from '../../../drivers-under-test/mutants/mutant.ts';
import { CLASSES, NOT_HERE } from './classes.ts';
import { deviceMutants } from './device-mutants.ts';
import { driverMutants } from './driver-mutants.ts';
import { edited } from './edit.ts';

const all: readonly Mutant[] = [...driverMutants, ...deviceMutants];
const broken: Mutant = { id: 'a/b', file: 'c.ts', what: '', edits: [{ find: 'x', replace: 'y' }] };

it('applies an edit that matches once', () => {
  expect(edited('a x b', broken)).toBe('a y b');
});

it.each([
  ['never', 'a b', /a\/b: c.ts has no "x"/],
  ['twice', 'x x', /a\/b: c.ts has "x" more than once/],
])('refuses by name an edit that matches %s', (_, source, message) => {
  expect(() => edited(source, broken)).toThrow(message);
});

it('refuses by name an edit that changes nothing', () => {
  const same = { ...broken, edits: [{ find: 'x', replace: 'x' }] };
  expect(() => edited('x', same)).toThrow(/a\/b replaces "x" by itself/);
});

it('gives every mutant a name of its own', () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

it('has a mutant for every class of bugs, or the reason why not', () => {
  const present = new Set(driverMutants.map(({ bugClass }) => bugClass));
  expect(CLASSES.filter((each) => !present.has(each) && NOT_HERE[each] === undefined)).toEqual([]);
  expect(Object.keys(NOT_HERE).filter((each) => present.has(each))).toEqual([]);
  expect([...present].filter((each) => !CLASSES.includes(each))).toEqual([]);
});

it('has at least twelve mutants of each driver', () => {
  const drivers = Map.groupBy(driverMutants, ({ driver }) => driver);
  expect(Math.min(...[...drivers.values()].map(({ length }) => length))).toBeGreaterThanOrEqual(12);
});

it('has mutants that type-check', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'driver-dyno-mutants-'));
  try {
    for (const [index, mutant] of all.entries()) {
      const source = edited(readFileSync(mutant.file, 'utf8'), mutant);
      const here = dirname(mutant.file);
      const absolute = source.replace(
        /(from |import\()'(\.[^']+)'/g,
        (_, before: string, path: string) => `${before}'${resolve(here, path)}'`,
      );
      writeFileSync(join(folder, `m${index}.ts`), `// ${mutant.id}\n${absolute}`);
    }
    const tsconfig = {
      extends: resolve('tsconfig.json'),
      compilerOptions: {
        noUnusedLocals: false,
        noUnusedParameters: false,
        rewriteRelativeImportExtensions: false,
        allowImportingTsExtensions: true,
        types: ['node'],
        typeRoots: [resolve('node_modules/@types')],
      },
      include: ['*.ts'],
    };
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('loads the mutant beside the healthy module, which stays as it is', () => {
  const program = `
    const hook = await import('./conformance/runner/mutants/hook.ts');
    const { registerMutants, mutantUrl, rootUrl } = hook;
    const file = 'sim/devices/edu/registers.ts';
    const edits = [{ find: 'bytes: 4096', replace: 'bytes: 1' }];
    registerMutants([{ id: 't/u', file, what: '', edits }]);
    const mutant = await import(mutantUrl(rootUrl(file), 't/u'));
    const healthy = await import(rootUrl(file));
    console.log(mutant.DMA_BUFFER.bytes, healthy.DMA_BUFFER.bytes);
  `;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect(out.trim()).toBe('1 4096');
});
