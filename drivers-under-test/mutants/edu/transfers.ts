import type { DriverMutant } from '../mutant.ts';
export const eduTransfers: readonly DriverMutant[] = [];
