/** Accesses when the driver has no device: after Stop, and after removal. */
import { EventKind } from '../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import type { Rule } from '../../rule.ts';
import { IO_SERVICE, PCI_EXPRESS } from '../../specs/pci/documents.ts';
import { describeAccess, onAccess, onLifecycle } from './events.ts';

/**
 * Accesses that a driver may still make of a device that is gone: it learns of it by what it
 * reads, and a bounded poll has to run out. Ours; no document gives a figure.
 */
export const GONE_ACCESSES_MAX = 1000;

export const lifetime: readonly Rule[] = [
  {
    id: 'PCI-R03',
    cite: IO_SERVICE,
    text: 'After Stop was passed to the superclass, the provider is not used.',
    subject: 'driver',
    bugClasses: ['BC-12', 'BC-19'],
    watch(watch) {
      let stopped = false;
      onLifecycle(watch, [Lifecycle.Start], () => (stopped = false));
      onLifecycle(watch, [Lifecycle.SuperStop], () => {
        stopped = true;
        watch.arm();
      });
      onAccess(watch, (at) => {
        if (stopped) watch.violate(`${describeAccess(watch.journal, at)} after super Stop`);
      });
    },
  },
  {
    id: 'PCI-R04',
    cite: PCI_EXPRESS,
    text: `A driver notices by what it reads that its device is gone, within ${GONE_ACCESSES_MAX} accesses.`,
    subject: 'driver',
    bugClasses: ['BC-12', 'BC-05'],
    watch(watch) {
      let accesses = -1;
      watch.on(EventKind.Removed, () => {
        accesses = 0;
        watch.arm();
      });
      onAccess(watch, (at) => {
        if (accesses < 0) return;
        accesses++;
        if (accesses !== GONE_ACCESSES_MAX + 1) return;
        watch.violate(`${describeAccess(watch.journal, at)}, ${accesses} after the removal`);
      });
    },
  },
];
