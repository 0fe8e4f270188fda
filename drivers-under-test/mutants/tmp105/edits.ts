/** What the mutants of the TMP105 driver share. */
const FOLDER = 'drivers-under-test/samples/tmp105';

export const inDriver = { driver: 'tmp105', file: `${FOLDER}/driver.ts` } as const;
export const inChip = { driver: 'tmp105', file: `${FOLDER}/chip.ts` } as const;
export const inEncoding = { driver: 'tmp105', file: `${FOLDER}/encoding.ts` } as const;
export const inWaiters = { driver: 'tmp105', file: `${FOLDER}/alert-waiters.ts` } as const;
