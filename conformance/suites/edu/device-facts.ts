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
