import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CampaignLog, type EpochRecord } from './campaign-log.ts';
import { Corpus, contentId } from './corpus.ts';
import { fewest } from './fewest.ts';
import { Findings } from './findings.ts';

const root = mkdtempSync(join(tmpdir(), 'dyno-stores-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;
const fresh = () => join(root, String(folders++));

const problem = { verdict: 'fail', message: 'no', violations: [], journal: [] } as const;
const failed = (run: number, text = `at ${run}`) => {
  return {
    signature: 'rule | R1',
    text,
    problem: { ...problem, violations: [], journal: [] },
    run,
  };
};

it('keeps a scenario once, by its content', () => {
  const corpus = new Corpus(fresh());
  expect(corpus.ids()).toEqual([]);
  const id = corpus.add('one');
  expect(corpus.add('one')).toBe(id);
  corpus.add('two');
  expect(corpus.ids()).toHaveLength(2);
  expect(corpus.read(id)).toBe('one');
});

it('takes neither what was cut off nor what was edited', () => {
  const folder = fresh();
  const id = new Corpus(folder).add('one');
  writeFileSync(join(folder, `${id}.scenario`), 'other');
  writeFileSync(join(folder, `.unfinished-1-2-${contentId('two')}.scenario`), 'tw');
  writeFileSync(join(folder, 'README.md'), 'notes');
  const again = new Corpus(folder);
  expect(again.entries()).toEqual([]);
  expect(again.add('one')).toBe(id);
  expect(again.read(id)).toBe('one');
  expect(readdirSync(folder).toSorted()).toEqual([`${id}.scenario`, 'README.md']);
});

it('merges by union', () => {
  const [one, other] = [new Corpus(fresh()), new Corpus(fresh())];
  one.add('a');
  for (const text of ['a', 'b', 'c']) other.add(text);
  expect(one.merge(other)).toBe(2);
  expect(one.entries()).toEqual(other.entries());
});

it('covers with few, the smaller of equals', () => {
  const entry = (name: string, size: number, features: readonly number[]) => {
    return { entry: name, size, features };
  };
  const all = [
    entry('big', 9, [1, 2, 3]),
    entry('same, smaller', 5, [1, 2, 3]),
    entry('part', 1, [1, 2]),
    entry('another', 1, [4]),
    entry('nothing', 0, []),
  ];
  expect(fewest(all)).toEqual(['same, smaller', 'another']);
});

it('keeps a finding as it failed, and the earliest run of it', () => {
  const findings = new Findings(fresh());
  expect(findings.add(failed(7)).isNew).toBe(true);
  expect(findings.add(failed(9)).isNew).toBe(false);
  const { finding } = findings.add(failed(3));
  expect(findings.list()).toMatchObject([{ run: 3, status: 'unshrunk' }]);
  expect(findings.unshrunk(finding.id)).toBe('at 3');
});

it('replaces the smallest by what is smaller, and never the unshrunk', () => {
  const folder = fresh();
  const findings = new Findings(folder);
  const { id } = findings.add(failed(7, 'long')).finding;
  const position = { pass: 1, cursor: 2, changed: true };
  findings.progress(id, { text: 'sho', executions: 5, position, status: 'unshrunk' });
  expect(findings.get(id.slice(0, 4))).toMatchObject({ executions: 5, position });
  // Once a shrink has begun it is that scenario's.
  findings.add(failed(3));
  expect(findings.unshrunk(id)).toBe('long');
  // Killed between the scenario and what is said about it.
  writeFileSync(findings.smallestPath(id), 'sh');
  const again = new Findings(folder).get(id);
  expect(again.position).toBeUndefined();
  expect(findings.smallest(id)).toBe('sh');
});

it('says which finding it does not know', () => {
  const findings = new Findings(fresh());
  expect(() => findings.get('abc')).toThrow('no finding begins with abc');
  findings.add(failed(1));
  findings.add({ ...failed(2), signature: 'rule | R2' });
  expect(() => findings.get('')).toThrow('several findings begin with');
});

it('takes away findings that were never whole', () => {
  const folder = fresh();
  mkdirSync(join(folder, '.unfinished-9-1-abc'), { recursive: true });
  expect(new Findings(folder).list()).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

it('goes on from the last line that was written whole', () => {
  const log = new CampaignLog(join(fresh(), 'campaign.jsonl'));
  const header = {
    version: 1,
    driver: 'edu',
    digest: 'd',
    target: 'sim:edu',
    model: 'EduDevice',
    seed: 1,
  } as const;
  expect(() => log.resume(header)).toThrow('There is no campaign at');
  log.begin(header);
  const totals = { runs: 1, steps: 2, failing: 0, undecided: 0, choices: 0, scheduled: 0 };
  const record: EpochRecord = {
    entries: ['a'],
    signatures: [],
    reached: [],
    totals: { ...totals, hash: 'h' },
  };
  log.append(record);
  writeFileSync(log.path, '{"entries":["b"', { flag: 'a' });
  expect(log.resume(header)).toEqual([record]);
  log.append(record);
  expect(log.resume(header)).toEqual([record, record]);
  expect(() => log.resume({ ...header, seed: 2 })).toThrow('another seed: run without --resume');
});
