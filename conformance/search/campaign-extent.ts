/** How large the scenarios of a campaign get. */
import { type Manifest, isProcess } from '../../drivers-under-test/host/manifest.ts';
import type { Extent } from './extent.ts';

const HERE: Extent = { steps: { usual: 12, most: 200 }, clients: 4, faults: 3, answers: 3 };
/** Each step is a run of the program. */
const PROGRAM: Extent = { steps: { usual: 4, most: 12 }, clients: 1, faults: 2, answers: 2 };

export function extentFor(driver: Manifest): Extent {
  return isProcess(driver) ? PROGRAM : HERE;
}
