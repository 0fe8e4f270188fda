/** `dyno record` and `dyno trace`, as they are typed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../sim/registers/compile.ts';
import type { RegisterMap } from '../../../sim/registers/declare.ts';
import { Folder } from '../command.fixture.ts';
import { moved } from './pager.ts';

const root = join(import.meta.dirname, '../../..');
const corpus = (device: string): string => join(root, 'traces/corpus', device, 'linux.dyno');
const DECLARE = join(root, 'sim/registers/declare.ts');
const TSC = join(root, 'node_modules/.bin/tsc');
const TYPES = join(root, 'node_modules/@types');

const folder = new Folder();
afterAll(() => folder.remove());
beforeAll(() => folder.dyno('record edu --target sim:edu --out edu.dyno'), 60_000);

describe('dyno trace', { concurrent: true, timeout: 60_000 }, () => {
  it('is about what dyno record wrote', async () => {
    const { code, err } = await folder.dyno('record edu --target sim:edu --out other.dyno');
    expect(err).toMatch(/^other\.dyno: \d+ events, journal [0-9a-f]{16}$/m);
    expect(code).toBe(0);
  });

  it('converts there and back without a difference', async () => {
    await folder.dyno('trace convert edu.dyno edu.dynob');
    const { code } = await folder.dyno('trace convert edu.dynob again.dyno');
    expect(code).toBe(0);
    const [one, two] = ['edu.dyno', 'again.dyno'].map((it) => {
      return readFileSync(join(folder.path, it), 'utf8');
    });
    expect(two).toBe(one);
  });

  it('shows accesses with their registers', async () => {
    const { out } = await folder.dyno('trace show edu.dyno --kind read --count 1');
    expect(out).toMatch(/^# edu 1\.0\.0, on sim:edu, edu, pci$/m);
    expect(out).toMatch(/us read +BAR0\+0x\d+ +0x[0-9a-f]{8} [A-Z]/);
  });

  it('counts what there is', async () => {
    const { out } = await folder.dyno('trace stats edu.dyno --json');
    const { events, kinds } = JSON.parse(out) as { events: number; kinds: Record<string, unknown> };
    expect(events).toBeGreaterThan(20);
    expect(Object.keys(kinds)).toContain('lifecycle');
  });

  it('compares two traces', async () => {
    expect((await folder.dyno('trace diff edu.dyno edu.dyno')).code).toBe(0);
    await folder.dyno('trace minimise edu.dyno reads.dyno --kind read');
    const { code, out } = await folder.dyno('trace diff edu.dyno reads.dyno --lines 3');
    expect(code).toBe(1);
    expect(out).toMatch(/only in edu\.dyno, 0 only in reads\.dyno, \d+ lines not shown/);
  });

  it.each(['nvme', 'uart-16550', 'e1000e'])('mines a map of %s that compiles', async (device) => {
    const { code, out } = await folder.dyno(`trace mine ${corpus(device)}`);
    expect(code).toBe(0);
    folder.write('package.json', '{ "type": "module" }');
    // Where the imports of the draft lead.
    folder.write('registers/declare.ts', `export * from '${DECLARE}';\n`);
    const file = folder.write(`devices/${device}/registers.ts`, out);
    const options = '--noEmit --strict --module nodenext --target es2024 --types node';
    const flags = '--allowImportingTsExtensions --verbatimModuleSyntax --skipLibCheck';
    const check = `'${TSC}' ${options} ${flags} --typeRoots '${TYPES}' '${file}'`;
    expect(await folder.shell(check)).toMatchObject({ code: 0, out: '' });
    const { registers } = (await import(pathToFileURL(file).href)) as { registers: RegisterMap };
    expect(registers.name).toBe(device);
    expect(compile(registers).registers.length).toBeGreaterThan(5);
  });

  it('finds no contradiction between recordings and our maps, and one in another map', async () => {
    for (const device of ['nvme', 'uart-16550']) {
      const { code, out } = await folder.dyno(`trace mine ${corpus(device)} --contradict`);
      expect(out).toBe('0 contradictions with the declared map\n');
      expect(code).toBe(0);
    }
    const line = `trace mine ${corpus('e1000e')} --contradict --device edu`;
    const { code, out } = await folder.dyno(line);
    expect(out).toMatch(/^driver, \d+ times, first in event \d+: A read of 4 bytes at offset 0x/m);
    expect(code).toBe(1);
  });

  it('mines one space, as JSON', async () => {
    const { out, err } = await folder.dyno(`trace mine ${corpus('nvme')} --json`);
    const { registers } = JSON.parse(out) as { registers: { at: number; reads: object }[] };
    expect(registers.find(({ at }) => at === 0x1c)?.reads).toEqual({ 4: 20 });
    expect(err).toMatch(/\d+ accesses are to space 8: see --space/);
    const table = await folder.dyno(`trace mine ${corpus('nvme')} --space 8`);
    expect(table.out).toContain('at: 0x2000,');
  });

  it.each<[line: string, says: RegExp]>([
    ['trace mine edu.dyno --space 3', /has no access to registers that a map could be mined from/],
    [`trace mine ${corpus('e1000e')} --contradict`, /There is no register map of e1000e/],
    ['trace show nothing.dyno', /nothing\.dyno: there is no such file/],
    ['trace show edu.dyno --kind reed', /There is no kind reed of events/],
    ['trace show edu.dyno --after soon', /A time is a number with ns, us, ms or s, not soon/],
    ['trace show edu.dyno --from qemu', /There is no format qemu; there are dyno,/],
    ['trace convert edu.dyno out.xyz', /out\.xyz names no format: say one with --to/],
    ['trace convert edu.dyno out.qemu-log', /qemu-log is only read: say one with --to/],
    ['record edu --target sim:edu --clause edu/nothing', /No clause edu\/nothing applies/],
  ])('refuses %s', async (line, says) => {
    const { code, err } = await folder.dyno(line);
    expect(err).toMatch(says);
    expect(code).toBe(2);
  });
});

describe('the pager', () => {
  it('moves by pages, lines and numbers, and stays within the trace', () => {
    const at = (key: string, top: number, digits = '') =>
      moved(key, { top, rows: 10, count: 100, digits });
    expect(at(' ', 0)).toBe(10);
    expect(at('b', 5)).toBe(0);
    expect(at('j', 3)).toBe(4);
    expect(at('k', 0)).toBe(0);
    expect(at('G', 0)).toBe(90);
    expect(at('g', 50)).toBe(0);
    expect(at('g', 0, '42')).toBe(42);
    expect(at('x', 7)).toBe(7);
  });
});
