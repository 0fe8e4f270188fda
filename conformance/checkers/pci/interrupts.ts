/** Interrupts that nobody handles, or that outlive the driver. */
import { InterruptKind } from '../../../sim/buses/pci/interrupt-kind.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import type { Rule, Watch } from '../../rule.ts';
import { IO_INTERRUPT_SOURCE, IO_SERVICE, PCI } from '../../specs/pci/documents.ts';
import { CapabilityId, ConfigKnowledge } from './config-knowledge.ts';
import { onLifecycle } from './events.ts';

/** The device's own INTx level, which faults on the way to the host do not touch. */
class Level {
  asserted = false;

  constructor(watch: Watch, changed: () => void = () => {}) {
    const { journal } = watch;
    watch.on(EventKind.Interrupt, (at) => {
      if (journal.spaceAt(at) !== InterruptKind.Level) return;
      this.asserted = journal.valueAt(at) === 1;
      changed();
    });
  }
}

export const interrupts: readonly Rule[] = [
  {
    id: 'PCI-R07',
    cite: PCI,
    text: 'A function that signals by messages does not assert its INTx line.',
    subject: 'device',
    bugClasses: [],
    watch(watch) {
      const config = new ConfigKnowledge(watch);
      const level = new Level(watch, () => {
        const msi = config.enabled(CapabilityId.Msi) === true;
        if (!msi && config.enabled(CapabilityId.MsiX) !== true) return;
        watch.arm();
        if (level.asserted) watch.violate('INTx is asserted while messages are on');
      });
    },
  },
  {
    id: 'PCI-R13',
    cite: IO_SERVICE,
    text: 'After Stop was passed to the superclass, the device does not interrupt.',
    subject: 'driver',
    bugClasses: ['BC-10', 'BC-19'],
    watch(watch) {
      const { journal } = watch;
      let stopped = false;
      const level = new Level(watch);
      onLifecycle(watch, [Lifecycle.Start], () => (stopped = false));
      onLifecycle(watch, [Lifecycle.SuperStop], () => {
        stopped = true;
        watch.arm();
        if (level.asserted) watch.violate('the INTx line is left asserted');
      });
      watch.on(EventKind.Interrupt, (at) => {
        if (!stopped || journal.valueAt(at) !== 1) return;
        watch.violate(`interrupt ${journal.addressAt(at)} comes after super Stop`);
      });
    },
  },
  {
    id: 'PCI-R14',
    cite: IO_INTERRUPT_SOURCE,
    text: 'An interrupt source is enabled only once it has a handler.',
    subject: 'driver',
    bugClasses: ['BC-10', 'BC-19'],
    watch(watch) {
      const handled = new Set<number>();
      onLifecycle(watch, [Lifecycle.HandlerSet], (index) => handled.add(index));
      onLifecycle(watch, [Lifecycle.HandlerCancelled], (index) => handled.delete(index));
      onLifecycle(watch, [Lifecycle.HandlerEnabled], (index) => {
        watch.arm();
        if (!handled.has(index)) watch.violate(`interrupt source ${index} has no handler`);
      });
    },
  },
];
