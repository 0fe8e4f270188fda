/** Mutants of the edu driver around interrupts, time and registers. */
import type { DriverMutant } from '../mutant.ts';

const edu = {
  driver: 'edu',
  file: 'drivers-under-test/samples/edu/driver.ts',
} as const;

export const eduInterrupts: readonly DriverMutant[] = [
  {
    ...edu,
    id: 'edu/no-acknowledge',
    bugClass: 'BC-11',
    expected: [],
    what: 'The handler does not acknowledge what it served.',
    edits: [
      {
        find: 'this.#registers.INTERRUPT_ACKNOWLEDGE.write(bits);\n    const wait',
        replace: 'const wait',
      },
    ],
  },
  {
    ...edu,
    id: 'edu/acknowledge-everything',
    bugClass: 'BC-11',
    expected: [],
    what: 'The handler acknowledges every bit there is, also those that it has not seen.',
    edits: [
      {
        find: 'INTERRUPT_ACKNOWLEDGE.write(bits);\n    const wait',
        replace: 'INTERRUPT_ACKNOWLEDGE.write(0xff_ff);\n    const wait',
      },
    ],
  },
];
