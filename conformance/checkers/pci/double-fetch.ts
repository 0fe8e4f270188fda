/** Memory that the device may write is not read twice for one decision. */
import { MappedFor } from '../../../sim/buses/pci/iommu.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import type { Rule } from '../../rule.ts';
import { IO_DMA_COMMAND } from '../../specs/pci/documents.ts';
import { hex } from './events.ts';

/** How the journal names the fault that changes memory under the driver's eyes. */
const CHANGED_BUFFER = 'changed-buffer';

interface Range {
  readonly from: number;
  readonly end: number;
}

interface Fetch extends Range {
  readonly timeNs: number;
}

const overlap = (a: Range, b: Range): boolean => a.from < b.end && b.from < a.end;

/**
 * Reading a flag again and again is what polling is, so two reads alone prove nothing. Judged is
 * what a fault makes certain: bytes changed right after the driver had read them, and within the
 * same operation it reads them again, at once or as part of something else.
 */
export const doubleFetch: Rule = {
  id: 'PCI-R16',
  cite: IO_DMA_COMMAND,
  text: 'What was read once from memory that the device may write is not read again to be used.',
  subject: 'driver',
  bugClasses: ['BC-04'],
  watch(watch) {
    const { journal } = watch;
    /** Host memory that the device may write, by the address it was mapped at. */
    const writable = new Map<number, Range>();
    let changing = false;
    let changed: Fetch | undefined;
    const forget = () => {
      changed = undefined;
      changing = false;
    };

    watch.on(EventKind.DmaMap, (at) => {
      const from = journal.highAt(at);
      if (journal.spaceAt(at) < MappedFor.Writing) return;
      writable.set(journal.addressAt(at), { from, end: from + journal.valueAt(at) });
    });
    watch.on(EventKind.DmaUnmap, (at) => writable.delete(journal.addressAt(at)));
    for (const kind of [EventKind.Operation, EventKind.InterruptHandled, EventKind.Lifecycle]) {
      watch.on(kind, forget);
    }
    // What the device itself wrote in the meantime is news that may be fetched.
    watch.on(EventKind.DmaWrite, forget);
    watch.on(EventKind.Fault, (at) => {
      if (journal.textAt(at).startsWith(CHANGED_BUFFER)) changing = true;
    });
    watch.on(EventKind.BufferRead, (at) => {
      if (!changing && changed === undefined) return;
      const from = journal.addressAt(at);
      const read = { from, end: from + journal.valueAt(at), timeNs: journal.timeAt(at) };
      if (changing) {
        changing = false;
        changed = [...writable.values()].some((range) => overlap(range, read)) ? read : undefined;
        if (changed !== undefined) watch.arm();
        return;
      }
      if (changed === undefined || !overlap(changed, read)) return;
      const polled = sameRange(changed, read) && read.timeNs > changed.timeNs;
      if (!polled) watch.violate(`bytes ${hex(read.from)} to ${hex(read.end)} are read again`);
      changed = undefined;
    });
  },
};

function sameRange(a: Range, b: Range): boolean {
  return a.from === b.from && a.end === b.end;
}
