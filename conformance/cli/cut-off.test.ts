/** A run that is killed or interrupted keeps what it judged, leaves nothing behind, and goes on. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { readResultFile } from '../../reports/result-file.ts';
import type { ResultDocument } from '../../reports/verdict.ts';
import { Folder, ours } from './command.fixture.ts';

const folder = new Folder();
afterAll(() => folder.remove());

/** Takes wall time, and nothing else. */
const SLOW = `copyIn(...given) {
    const until = performance.now() + 20;
    while (performance.now() < until);
    return super.copyIn(...given);
  }`;
folder.driver(SLOW, { name: 'slow' });
/** A target with a process beside it, as an emulator would be. */
folder.write(
  'child.config.ts',
  `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { builtIn } from '${ours('conformance/cli/catalog.ts')}';
async function make({ onChild }) {
  const target = await builtIn.targets['sim:edu'].make({ onChild });
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  onChild(child.pid);
  writeFileSync(process.env.PID_FILE, String(child.pid));
  return { ...target, name: 'sim:child' };
}
export default { targets: { 'sim:child': { device: 'edu', tier: 'simulated', make } } };`,
);

const path = (out: string) => join(folder.path, out, 'result.jsonl');
const hashes = ({ verdicts }: ResultDocument) =>
  verdicts.map((it) => `${it.clause} ${it.verdict} ${it.journalHash}`).toSorted();

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds() && tries < 1000; tries++) await pause(10);
  expect(holds()).toBe(true);
}

/** Two clauses are judged, a slow one is under way. */
function underWay(out: string): Promise<void> {
  return until(
    () => existsSync(path(out)) && readFileSync(path(out), 'utf8').split('\n').length > 3,
  );
}

const CLAUSES = [
  'edu/operations/identify',
  'edu/operations/liveness',
  'edu/operations/copy-round-trip',
];
const line = (out: string, target = 'sim:edu') => [
  'run',
  './slow',
  ...CLAUSES,
  '-t',
  target,
  '--workers',
  '1',
  '--out',
  out,
];

describe('a run', { concurrent: true, timeout: 60_000 }, () => {
  it('that is killed is finished by --resume with the same verdicts and hashes', async () => {
    const { child, ended } = folder.start(line('killed'));
    await underWay('killed');
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    const kept = readResultFile(path('killed'));
    expect(kept.verdicts.length).toBe(2);
    expect(kept.end).toBeUndefined();

    const resumed = await folder.start([...line('killed'), '--resume']).ended;
    const whole = await folder.start(line('whole')).ended;
    expect([resumed.code, whole.code]).toEqual([0, 0]);
    expect(hashes(readResultFile(path('killed')))).toEqual(hashes(readResultFile(path('whole'))));

    const other = await folder.dyno('run ./slow -t sim:edu --resume --out whole');
    expect(other.err).toMatch(/is complete: there is nothing to resume/);
  });

  it('that is killed is not resumed with other files of the driver', async () => {
    folder.driver(SLOW, { name: 'changing' });
    const words = line('changed').map((word) => (word === './slow' ? './changing' : word));
    const { child, ended } = folder.start(words);
    await underWay('changed');
    child.kill('SIGKILL');
    await ended;
    folder.write('changing/helper.ts', '');
    const resumed = await folder.start([...words, '--resume']).ended;
    expect(resumed.err).toMatch(/belongs to other files of the driver: run without --resume/);
    expect(resumed.code).toBe(2);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends in order on %s', async (signal, code) => {
    const words = [...line(signal, 'sim:child'), '--config', 'child.config.ts'];
    const { child, ended } = folder.start(words, { PID_FILE: `${signal}.pid` });
    await underWay(signal);
    const pid = Number(readFileSync(join(folder.path, `${signal}.pid`), 'utf8'));
    process.kill(pid, 0);
    child.kill(signal);
    const { code: seen, err } = await ended;
    expect(err).toContain('--resume');
    expect(seen).toBe(code);
    expect(readResultFile(path(signal)).verdicts.length).toBe(2);
    await until(() => !isAlive(pid));
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
