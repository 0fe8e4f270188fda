/** What the register suites drive: any port to registers that can be reset and has a map. */
import type { RegisterBank } from '../../../sim/registers/bank.ts';
import type { CompiledMap } from '../../../sim/registers/compile.ts';
import type { RegisterMap } from '../../../sim/registers/declare.ts';
import type { RegisterPort } from '../../../sim/registers/driver-access.ts';
import { halves, joined } from '../../../sim/registers/split.ts';

export interface RegisterTarget extends RegisterPort {
  readonly map: CompiledMap;
  /**
   * Resets what the domain of the map resets; without a name, everything.
   * @returns the domain that was reset, where the target could not do that one
   */
  reset(domain?: string): string | void;
}

/** A register bank without a bus in front of it. */
export function bankTarget<const M extends RegisterMap>(
  bank: RegisterBank<M>,
  map: CompiledMap = bank.map,
): RegisterTarget {
  return {
    map,
    read: (offset, size) => bank.read(offset, size),
    write: (offset, size, value) => bank.write(offset, size, value),
    read64: (offset) => {
      const low = bank.read(offset, 8);
      return joined(low, bank.high);
    },
    write64: (offset, value) => {
      const [low, high] = halves(value);
      bank.write(offset, 8, low, high);
    },
    reset: (domain) => bank.reset(domain),
  };
}
