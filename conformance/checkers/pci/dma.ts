/** What the device reaches in host memory, which the driver alone decides. */
import { DmaStop } from '../../../sim/buses/pci/dma.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import type { Rule, Watch } from '../../rule.ts';
import { IO_DMA_COMMAND, IO_PCI_DEVICE, PCI } from '../../specs/pci/documents.ts';
import { Command, ConfigKnowledge } from './config-knowledge.ts';
import { describeRange, onLifecycle } from './events.ts';

const COMMAND_OFFSET = 0x04;

/** Stopped, or never really started: what was taken must be given back. */
const OVER = [Lifecycle.Stopped, Lifecycle.StartFailed] as const;

/** One rule for each reason why a device was stopped. */
function faultRule(rule: Omit<Rule, 'watch' | 'subject'>, stop: DmaStop, detail: string): Rule {
  return {
    ...rule,
    subject: 'driver',
    watch(watch) {
      [EventKind.DmaRead, EventKind.DmaWrite].forEach(watch.armOn);
      watch.on(EventKind.DmaFault, (at) => {
        if (watch.journal.spaceAt(at) !== stop) return;
        watch.arm();
        watch.violate(`${describeRange(watch.journal, at)}: ${detail}`);
      });
    },
  };
}

/** Live mappings by address: the length of each. */
function liveMappings(watch: Watch): ReadonlyMap<number, number> {
  const { journal } = watch;
  const live = new Map<number, number>();
  watch.on(EventKind.DmaMap, (at) => live.set(journal.addressAt(at), journal.valueAt(at)));
  watch.on(EventKind.DmaUnmap, (at) => live.delete(journal.addressAt(at)));
  return live;
}

export const dma: readonly Rule[] = [
  faultRule(
    {
      id: 'PCI-R08',
      cite: IO_DMA_COMMAND,
      text: 'The device is given addresses of prepared memory only, and for no longer than that.',
      bugClasses: ['BC-14'],
    },
    DmaStop.Unmapped,
    'the device addresses memory that is not mapped',
  ),
  faultRule(
    {
      id: 'PCI-R09',
      cite: IO_DMA_COMMAND,
      text: 'Memory is prepared for the direction in which the device uses it.',
      bugClasses: ['BC-14'],
    },
    DmaStop.Direction,
    'the device uses a mapping against its direction',
  ),
  {
    // A driver may turn bus mastering off to stop a device, as Close does: that is no fault.
    id: 'PCI-R10',
    cite: PCI,
    text: 'A driver turns bus mastering on before the device is to use memory.',
    subject: 'driver',
    bugClasses: ['BC-19'],
    watch(watch) {
      const { journal } = watch;
      const live = liveMappings(watch);
      let turnedOn = false;
      onLifecycle(watch, [Lifecycle.Start], () => {
        turnedOn = false;
      });
      watch.on(EventKind.ConfigWrite, (at) => {
        const isCommand = journal.addressAt(at) === COMMAND_OFFSET;
        if (isCommand && (journal.valueAt(at) & Command.Master) !== 0) turnedOn = true;
      });
      [EventKind.DmaRead, EventKind.DmaWrite].forEach(watch.armOn);
      watch.on(EventKind.DmaFault, (at) => {
        if (journal.spaceAt(at) !== DmaStop.NoMaster) return;
        watch.arm();
        // What an earlier driver left running is stopped by this: only memory of our own counts.
        if (turnedOn || !live.has(journal.addressAt(at))) return;
        watch.violate(`${describeRange(journal, at)}: bus mastering was never turned on`);
      });
    },
  },
  {
    // Close leaves the decoding of BARs on, so no rule asks for that.
    id: 'PCI-R12',
    cite: IO_PCI_DEVICE,
    text: 'When a driver has stopped, or has failed to start, bus mastering is off.',
    subject: 'driver',
    bugClasses: ['BC-19', 'BC-21'],
    watch(watch) {
      const config = new ConfigKnowledge(watch);
      onLifecycle(watch, OVER, () => {
        if (config.command === undefined || config.gone) return;
        watch.arm();
        if ((config.command & Command.Master) !== 0) {
          watch.violate('bus mastering is left on; Close turns it off');
        }
      });
    },
  },
];
