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
/** QEMU 7.2 dies of these transfers (README.md). */
const ABORTS = [
  'driver/faults/no-answer',
  'driver/faults/self-reset',
  'edu/operations/copy-whole-buffer',
];
/** MCR comes up as 08, wide accesses are split, and every character has eight bits (README.md). */
const DEPARTURES = ['access-size', 'bit-bash', 'hw-reset', 'read-effects', 'reserved']
  .map((name) => `registers/${name}`)
  .concat('uart-16550/device/formats');
const TIMEOUT_MS = 200_000;

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
    ['edu', 'qemu:edu', /^edu\//, 1, ABORTS],
    ['uart-16550', 'qemu:pci-serial', /^(uart-16550|serial-port)\//, 0.75, DEPARTURES],
  ] as const)(
    '%s passes on %s',
    (driver, target, own, share, departures) => {
      const { status, document } = dyno('run', driver, '--target', target, '--runs', '5');
      const judged = document.verdicts.filter(({ clause }) => own.test(clause));
      const ran = judged.filter(({ verdict }) => !verdict.startsWith('not-'));
      const bad = document.verdicts.filter(({ verdict }) => /fail|error|inconcl/.test(verdict));
      expect(bad.map(({ clause }) => clause).toSorted()).toEqual(departures);
      expect(bad.every(({ waived }) => waived !== undefined)).toBe(true);
      expect(ran.length).toBeGreaterThanOrEqual(share * judged.length);
      expect(status).toBe(0);
    },
    TIMEOUT_MS,
  );

  it.each([
    ['edu', '300'],
    ['nvme', '500'],
  ])(
    '%s differs from ours in what is explained only',
    (device, runs) => {
      const targets = `sim:${device},qemu:${device}`;
      const { status, stdout } = dyno('diff', device, '--targets', targets, '--runs', runs);
      expect(stdout).toContain('0 divergences that nothing explains');
      expect(status).toBe(0);
    },
    TIMEOUT_MS,
  );
});
