/** From the start of the process to the first line and to the first verdict on disk. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const MAIN = join(import.meta.dirname, '../conformance/cli/main.ts');
const FIRST_LINE_MS = 200;
const FIRST_VERDICT_MS = 1500;
const TRIES = 5;

export async function printColdStart(): Promise<void> {
  let line = Infinity;
  let verdict = Infinity;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const measured = await once();
    line = Math.min(line, measured.line);
    verdict = Math.min(verdict, measured.verdict);
  }
  say('dyno run edu: to the first line', line, FIRST_LINE_MS);
  say('dyno run edu: to the first verdict', verdict, FIRST_VERDICT_MS);
}

async function once(): Promise<{ line: number; verdict: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'dyno-bench-'));
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN, 'run', 'edu', '--out', folder]);
  let line = Infinity;
  child.stdout.once('data', () => (line = performance.now() - began));
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (!judged(join(folder, 'result.jsonl')) && child.exitCode === null) await pause(2);
  const verdict = performance.now() - began;
  await ended;
  rmSync(folder, { recursive: true, force: true });
  return { line, verdict };
}

function judged(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes('"record":"verdict"');
  } catch {
    return false;
  }
}

function say(what: string, ms: number, bar: number): void {
  const missed = ms > bar ? '  MISSED' : '';
  console.log(`${what.padEnd(58)} ${ms.toFixed(0).padStart(9)} ms bar ${bar} ms${missed}`);
}
