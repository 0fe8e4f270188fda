/** The generic register checks on maps that come from vendors' files, one peripheral of each. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../sim/kernel/random.ts';
import { RegisterBank } from '../../../sim/registers/bank.ts';
import { compile } from '../../../sim/registers/compile.ts';
import type { RegisterMap } from '../../../sim/registers/declare.ts';
import { parseSvd } from '../../../sim/registers/svd/reader.ts';
import { toRegisterMap } from '../../../sim/registers/svd/to-map.ts';
import { registerChecks } from './checks.ts';
import { bankTarget } from './target.ts';

const FOLDER = ['../../../../shared/svd/', '../../../../../shared/svd/']
  .map((path) => new URL(path, import.meta.url))
  .find((folder) => existsSync(folder));

const PERIPHERALS = [
  ['ATSAMD21G18A.svd', 'DMAC'],
  ['RP2040.svd', 'UART0'],
  ['STM32F030.svd', 'USART1'],
  ['e310x.svd', 'UART0'],
  ['nrf51.svd', 'UART0'],
] as const;

function load(file: string, peripheral: string): RegisterMap {
  return toRegisterMap(parseSvd(readFileSync(new URL(file, FOLDER), 'utf8')), peripheral).map;
}

const findings = (bank: RegisterBank<RegisterMap>, map: RegisterMap) =>
  registerChecks.flatMap((check) =>
    check.run(bankTarget(bank, compile(map)), new Random(1, check.id)),
  );

describe.each(PERIPHERALS)('%s, %s', (file, peripheral) => {
  it('passes the generic register checks', ({ skip }) => {
    if (FOLDER === undefined) {
      if (process.env['DYNO_PEERS'] === 'required') throw new Error('shared/svd is absent.');
      skip('The folder shared/svd is not beside the repository.');
      return;
    }
    const map = load(file, peripheral);
    expect(Object.keys(map.registers).length).toBeGreaterThan(4);
    expect(findings(new RegisterBank(map), map)).toEqual([]);
  });
});
