/** `dyno record` and `dyno trace`, as they are typed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Folder } from '../command.fixture.ts';
import { moved } from './pager.ts';

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

  it.each<[line: string, says: RegExp]>([
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
