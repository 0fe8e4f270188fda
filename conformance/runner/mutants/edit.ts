/** Applies the edits of a mutant to the source of its file. */
import type { Mutant } from '../../../drivers-under-test/mutants/mutant.ts';

/** @throws RangeError naming the mutant whose edit matches not exactly once, or changes nothing */
export function edited(source: string, { id, file, edits }: Mutant): string {
  if (edits.length === 0) throw new RangeError(`Mutant ${id} has no edit: give it one.`);
  return edits.reduce((text, { find, replace }) => {
    const first = text.indexOf(find);
    if (first < 0) {
      throw new RangeError(`Mutant ${id}: ${file} has no ${quoted(find)}; mend the edit.`);
    }
    if (text.indexOf(find, first + 1) >= 0) {
      throw new RangeError(`Mutant ${id}: ${file} has ${quoted(find)} more than once; say more.`);
    }
    if (find === replace) throw new RangeError(`Mutant ${id} replaces ${quoted(find)} by itself.`);
    return text.slice(0, first) + replace + text.slice(first + find.length);
  }, source);
}

const QUOTED_MAX = 60;

function quoted(text: string): string {
  return JSON.stringify(text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}...` : text);
}
