/**
 * Joins what QEMU saw from below with what the kernel recorded within. Both saw the same accesses
 * to memory-mapped registers; so they are laid side by side by these, not by their clocks, and
 * what only the kernel saw takes its place among them.
 */
import { type TraceEvent, TraceKind, wideValue } from '../format/event.ts';
import type { TraceSpace } from '../format/header.ts';
import type { GuestAccess, GuestEvent } from './guest-log.ts';

/** The events of QEMU's log in order, with the guest's own where they happened. */
export type Joined =
  | { readonly from: 'below'; readonly event: TraceEvent }
  | { readonly from: 'within'; readonly event: GuestEvent; readonly timeNs: number };

/**
 * An event of the guest comes right before the access that follows it there.
 * @throws Error naming the first access in which the two differ
 */
export function join(
  below: { readonly events: readonly TraceEvent[]; readonly spaces: readonly TraceSpace[] },
  accesses: readonly GuestAccess[],
  within: readonly GuestEvent[],
): Joined[] {
  const joined: Joined[] = [];
  let next = 0;
  let guest = 0;
  let timeNs = 0;
  const takeUntil = (limitNs: number, atNs: number): void => {
    for (let event = within[guest]; event && event.timeNs <= limitNs; event = within[++guest]) {
      timeNs = Math.max(timeNs, atNs - (limitNs - event.timeNs));
      joined.push({ from: 'within', event, timeNs });
    }
  };
  for (const event of below.events) {
    if (isMemoryAccess(event, below.spaces)) {
      const access = accesses[next++];
      mustBeSame(event, access, below.spaces);
      takeUntil(access!.timeNs, event.timeNs);
    }
    timeNs = event.timeNs;
    joined.push({ from: 'below', event });
  }
  if (next !== accesses.length) {
    throw new Error(`mmiotrace saw ${accesses.length} accesses, QEMU ${next}.`);
  }
  const lastNs = within.at(-1)?.timeNs ?? 0;
  takeUntil(lastNs, timeNs);
  return joined;
}

function isMemoryAccess({ kind, space }: TraceEvent, spaces: readonly TraceSpace[]): boolean {
  if (kind !== TraceKind.Read && kind !== TraceKind.Write) return false;
  return spaces.some((it) => it.space === space && it.kind === 'memory');
}

function mustBeSame(
  event: TraceEvent,
  access: GuestAccess | undefined,
  spaces: readonly TraceSpace[],
): void {
  const base = spaces.find(({ space }) => space === event.space)?.base ?? 0;
  const below = {
    isWrite: event.kind === TraceKind.Write,
    size: event.size,
    address: base + event.address,
    value: wideValue(event),
  };
  const within = access ?? { ...below, size: 0 };
  const { isWrite, size, address, value } = within;
  if (
    isWrite === below.isWrite &&
    size === below.size &&
    address === below.address &&
    value === below.value
  ) {
    return;
  }
  throw new Error(
    `QEMU and mmiotrace differ: ${described(below)} after ${event.timeNs} ns, ` +
      `but ${access === undefined ? 'nothing' : described(access)}.`,
  );
}

function described({ isWrite, size, address, value }: Omit<GuestAccess, 'timeNs'>): string {
  const verb = isWrite ? 'write' : 'read';
  return `${verb} 0x${address.toString(16)}/${size} = 0x${value.toString(16)}`;
}
