/** How the target of a mutant is called: the healthy one's name, then the mutant's. */
import type { Mutant } from '../../../drivers-under-test/mutants/mutant.ts';

const BETWEEN = '~';

export function mutantTarget(base: string, { id }: Mutant): string {
  return `${base}${BETWEEN}${id}`;
}

/** The id of the mutant, or undefined for a healthy target. */
export function mutantOfTarget(name: string): string | undefined {
  const at = name.indexOf(BETWEEN);
  return at < 0 ? undefined : name.slice(at + 1);
}
