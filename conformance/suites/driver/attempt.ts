/** Calls that may fail, while something is wrong with the device: but only as they should. */
import { IOReturnError, type IOReturnName } from '../../../drivers-under-test/host/io-return.ts';
import { ExpectationError } from '../../expect.ts';
import type { Citation } from '../../citation.ts';

/** Our catalogue of driver bugs and the studies it draws on. */
export const bugClass = (id: string): Citation => ({
  document: 'driver-dyno, catalogue of driver bug classes',
  revision: '1',
  section: id,
  basis: 'read',
});

export const DRIVERKIT = (section: string): Citation => ({
  document: 'DriverKit headers (apple-oss-distributions/xnu)',
  revision: 'xnu-11417.101.15',
  section,
  basis: 'secondary',
});

export const HLK: Citation = {
  document: 'Windows HLK, Device Fundamentals tests',
  revision: '2025',
  basis: 'secondary',
};

/**
 * The name of the code that a call failed with, or undefined when it succeeded. Whatever else a
 * driver throws passes: that is a crash.
 */
export async function failure(call: () => unknown): Promise<IOReturnName | undefined> {
  try {
    await call();
    return undefined;
  } catch (error) {
    if (error instanceof IOReturnError) return error.codeName;
    throw error;
  }
}

/** As `failure`, where a device that lies may have made the result wrong too. */
export async function whateverHappens(call: () => unknown): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (error instanceof IOReturnError || error instanceof ExpectationError) return;
    throw error;
  }
}

/** 1 .. count: places at which a fault strikes. */
export function places(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/**
 * A device that lost a write or its state may do what no driver asked for: what it does then is
 * not held against the driver, only what the driver itself keeps or leaves.
 */
export const OWN_RULES: readonly string[] = [
  'HOST-STOP',
  'HOST-BALANCE',
  'HOST-MAPPED',
  'HOST-MEMORY',
  'HOST-DMA',
  'HOST-STORM',
  'PCI-R03',
  'PCI-R14',
];
