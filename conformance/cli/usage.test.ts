/** What cannot be done gets one sentence and the published exit code. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readResultFile } from '../../reports/result-file.ts';
import { Folder, ours } from './command.fixture.ts';

const folder = new Folder();
afterAll(() => folder.remove());

const sample = ours('drivers-under-test/samples/edu/driver.ts');

/** The driver is refused before anything is judged. */
async function expectRefused(line: string, code: number, says: RegExp): Promise<void> {
  const ended = await folder.dyno(line);
  expect(ended.err).toMatch(says);
  expect(ended.err.trim().split('\n').length, ended.err).toBeLessThanOrEqual(2);
  expect(ended.err).not.toContain('    at ');
  expect(ended.code).toBe(code);
}

describe('dyno', { concurrent: true, timeout: 60_000 }, () => {
  it('explains why a driver takes a device', async () => {
    const { code, out } = await folder.dyno('explain match edu sim:edu');
    expect(out).toMatch(/IOPCIPrimaryMatch/);
    expect(code).toBe(0);
  });

  it('names the key by which a driver refuses a device', async () => {
    const { code, out } = await folder.dyno('explain match edu sim:pci-serial');
    expect(out).toMatch(/IOPCIPrimaryMatch.*0x11e81234/);
    expect(code).toBe(1);
  });

  it('judges a driver once that is named twice', async () => {
    const words = 'run edu edu edu/operations/identify edu/operations -t sim:edu -t sim:edu';
    expect((await folder.dyno(`${words} --runs 1 --out twice`)).code).toBe(0);
    const { verdicts } = readResultFile(join(folder.path, 'twice/result.jsonl'));
    const addresses = verdicts.map(({ clause }) => clause);
    expect(addresses).toContain('edu/operations/identify');
    expect(addresses.length).toBe(new Set(addresses).size);
  });
});

describe('dyno refuses', { concurrent: true, timeout: 60_000 }, () => {
  it.each<[line: string, says: RegExp]>([
    ['frobnicate', /unknown command 'frobnicate'/],
    ['run', /missing required argument 'driver'/],
    ['run edu --frob', /unknown option '--frob'/],
    ['run edu --seed few', /whole number/],
    ['run edu --workers 0', /at least 1/],
    ['run nothing-here', /There is no driver nothing-here: name a folder with a driver\.ts/],
    ['run edu --target sim:nothing', /There is no target sim:nothing; there are .*sim:edu/],
    ['run edu edu/nothing', /There is no clause edu\/nothing/],
    ['run edu factorial', /Did you mean .*edu\/operations\/factorial/],
    ['run edu --path 1:2', /--path belongs to one property/],
    ['run edu --config nothing.ts', /There is no configuration at nothing\.ts/],
    ['certify edu edu/operations', /too many arguments/],
    ['certify edu --path 1', /unknown option '--path'/],
    ['certify edu --profile nothing', /There is no profile nothing; there are dyno-baseline/],
    ['list nothing', /There is no list of nothing/],
    ['explain', /missing required argument 'id'/],
    ['explain no/such', /There is no clause or rule no\/such/],
    ['svd import nothing.svd --list', /nothing\.svd cannot be read: there is no such file/],
  ])('%s', async (line, says) => expectRefused(line, 2, says));

  it('a manifest that lacks a key, by its name', async () => {
    const keys = ['id', 'version', 'class', 'personalities', 'entitlements', 'ics', 'service'];
    for (const key of keys) {
      folder.write(
        `lacks-${key}/driver.ts`,
        `import sample from '${sample}';
const { ${key}: _, ...rest } = sample;
export default rest;`,
      );
      await expectRefused(
        `run ./lacks-${key} --target sim:edu`,
        2,
        new RegExp(`The manifest lacks "${key}"`),
      );
    }
  });

  it('a folder without a manifest', async () => {
    folder.write('empty/readme.md', '');
    await expectRefused('run ./empty', 2, /empty has no driver\.ts/);
  });

  it.each<[name: string, text: string, says: RegExp]>([
    ['nothing-exported', 'export const x = 1;', /must default-export defineDriver/],
    ['syntax-error', 'export default {{{', /syntax-error\/driver\.ts cannot be loaded: /],
    ['throws', "throw new Error('no licence');", /throws\/driver\.ts cannot be loaded: no licence/],
    ['exits', 'process.exit(0);', /exits\/driver\.ts cannot be loaded: it ended its thread/],
    ['unhandled', "await Promise.reject(new Error('lost'));", /cannot be loaded: lost/],
  ])('a driver module: %s', async (name, text, says) => {
    folder.write(`${name}/driver.ts`, text);
    await expectRefused(`run ./${name} --target sim:edu`, 2, says);
  });

  it('a manifest with code beside the service', async () => {
    folder.driver('', { name: 'with-code' });
    folder.write(
      'code/driver.ts',
      `import sample from '${sample}';\nexport default { ...sample, ics: { dma: () => true } };\n`,
    );
    await expectRefused('run ./code --target sim:edu', 2, /plain data/);
  });

  it('a driver without a target', async () => {
    folder.driver('', { name: 'no-target' });
    await expectRefused('run ./no-target', 2, /Name a target for \.\/no-target with --target/);
  });

  it('a malformed SVD file, with the place', async () => {
    folder.write('broken.svd', '<device>\n  <name>X</nam>\n</device>\n');
    await expectRefused('svd import broken.svd --list', 2, /broken\.svd: line 2, column \d+/);
  });

  it('an SVD peripheral that is not there', async () => {
    folder.write(
      'small.svd',
      `<device><name>X</name><width>32</width><peripherals><peripheral><name>P</name>
<baseAddress>0</baseAddress><registers><register><name>R</name><addressOffset>0</addressOffset>
<size>32</size></register></registers></peripheral></peripherals></device>`,
    );
    await expectRefused('svd import small.svd --peripheral Q', 2, /has no peripheral Q; it has P/);
    await expectRefused('svd import small.svd', 2, /--peripheral/);
    const { code, out } = await folder.dyno('svd import small.svd --peripheral P');
    expect(out).toContain('export const registers = {');
    expect(code).toBe(0);
  });

  it('a selection that is empty, with a code of its own', async () => {
    folder.write(
      'private.config.ts',
      `export default { suites: [{ id: 'private', for: { class: 'Other' }, clauses: [{
  id: 'one', cite: { document: 'd', revision: '1', basis: 'read' }, text: 'Nothing.',
  level: 'shall', subject: 'driver', check() {},
}] }] };`,
    );
    await expectRefused('run edu private --config private.config.ts', 4, /nothing is selected/);
  });

  it('a configuration of the wrong shape', async () => {
    folder.write('wrong.config.ts', 'export default { suites: {} };');
    await expectRefused(
      'run edu --config wrong.config.ts',
      2,
      /wrong\.config\.ts: "suites" is a list/,
    );
  });
});
