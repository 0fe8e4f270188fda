/** The npm package `bme280` in its realm: what is found is what its README says, and no more. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readResultFile } from '../../../reports/result-file.ts';

const out = mkdtempSync(join(tmpdir(), 'dyno-peer-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));
const TIMEOUT_MS = 200_000;

it(
  'bme280 fails what its findings say, and passes everything else',
  () => {
    const words = ['run', 'bme280', '--runs', '5', '--out', out];
    spawnSync(process.execPath, ['conformance/cli/main.ts', ...words], { timeout: TIMEOUT_MS });
    const { verdicts } = readResultFile(join(out, 'result.jsonl'));
    const others = verdicts.filter(({ verdict }) => verdict !== 'pass');
    expect(others.map(({ clause, verdict }) => `${verdict} ${clause}`).toSorted()).toEqual([
      'fail environment-sensor/robustness/flipped-bits',
      'fail environment-sensor/robustness/left-quietly',
      'fail environment-sensor/robustness/power-lost',
      'fail environment-sensor/robustness/sleeps-quietly',
    ]);
    expect(verdicts.length).toBeGreaterThanOrEqual(60);
  },
  TIMEOUT_MS,
);
