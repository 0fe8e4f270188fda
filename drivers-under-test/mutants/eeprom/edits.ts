/** What several mutants of the EEPROM driver share. */
import type { Edit } from '../mutant.ts';

export const eeprom = {
  driver: 'eeprom',
  file: 'drivers-under-test/samples/eeprom/driver.ts',
} as const;

/** Reading back would find most mistakes: as most drivers do, this one does not. */
export const BLIND: Edit = {
  find: 'if (await this.#holds(page)) return tries === 0;',
  replace: 'return true;',
};

/** Nor does it try again what finds the device busy. */
export const IMPATIENT: Edit = {
  find: "if (error.codeName === 'kIOReturnNotResponding') await this.#untilReady();\n    else if",
  replace: 'if',
};
