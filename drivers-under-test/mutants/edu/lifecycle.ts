import type { DriverMutant } from '../mutant.ts';
export const eduLifecycle: readonly DriverMutant[] = [];
