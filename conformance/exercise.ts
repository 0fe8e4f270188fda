/**
 * Simple I/O: for each class of driver one short round of work whose result is checked, so that
 * clauses about lifecycle, faults and removal can be written once for all classes (as WDTF's
 * SimpleIO does for the device fundamentals tests of the Windows HLK).
 */
import type { Scene } from './scene.ts';

/** @throws ExpectationError for a wrong result, IOReturnError where the driver fails */
export type Exercise = (scene: Scene, client: unknown) => Promise<void>;
/** By class contract. */
export type Exercises = Readonly<Record<string, Exercise>>;
