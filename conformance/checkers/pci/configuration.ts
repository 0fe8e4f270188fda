/** Writes to configuration space that a function cannot obey. */
import { EventKind } from '../../../sim/kernel/journal.ts';
import type { Rule } from '../../rule.ts';
import { PCI } from '../../specs/pci/documents.ts';
import { CapabilityId, ConfigKnowledge } from './config-knowledge.ts';
import { describeAccess, hex } from './events.ts';

export const configuration: readonly Rule[] = [
  {
    id: 'PCI-R05',
    cite: PCI,
    text: 'A write to configuration space does not try to change a read-only register.',
    subject: 'driver',
    bugClasses: ['BC-18'],
    watch(watch) {
      const { journal } = watch;
      const config = new ConfigKnowledge(watch);
      watch.on(EventKind.ConfigWrite, (at) => {
        watch.arm();
        const offset = journal.addressAt(at);
        const size = journal.sizeAt(at);
        const bytes = Array.from({ length: size }, (_, index) => ({
          offset: offset + index,
          value: Math.floor(journal.valueAt(at) / 256 ** index) % 256,
        }));
        const changed = bytes.find(({ offset: where, value }) => {
          const held = config.byte(where);
          return config.isReadOnly(where) && held !== undefined && held !== value;
        });
        // Without knowing what it holds: a write of nothing but read-only bytes means to change.
        const blind = bytes.every(
          ({ offset: where }) => config.isReadOnly(where) && config.byte(where) === undefined,
        );
        if (changed === undefined && !blind) return;
        const where = hex(changed?.offset ?? offset);
        watch.violate(`${describeAccess(journal, at)}: the byte at ${where} is read-only`);
      });
    },
  },
  {
    id: 'PCI-R06',
    cite: PCI,
    text: 'MSI and MSI-X are not enabled at the same time.',
    subject: 'driver',
    bugClasses: ['BC-19'],
    watch(watch) {
      const config = new ConfigKnowledge(watch);
      watch.on(EventKind.ConfigWrite, (at) => {
        const msi = config.enabled(CapabilityId.Msi);
        const msix = config.enabled(CapabilityId.MsiX);
        if (msi === undefined || msix === undefined) return;
        watch.arm();
        if (msi && msix) watch.violate(`${describeAccess(watch.journal, at)} leaves both on`);
      });
    },
  },
];
