/** The sample drivers and the comparisons on QEMU's Arm board, through the command line. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readResultFile } from '../../../reports/result-file.ts';
import { peerMissing } from '../qemu-qtest/peer.ts';
import { BOARD_FACTS } from './board-facts.ts';

const missing = peerMissing('arm');
const out = mkdtempSync(join(tmpdir(), 'dyno-peer-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));
const TIMEOUT_MS = 200_000;

function dyno(...words: string[]) {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['conformance/cli/main.ts', ...words, '--out', out],
    { encoding: 'utf8', timeout: TIMEOUT_MS },
  );
  return { status, stdout, document: readResultFile(join(out, 'result.jsonl')) };
}

describe.skipIf(missing)(`drivers on QEMU's board (${missing ?? 'it is installed'})`, () => {
  it.each([
    ['eeprom', 'at24c', 40],
    ['spi-nor', 'm25p80', 35],
    ['tmp105', 'tmp105', 45],
  ] as const)(
    '%s passes on qemu:%s but for what is known of the device',
    (driver, name, passes) => {
      const { status, document } = dyno('run', driver, '--target', `qemu:${name}`, '--runs', '5');
      const { verdicts } = document;
      const bad = verdicts.filter(({ verdict }) => /fail|error|inconcl/.test(verdict));
      const known = Object.keys(BOARD_FACTS[name].departures).toSorted();
      expect(bad.map(({ clause }) => clause).toSorted()).toEqual(known);
      expect(bad.every(({ waived }) => waived !== undefined)).toBe(true);
      const passed = verdicts.filter(({ verdict }) => verdict === 'pass');
      expect(passed.length).toBeGreaterThanOrEqual(passes);
      expect(status).toBe(0);
    },
    TIMEOUT_MS,
  );

  it.each([
    ['24cxx', 'sim:24c32,qemu:at24c', '100'],
    ['spi-nor', 'sim:w25q256,qemu:m25p80', '200'],
    ['tmp105', 'sim:tmp105,qemu:tmp105', '200'],
  ])(
    '%s differs from ours in what is explained only',
    (device, targets, runs) => {
      const { status, stdout } = dyno('diff', device, '--targets', targets, '--runs', runs);
      expect(stdout).toContain('0 divergences that nothing explains');
      expect(status).toBe(0);
    },
    TIMEOUT_MS,
  );
});
