/** What the rules of PCI have in common: groups of events, and how they speak of them. */
import { EventKind, type Journal } from '../../../sim/kernel/journal.ts';
import type { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import type { Watch } from '../../rule.ts';

/** An access to a BAR, memory or I/O. */
export function onBarAccess(watch: Watch, handler: (at: number) => void): void {
  watch.on(EventKind.Read, handler);
  watch.on(EventKind.Write, handler);
}

/** Any access of the driver to the function. */
export function onAccess(watch: Watch, handler: (at: number) => void): void {
  onBarAccess(watch, handler);
  watch.on(EventKind.ConfigRead, handler);
  watch.on(EventKind.ConfigWrite, handler);
}

/** A read that returned anything but all ones, which is what nobody answers. */
export function isAnswer(journal: Journal, at: number): boolean {
  if (journal.kind[at] !== EventKind.Read) return false;
  return journal.value[at] !== 256 ** Math.min(journal.size[at]!, 4) - 1;
}

/** `index` is the interrupt's, in events of interrupt sources. */
export function onLifecycle(
  watch: Watch,
  steps: readonly Lifecycle[],
  handler: (index: number) => void,
): void {
  const { journal } = watch;
  const texts: readonly string[] = steps;
  watch.on(EventKind.Lifecycle, (at) => {
    if (texts.includes(journal.textAt(at))) handler(journal.space[at] ?? 0);
  });
}

export const hex = (value: number): string => `0x${value.toString(16)}`;

/** Such as "a 4-byte write of 0x1 at 0x80 of BAR 0". */
export function describeAccess(journal: Journal, at: number): string {
  const kind = journal.kind[at];
  const isConfig = kind === EventKind.ConfigRead || kind === EventKind.ConfigWrite;
  const isWrite = kind === EventKind.Write || kind === EventKind.ConfigWrite;
  const what = isWrite ? `write of ${hex(journal.value[at] ?? 0)}` : 'read';
  const where = isConfig ? 'configuration space' : `BAR ${journal.space[at]}`;
  return `a ${journal.size[at]}-byte ${what} at ${hex(journal.address[at] ?? 0)} of ${where}`;
}

/** Such as "8 bytes at 0x100000". */
export function describeRange(journal: Journal, at: number): string {
  return `${journal.value[at]} bytes at ${hex(journal.address[at] ?? 0)}`;
}
