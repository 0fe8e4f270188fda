import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { greenDocument, recordsOf, redDocument, sampleVerdict } from './samples/documents.ts';
import { OVERRUN_LOST } from './samples/failures.ts';
import { publishedSchema, SCHEMA_FILE } from './schema/published.ts';
import { resultRecordSchema } from './verdict.ts';
import type { Verdict } from './verdict.ts';

describe('the result schema', () => {
  it('takes every record of the samples through JSON and back unchanged', () => {
    const records = [...recordsOf(redDocument()), ...recordsOf(greenDocument())];
    expect(records.length).toBeGreaterThan(30);
    for (const record of records) {
      expect(resultRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    }
  });

  it.each<[string, Partial<Verdict>, RegExp]>([
    ['a fail without failure', { verdict: 'fail', cause: 'rule' }, /needs its failure/],
    ['a fail without cause', { verdict: 'fail', failure: OVERRUN_LOST }, /needs its cause/],
    [
      'a fail that is ours',
      { verdict: 'fail', cause: 'ours', failure: OVERRUN_LOST },
      /error, no fail/,
    ],
    ['a not-run without reason', { verdict: 'not-run' }, /needs a reason/],
    ['a not-applicable without reason', { verdict: 'not-applicable' }, /needs a reason/],
    ['an inconclusive without reason', { verdict: 'inconclusive' }, /needs a reason/],
    ['an error without reason', { verdict: 'error', cause: 'ours' }, /needs a reason/],
    [
      'a flaky pass',
      { attempts: [{ verdict: 'fail', journalHash: '1' }] },
      /flaky result cannot become pass/,
    ],
    ['a misspelt word', { verdict: 'passed' as 'pass' }, /Invalid option/],
    ['half a nanosecond', { virtualNs: 0.5 }, /expected int/],
    ['an unknown key', { reasons: 'x' } as Partial<Verdict>, /Unrecognized key/],
  ])('refuses %s', (_, changes, message) => {
    const result = resultRecordSchema.safeParse(sampleVerdict(changes));
    expect(result.error?.issues.map((issue) => issue.message).join('; ')).toMatch(message);
  });

  it('is published up to date (npm run reports:generate)', () => {
    expect(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'))).toEqual(JSON.parse(publishedSchema()));
  });
});
