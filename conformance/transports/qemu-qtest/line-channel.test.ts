import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LINE_LENGTH_MAX, LineChannel } from './line-channel.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dyno-lines-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A channel whose other side sent this text and closed. */
function channelWith(text: string): LineChannel {
  const incoming = join(folder, 'in');
  writeFileSync(incoming, text, 'latin1');
  const ends = { in: openSync(incoming, 'r'), out: openSync(join(folder, 'out'), 'w') };
  return new LineChannel(ends, (cause) => new Error('gone', { cause }));
}

it('gives line by line, then says that the other side has gone', () => {
  const channel = channelWith('OK 0x1\n\nIRQ raise 3\nhalf');
  expect([channel.readLine(), channel.readLine(), channel.readLine()]).toEqual([
    'OK 0x1',
    '',
    'IRQ raise 3',
  ]);
  expect(() => channel.readLine()).toThrow('gone');
});

it('joins a line that comes in pieces', () => {
  const long = 'x'.repeat(200_000);
  const channel = channelWith(`${long}\nOK\n`);
  expect(channel.readLine()).toBe(long);
  expect(channel.readLine()).toBe('OK');
});

it('gives up on a line without end', () => {
  const channel = channelWith('x'.repeat(LINE_LENGTH_MAX + 1));
  expect(() => channel.readLine()).toThrow(RangeError);
});

it('writes one line a command', () => {
  channelWith('').writeLine('readl 0x0');
  expect(readFileSync(join(folder, 'out'), 'latin1')).toBe('readl 0x0\n');
});

it('keeps the cause when the other side is gone', () => {
  const out = openSync(join(folder, 'out'), 'w');
  closeSync(out);
  const channel = new LineChannel({ in: out, out }, (cause) => new Error('gone', { cause }));
  expect(() => channel.writeLine('x')).toThrow(expect.objectContaining({ message: 'gone' }));
  expect(() => channel.readLine()).toThrow(
    expect.objectContaining({ cause: expect.objectContaining({ code: 'EBADF' }) }),
  );
});
