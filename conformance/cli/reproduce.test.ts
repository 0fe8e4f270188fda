/** The same seed gives the same result: by the printed line, on any number of workers, twice. */
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readResultFile } from '../../reports/result-file.ts';
import { Folder } from './command.fixture.ts';

const folder = new Folder();
afterAll(() => folder.remove());
const root = resolve(import.meta.dirname, '../..');

const verdicts = (out: string) =>
  readResultFile(resolve(folder.path, out, 'result.jsonl')).verdicts;

/** Wrong for a value that a property finds and shrinks, and wrong in an example. */
const WRONG = `checkLiveness(pattern) { return super.checkLiveness(pattern) && pattern < 1000; }
  identify() { return { major: 2, minor: 0 }; }`;

function reproduceLines(out: string): string[] {
  return [...out.matchAll(/^ +Reproduce: (.*)$/gm)].map((match) => match[1]!);
}

describe('a result', { concurrent: true, timeout: 240_000 }, () => {
  it('is shown again by its Reproduce line as printed', async () => {
    folder.driver(WRONG, { name: "vendor's own" });
    const first = await folder.start(['run', "./vendor's own", '-t', 'sim:edu']).ended;
    expect(first.code).toBe(1);
    const failures = verdicts('reports/out').filter(({ verdict }) => verdict === 'fail');
    const lines = reproduceLines(first.out);
    expect(lines.length).toBe(failures.length);
    expect(failures.some(({ failure }) => failure?.path !== undefined)).toBe(true);
    for (const failure of failures) {
      const line = lines.find((it) => it.includes(failure.clause));
      const again = await folder.shell(line!);
      expect(again.code).toBe(1);
      const [seen] = verdicts('reports/out');
      expect(seen).toMatchObject({
        clause: failure.clause,
        journalHash: failure.journalHash,
        failure: { message: failure.failure!.message, reproduce: line },
      });
    }
  });

  it('is shown again by its Reproduce line in this repository', async () => {
    folder.driver(WRONG, { name: 'here' });
    const out = join(folder.path, 'out-here');
    const clause = 'edu/operations/liveness';
    const line = `npm run dyno -- run ${folder.path}/here ${clause} -t sim:edu --out ${out}`;
    const first = await folder.shell(line, root);
    const [printed] = reproduceLines(first.out);
    expect(printed).toMatch(/^npm run dyno -- run \S+\/here edu\/operations\/liveness --target/);
    const again = await folder.shell(`${printed} --out ${out}-again`, root);
    expect(again.code).toBe(1);
    expect(verdicts(`${out}-again`)[0]!.journalHash).toBe(verdicts(out)[0]!.journalHash);
    expect(first.out).toContain('Explain:   npm run dyno -- explain');
  });

  it('does not depend on the number of workers', async () => {
    const hashes: string[][] = [];
    for (const workers of ['1', '2']) {
      const out = `workers-${workers}`;
      expect((await folder.dyno(`run edu --workers ${workers} --out ${out}`)).code).toBe(0);
      hashes.push(
        verdicts(out)
          .map((it) => `${it.clause} ${it.target} ${it.journalHash}`)
          .toSorted(),
      );
    }
    expect(hashes[0]!.length).toBeGreaterThan(3);
    expect(hashes[1]).toEqual(hashes[0]);
  });

  it('that depends on something outside the world is found', async () => {
    const members = 'checkLiveness(pattern) { return super.checkLiveness(performance.now()); }';
    folder.driver(members, { name: 'clock' });
    const clause = 'edu/operations/liveness';
    const line = `run ./clock ${clause} -t sim:edu --check-determinism --out clock-out`;
    const { code, out } = await folder.dyno(line);
    expect(out).toMatch(/Two runs with seed \d+ differ/);
    expect(code).toBe(3);
    expect((await folder.dyno('run edu --check-determinism --out twice')).code).toBe(0);
  });
});
