/** Drivers, targets and disks that misbehave while a run goes: each costs what it must, no more. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readResultFile } from '../../reports/result-file.ts';
import { Folder, ours } from './command.fixture.ts';

const folder = new Folder();
afterAll(() => folder.remove());

const result = (out: string) => readResultFile(join(folder.path, out, 'result.jsonl'));
const words = (out: string) =>
  Object.fromEntries(result(out).verdicts.map((it) => [it.clause.split('/')[2], it.verdict]));

/** One clause fails with this cause, the others pass, and what was seen before is kept. */
async function expectOneVerdict(
  name: string,
  members: string,
  cause: string,
  more = '',
): Promise<void> {
  folder.driver(members, { name });
  const out = `out-${name}`;
  const { code } = await folder.dyno(`run ./${name} -t sim:edu edu/operations --out ${out}${more}`);
  const failed = result(out).verdicts.filter(({ verdict }) => verdict === 'fail');
  expect(failed.map((it) => [it.clause, it.cause])).toEqual([['edu/operations/identify', cause]]);
  const rest = result(out).verdicts.filter(({ verdict }) => verdict === 'pass');
  expect(rest.length).toBe(result(out).header.plan.entries.length - 1);
  expect(
    result(out)
      .coverage.flatMap((it) => it.registers)
      .some((it) => it.reads > 0),
  ).toBe(true);
  expect(code).toBe(6);
}

describe('a driver that', { concurrent: true, timeout: 60_000 }, () => {
  it('loops for ever without any access costs one verdict', async () => {
    await expectOneVerdict(
      'loops',
      'identify() { for (;;); }',
      'hang',
      ' --watchdog 3 --workers 1 --runs 3',
    );
  });

  it('ends its process costs one verdict', async () => {
    await expectOneVerdict('leaves', 'identify() { process.exit(0); }', 'crash');
  });

  it('throws costs one verdict', async () => {
    await expectOneVerdict('throws', "identify() { throw new TypeError('oops'); }", 'crash');
  });

  it('leaves a rejected promise to nobody costs one verdict', async () => {
    const members = "identify() { void Promise.reject(new Error('x')); return super.identify(); }";
    await expectOneVerdict('floating', members, 'unhandled-rejection');
  });

  it('throws from a timer costs one verdict', async () => {
    const members = `identify() {
      setTimeout(() => { throw new Error('late'); }, 0);
      return new Promise((done) => setTimeout(done, 1000));
    }`;
    folder.driver(members, { name: 'timer' });
    const { code } = await folder.dyno(
      'run ./timer -t sim:edu edu/operations/identify --out out-timer',
    );
    expect(result('out-timer').verdicts.map(({ verdict }) => verdict)).toEqual(['fail']);
    expect([1, 6]).toContain(code);
  });
});

const UNAVAILABLE = `
import { findPeer } from '${ours('conformance/transports/qemu-qtest/peer.ts')}';
import { TargetUnavailable } from '${ours('conformance/target.ts')}';
export default { targets: { 'qemu:absent': { device: 'edu', tier: 'independent', make() {
  try { findPeer(); } catch (error) { throw new TargetUnavailable(error.message); }
  throw new Error('QEMU is there');
} } } };`;

describe('a target or disk', { concurrent: true, timeout: 60_000 }, () => {
  it('without QEMU: an error with the package, nothing on the driver', async () => {
    folder.write('absent.config.ts', UNAVAILABLE);
    const line = 'run edu edu/operations -t qemu:absent --config absent.config.ts --out out-absent';
    const { code, out } = await folder.dyno(line, { PATH: '' });
    expect(out).toContain('apt-get install qemu-system-x86');
    expect(new Set(Object.values(words('out-absent')))).toEqual(new Set(['error']));
    expect(code).toBe(5);
  });

  it('that is full: what was judged is kept', async () => {
    // 5 blocks of 512 bytes: the header fits, the verdicts that follow do not all.
    const whole = await folder.dyno('run edu edu/operations --out out-fits --workers 1');
    expect(whole.code).toBe(0);
    const lines = readFileSync(join(folder.path, 'out-fits/result.jsonl'), 'utf8').split('\n');
    const bytes = lines[0]!.length + lines[1]!.length + lines[2]!.length + 3;
    const dyno = folder.commandLine('run edu edu/operations --out out-full --workers 1');
    const blocks = Math.ceil(bytes / 512);
    const ended = await folder.shell(`ulimit -f ${blocks}; NODE_DISABLE_COMPILE_CACHE=1 ${dyno}`);
    expect(ended.err).toMatch(/^dyno: cannot write to out-full\/result\.jsonl: .*\n$/);
    expect(ended.code).toBe(5);
    const kept = result('out-full');
    expect(kept.end).toBeUndefined();
    expect(kept.verdicts.length).toBeGreaterThanOrEqual(2);
    const resumed = await folder.dyno('run edu edu/operations --out out-full --workers 1 --resume');
    expect(resumed.code).toBe(0);
    expect(words('out-full')).toEqual(words('out-fits'));
  });

  it('that is full from the start', async () => {
    mkdirSync(join(folder.path, 'out-dev'));
    const { code, err } = await folder.shell(
      `ln -s /dev/full out-dev/result.jsonl; ${folder.commandLine('run edu --out out-dev')}`,
    );
    expect(err).toMatch(/the disk is full/);
    expect(code).toBe(5);
  });

  it('that cannot be written to', async () => {
    folder.write('a-file', '');
    const { code, err } = await folder.dyno('run edu --out a-file/out');
    expect(err).toMatch(/^dyno: cannot make a-file\/out: part of the path is a file/);
    expect(code).toBe(2);
    expect(existsSync(join(folder.path, 'reports'))).toBe(false);
  });
});
