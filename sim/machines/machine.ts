/** An assembly of a bus and a device, ready for a driver. */
import type { PciFunction } from '../buses/pci/function.ts';
import type { CompiledMap } from '../registers/compile.ts';
import type { RegisterCoverage } from '../registers/coverage.ts';

export interface Machine {
  readonly function: PciFunction;
  /** Register maps and what was touched of them, by BAR. */
  readonly maps: ReadonlyMap<number, CompiledMap>;
  readonly coverage: ReadonlyMap<number, RegisterCoverage>;
  /** Pulls the device out. */
  remove(): void;
}
