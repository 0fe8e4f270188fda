/** What all parts of the resolution of a device share. */
import type { Note } from './device.ts';
import type { Element, Shape } from './elements.ts';
import type { Scopes } from './scopes.ts';
import { lenientNumber } from './values.ts';

export interface Resolution {
  readonly scopes: Scopes;
  readonly note: Note;
  /** Counts what expansion makes; throws above the bound. */
  readonly spend: (count: number, at: Element) => void;
}

export function noteStrays({ strays }: Element, where: string, note: Note): void {
  for (const { what, line } of strays) note(where, what, line);
}

/** Which values may be written is for the driver to know; a register takes them all. */
export function noteConstraint(shape: Shape, where: string, { note }: Resolution): void {
  const constraint = shape.children.find(({ kind }) => kind === 'writeConstraint');
  if (constraint === undefined) return;
  noteStrays(constraint, where, note);
  const { writeAsRead, useEnumeratedValues } = constraint.leaves;
  const range = constraint.children[0];
  const lost = (what: string) => note(where, `writeConstraint ${what}`, constraint.line);
  if (isTrue(writeAsRead?.text)) lost('writeAsRead');
  if (isTrue(useEnumeratedValues?.text)) lost('useEnumeratedValues');
  if (range === undefined) return;
  noteStrays(range, where, note);
  const minimum = lenientNumber(range.leaves.minimum, where, note) ?? 0n;
  const maximum = lenientNumber(range.leaves.maximum, where, note);
  lost(`${minimum} to ${maximum ?? '?'}`);
}

export function isTrue(text: string | undefined): boolean {
  return /^(?:true|1)$/i.test(text ?? '');
}
