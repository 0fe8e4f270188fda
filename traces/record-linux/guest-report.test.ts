/** What the guest sends is cut at the lengths that it says, and its failures are ours to name. */
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readGuestReport } from './guest-report.ts';

function file(name: string, text: string): Buffer {
  const bytes = gzipSync(text);
  return Buffer.concat([Buffer.from(`file ${name} ${bytes.length}\n`), bytes]);
}

it('gives the files by name', () => {
  const report = Buffer.concat([file('a', 'one\n'), file('b', ''), Buffer.from('done\n')]);
  expect([...readGuestReport(report)]).toEqual([
    ['a', 'one\n'],
    ['b', ''],
  ]);
});

it('says why the guest gave up', () => {
  const report = Buffer.concat([file('a', 'one\n'), Buffer.from('fail no /dev/nvme0n1\n')]);
  expect(() => readGuestReport(report)).toThrow('The guest gave up: no /dev/nvme0n1');
});

it('names the place of what it does not understand', () => {
  expect(() => readGuestReport(Buffer.from('file a\n'))).toThrow('"file a" at byte 0');
});

it('misses the end', () => {
  const report = file('a', 'one');
  expect(() => readGuestReport(report)).toThrow(`ends after ${report.length} bytes`);
});
