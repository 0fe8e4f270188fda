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
  if (journal.kindAt(at) !== EventKind.Read) return false;
  return journal.valueAt(at) !== 256 ** Math.min(journal.sizeAt(at), 4) - 1;
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
    if (texts.includes(journal.textAt(at))) handler(journal.spaceAt(at));
  });
}

export const hex = (value: number): string => `0x${value.toString(16)}`;

/** Such as "a 4-byte write of 0x1 at 0x80 of BAR 0". */
export function describeAccess(journal: Journal, at: number): string {
  const kind = journal.kindAt(at);
  const isConfig = kind === EventKind.ConfigRead || kind === EventKind.ConfigWrite;
  const isWrite = kind === EventKind.Write || kind === EventKind.ConfigWrite;
  const what = isWrite ? `write of ${hex(journal.valueAt(at))}` : 'read';
  const where = isConfig ? 'configuration space' : `BAR ${journal.spaceAt(at)}`;
  return `a ${journal.sizeAt(at)}-byte ${what} at ${hex(journal.addressAt(at))} of ${where}`;
}

/** Such as "8 bytes at 0x100000". */
export function describeRange(journal: Journal, at: number): string {
  return `${journal.valueAt(at)} bytes at ${hex(journal.addressAt(at))}`;
}
