import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LINE_BYTES_MAX, readResultFile, ResultFileError, ResultWriter } from './result-file.ts';
import { recordsOf, redDocument, sampleHeader, sampleVerdict } from './samples/documents.ts';

const folder = mkdtempSync(join(tmpdir(), 'dyno-result-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const freshPath = () => join(folder, `result-${(files += 1)}.jsonl`);

function write(path: string, document = redDocument()): void {
  const [header, ...records] = recordsOf(document);
  const writer = ResultWriter.create(path, header as typeof document.header);
  for (const record of records) writer.append(record);
  writer.close();
}

function failure(action: () => unknown): ResultFileError {
  try {
    action();
  } catch (error) {
    if (error instanceof ResultFileError) return error;
    throw error;
  }
  throw new Error('expected a ResultFileError');
}

describe('a result file', () => {
  it('gives back the document that was written, one record per line', () => {
    const path = freshPath();
    write(path);
    expect(readResultFile(path)).toEqual(redDocument());
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines).toHaveLength(recordsOf(redDocument()).length + 1);
  });

  it('keeps line separators, lone surrogates and NUL inside strings', () => {
    const path = freshPath();
    const reason = 'a\u2028b\u2029c\u0085d\re\nf\0g\ud800h\u{1f9ea}';
    const writer = ResultWriter.create(path, sampleHeader());
    writer.append(sampleVerdict({ verdict: 'error', reason }));
    writer.close();
    expect(readResultFile(path).verdicts[0]!.reason).toBe(reason);
  });

  it('drops a last line torn at any byte', () => {
    const path = freshPath();
    const writer = ResultWriter.create(path, sampleHeader());
    writer.append(sampleVerdict());
    const whole = statSync(path).size;
    writer.append(sampleVerdict({ target: 'qemu:edu' }));
    writer.close();
    const bytes = readFileSync(path);
    for (let size = whole; size < bytes.length; size += 1) {
      writeFileSync(path, bytes.subarray(0, size));
      expect(readResultFile(path).verdicts).toHaveLength(1);
    }
  });

  it('resumes after a torn line as if it had never been', () => {
    const path = freshPath();
    const writer = ResultWriter.create(path, sampleHeader());
    writer.append(sampleVerdict());
    writer.close();
    appendFileSync(path, `{"record":"verdict","driver":"${'x'.repeat(5000)}`);
    const { writer: resumed, document } = ResultWriter.resume(path);
    expect(document.verdicts).toHaveLength(1);
    resumed.append(sampleVerdict({ target: 'qemu:edu' }));
    resumed.close();
    expect(readResultFile(path).verdicts.map((it) => it.target)).toEqual(['sim:edu', 'qemu:edu']);
    expect(readFileSync(path, 'utf8')).toMatch(/}\n$/);
  });

  it('does not resume a run that has ended', () => {
    const path = freshPath();
    write(path);
    const { message, exitCode } = failure(() => ResultWriter.resume(path));
    expect(message).toContain('nothing to resume');
    expect(exitCode).toBe(2);
    expect(readResultFile(path)).toEqual(redDocument());
  });

  it.each<[string, string, RegExp]>([
    ['not JSON', 'hello\n', /:1: not a line of JSON/],
    ['invalid UTF-8', '"\xff"\n', /:1: not a line of JSON/],
    ['another format', '{"schema":"other"}\n', /:1: not a driver-dyno\/result header/],
    ['an empty file', '', /:1: no complete header/],
    [
      'a newer version',
      JSON.stringify({ ...sampleHeader(), version: 2 }) + '\n',
      /:1: version 2, but this tool reads 1/,
    ],
    [
      'a bad record in the middle',
      `${JSON.stringify(sampleHeader())}\n{"record":"verdict","driver":7}\n{}\n`,
      /:2: driver: Invalid input: expected string/,
    ],
    [
      'an unknown record',
      `${JSON.stringify(sampleHeader())}\n{"record":"mystery"}\n`,
      /:2: record: Invalid/,
    ],
    [
      'the same verdict twice',
      [sampleHeader(), sampleVerdict(), sampleVerdict(), '']
        .map((it) => (it === '' ? it : JSON.stringify(it)))
        .join('\n'),
      /:3: a second verdict on/,
    ],
  ])('refuses %s with the line number', (_, content, message) => {
    const path = freshPath();
    writeFileSync(path, content, 'latin1');
    const error = failure(() => readResultFile(path));
    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(2);
  });
});

it('refuses a line longer than its limit', () => {
  const path = freshPath();
  writeFileSync(path, Buffer.alloc(LINE_BYTES_MAX + 200_000, 'x'));
  expect(failure(() => readResultFile(path)).message).toMatch(/a line over \d+ bytes/);
});

describe('the disk', () => {
  it.each<[string, string, number, RegExp]>([
    ['a full disk', '/dev/full', 5, /cannot write to \/dev\/full: the disk is full/],
    ['a missing folder', '/nonexistent/x/result.jsonl', 2, /no such file or folder/],
    ['a folder', folder, 2, /it is a folder/],
    ['a file used as a folder', '/dev/null/result.jsonl', 2, /part of the path is a file/],
  ])('says in one sentence: %s', (_, path, exitCode, message) => {
    const error = failure(() => ResultWriter.create(path, sampleHeader()));
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
    expect(error.exitCode).toBe(exitCode);
  });

  it('names the file that is not there', () => {
    const path = freshPath();
    expect(failure(() => readResultFile(path)).message).toBe(
      `cannot read ${path}: there is no such file or folder`,
    );
  });

  it('keeps every record that was appended before kill -9', async () => {
    const path = freshPath();
    const source = `
      import { ResultWriter } from './reports/result-file.ts';
      import { sampleHeader, sampleVerdict } from './reports/samples/documents.ts';
      const entries = Array.from({ length: 100_000 }, (_, index) =>
        ({ driver: 'edu', target: 'sim:edu', clause: 'c' + index }));
      const plan = { hash: '0', entries };
      const writer = ResultWriter.create(process.argv[1], sampleHeader({ plan }));
      for (const entry of entries) {
        writer.append(sampleVerdict(entry));
        process.stdout.write(entry.clause + '\\n');
      }`;
    const root = new URL('..', import.meta.url);
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', source, path], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    for await (const chunk of child.stdout) {
      told += chunk;
      if (told.length > 2000) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
    const kept = readResultFile(path);
    const appended = told.split('\n').slice(0, -1);
    expect(appended.length).toBeGreaterThan(100);
    expect(kept.verdicts.slice(0, appended.length).map((it) => it.clause)).toEqual(appended);
    expect(kept.end).toBeUndefined();
  });
});
