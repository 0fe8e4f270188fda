/** Needs of modules, from the one line of .modinfo that says them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { modulesFor } from './modules.ts';

const folder = mkdtempSync(join(tmpdir(), 'dyno-modules-'));
afterAll(() => rmSync(folder, { recursive: true }));

mkdirSync(join(folder, 'kernel/drivers'), { recursive: true });
for (const [name, depends] of [
  ['nvme', 'nvme-core,t10-pi'],
  ['nvme-core', 't10-pi'],
  ['t10-pi', ''],
  ['lone', 'absent'],
]) {
  const info = `\x7fELF license=GPL\0depends=${depends}\0intree=Y\0`;
  writeFileSync(join(folder, `kernel/drivers/${name}.ko`), info);
}

it('puts what a module needs before it, once', () => {
  const found = modulesFor(['nvme'], folder).map(({ name }) => name);
  expect(found).toEqual(['t10_pi', 'nvme_core', 'nvme']);
});

it('names the module that is missing, and what needs it', () => {
  expect(() => modulesFor(['lone'], folder)).toThrow(/no module absent, which lone needs/);
});
