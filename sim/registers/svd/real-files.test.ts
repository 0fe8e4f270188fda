/**
 * Files that vendors publish, as they are. They are no part of the repository: the folder
 * `shared/svd` is looked for beside it and above.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RegisterBank } from '../bank.ts';
import { parseSvd } from './reader.ts';
import { toRegisterMap } from './to-map.ts';

const FOLDER = ['../../../../shared/svd/', '../../../../../shared/svd/']
  .map((path) => new URL(path, import.meta.url))
  .find((folder) => existsSync(folder));

/** Peripherals and registers, arrays expanded, as another XML parser counts them. */
const FILES = {
  'ATSAMD21G18A.svd': { peripherals: 34, registers: 1258 },
  'RP2040.svd': { peripherals: 37, registers: 1182 },
  'STM32F030.svd': { peripherals: 31, registers: 353 },
  'e310x.svd': { peripherals: 19, registers: 237 },
  'nrf51.svd': { peripherals: 31, registers: 680 },
};

describe.each(Object.entries(FILES))('%s', (file, expected) => {
  it('becomes register maps that banks can hold', ({ skip }) => {
    if (FOLDER === undefined) {
      if (process.env['DYNO_PEERS'] === 'required') throw new Error('shared/svd is absent.');
      skip('The folder shared/svd is not beside the repository.');
      return;
    }
    const device = parseSvd(readFileSync(new URL(file, FOLDER), 'utf8'));
    const banks = device.peripherals.map(
      ({ name }) => new RegisterBank(toRegisterMap(device, name).map),
    );
    expect(banks).toHaveLength(expected.peripherals);
    const registers = banks.reduce((sum, { map }) => sum + map.registers.length, 0);
    expect(registers).toBe(expected.registers);
  });
});
