/**
 * What the edu suites expect, restated from QEMU docs/specs/edu.txt (7.2): the second opinion does
 * not copy the model.
 */
import type { Citation } from '../../citation.ts';

export const BUFFER_BYTES = 4096;
export const FACTORIALS = [
  1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600,
];
export const VERSION = { major: 1, minor: 0 };

/** The text has headings, not numbers. */
export const edu = (section: string): Citation => ({
  document: 'QEMU docs/specs/edu.txt',
  revision: '7.2',
  section,
  basis: 'read',
});

export const Register = {
  Identification: 0x00,
  Liveness: 0x04,
  Factorial: 0x08,
  Status: 0x20,
  InterruptStatus: 0x24,
  InterruptRaise: 0x60,
  InterruptAcknowledge: 0x64,
  DmaSource: 0x80,
  DmaDestination: 0x88,
  DmaCount: 0x90,
  DmaCommand: 0x98,
  Buffer: 0x40000,
} as const;

/** Of the status register: interrupt at the end of a factorial. */
export const IRFACT = 0x80;
export const DmaBits = { start: 1, toMemory: 2, interrupt: 4 } as const;
