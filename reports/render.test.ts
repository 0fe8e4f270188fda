import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GOLDENS } from './golden/goldens.ts';
import { renderReports } from './render.ts';
import { ResultFileError, ResultWriter } from './result-file.ts';
import { recordsOf, redDocument } from './samples/documents.ts';

const folder = mkdtempSync(join(tmpdir(), 'dyno-render-'));
afterAll(() => rmSync(folder, { recursive: true }));

function writeResult(): string {
  const path = join(folder, 'result.jsonl');
  const { header } = redDocument();
  const writer = ResultWriter.create(path, header);
  for (const record of recordsOf(redDocument()).slice(1)) writer.append(record);
  writer.close();
  return path;
}

describe('renderReports', () => {
  it('writes every form into a folder that it makes', () => {
    const out = join(folder, 'a', 'b');
    const { files, summary } = renderReports(writeResult(), out);
    expect(files.map((it) => it.slice(out.length + 1))).toEqual([
      'report.html',
      'junit.xml',
      'summary.md',
    ]);
    for (const file of files) expect(readFileSync(file, 'utf8').length).toBeGreaterThan(1000);
    expect(existsSync(`${files[0]}.part`)).toBe(false);
    expect(summary.exitCode).toBe(6);
  });

  it('says why a folder cannot be written', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => renderReports(writeResult(), join(file, 'out'))).toThrow(ResultFileError);
    expect(() => renderReports(writeResult(), join(file, 'out'))).toThrow(
      /is a file, not a folder/,
    );
  });
});

describe('goldens (npm run reports:generate)', () => {
  it.each(GOLDENS.map(({ file, text }) => [file, text] as const))('%s', (file, text) => {
    expect(text()).toBe(readFileSync(file, 'utf8'));
  });
});
