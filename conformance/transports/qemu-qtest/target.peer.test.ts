/** The sample drivers and the comparison of devices on QEMU, through the command line. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readResultFile } from '../../../reports/result-file.ts';
import { peerMissing } from './peer.ts';

const missing = peerMissing();
const out = mkdtempSync(join(tmpdir(), 'dyno-peer-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));
/** QEMU's 16550 itself: MCR comes up as 08, and wide accesses are split (README.md). */
const DEPARTURES = ['access-size', 'bit-bash', 'hw-reset', 'read-effects', 'reserved'].map(
  (name) => `registers/${name}`,
);
const TIMEOUT_MS = 110_000;

function dyno(...words: string[]) {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['conformance/cli/main.ts', ...words, '--out', out],
    { encoding: 'utf8', timeout: TIMEOUT_MS },
  );
  return { status, stdout, document: readResultFile(join(out, 'result.jsonl')) };
}

describe.skipIf(missing)(`drivers on QEMU (${missing ?? 'it is installed'})`, () => {
  it.each([
    ['edu', 'qemu:edu', 0.85, []],
    ['uart-16550', 'qemu:pci-serial', 0.7, DEPARTURES],
  ] as const)(
    '%s passes on %s',
    (driver, target, share, departures) => {
      const { status, document } = dyno('run', driver, '--target', target, '--runs', '5');
      const applicable = document.verdicts.filter(({ verdict }) => verdict !== 'not-applicable');
      const ran = applicable.filter(({ verdict }) => verdict !== 'not-run');
      const bad = document.verdicts.filter(({ verdict }) => /fail|error|inconcl/.test(verdict));
      expect(bad.map(({ clause }) => clause).toSorted()).toEqual(departures);
      expect(bad.every(({ waived }) => waived !== undefined)).toBe(true);
      expect(ran.length).toBeGreaterThanOrEqual(share * applicable.length);
      expect(status).toBe(0);
    },
    TIMEOUT_MS,
  );

  it(
    'edu differs from ours in what is explained only',
    () => {
      const { status, stdout } = dyno(
        'diff',
        'edu',
        '--targets',
        'sim:edu,qemu:edu',
        '--runs',
        '300',
      );
      expect(stdout).toContain('0 divergences that nothing explains');
      expect(status).toBe(0);
    },
    TIMEOUT_MS,
  );
});
