/** Every mutant there is. */
import type { DeviceMutant, DriverMutant } from '../../../drivers-under-test/mutants/mutant.ts';
import { eduInterrupts } from '../../../drivers-under-test/mutants/edu/interrupts.ts';
import { eduLifecycle } from '../../../drivers-under-test/mutants/edu/lifecycle.ts';
import { eduTransfers } from '../../../drivers-under-test/mutants/edu/transfers.ts';

export const driverMutants: readonly DriverMutant[] = [
  ...eduInterrupts,
  ...eduTransfers,
  ...eduLifecycle,
];

export const deviceMutants: readonly DeviceMutant[] = [];
