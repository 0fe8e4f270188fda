/** What a map excludes from which register check, with its reasons: the report lists them. */
import type { CompiledMap, Register } from '../../../sim/registers/compile.ts';
import type { AccessSize, RegisterTest } from '../../../sim/registers/declare.ts';
import { refusal } from '../../../sim/registers/split.ts';

export interface Exclusion {
  readonly register: string;
  readonly test: RegisterTest | 'all';
  readonly reason: string;
}

export function exclusions(map: CompiledMap): Exclusion[] {
  return map.registers.flatMap((register) => {
    const declared = Object.entries(register.declaration.exclude ?? {}).map(([test, reason]) => ({
      register: register.name,
      test: test as RegisterTest | 'all',
      reason,
    }));
    const reason = unreachable(map, register);
    return reason === undefined
      ? declared
      : [...declared, { register: register.name, test: 'all' as const, reason }];
  });
}

/** Whether a check may touch a register. */
export function included(map: CompiledMap, register: Register, test: RegisterTest): boolean {
  const { exclude = {} } = register.declaration;
  if (exclude[test] !== undefined || exclude.all !== undefined) return false;
  return unreachable(map, register) === undefined;
}

function unreachable(map: CompiledMap, register: Register): string | undefined {
  if (register.page >= 0 && map.map.pageBy === undefined) {
    return 'its map does not say which field selects its page';
  }
  return unit(map, register) === undefined ? 'no legal access sizes cover it' : undefined;
}

const SIZES: readonly AccessSize[] = [8, 4, 2, 1];

/** The widest legal accesses that cover a register, in bytes. */
export function unit(map: CompiledMap, register: Register): AccessSize | undefined {
  const { at, bytes } = register;
  const page = Math.max(register.page, 0);
  const side = register.readable ? 'read' : 'write';
  return SIZES.find((size) => {
    if (size > bytes) return false;
    for (let from = 0; from < bytes; from += size) {
      if (refusal(map, side, page, at + from, size) !== undefined) return false;
    }
    return true;
  });
}
