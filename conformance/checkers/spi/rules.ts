/** Rules of an SPI bus that no driver may break, whatever device it drives. */
import { SpiEvent } from '../../../sim/buses/spi/bus.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import type { Citation } from '../../citation.ts';
import type { Rule } from '../../rule.ts';
import { onAnew } from '../anew.ts';
import { onBus } from './line-events.ts';

/** No standard says what SPI is. */
const GUIDE: Citation = {
  document: 'Motorola, SPI Block Guide',
  revision: 'V04.01',
  basis: 'secondary',
};

function rule(options: Pick<Rule, 'id' | 'text' | 'bugClasses' | 'watch'>): Rule {
  return { ...options, cite: GUIDE, subject: 'driver', bus: 'spi' };
}

const configured = rule({
  id: 'SPI-R01',
  text: 'A driver says the mode and the clock before its first transaction.',
  bugClasses: ['BC-01', 'BC-02'],
  watch(watch) {
    const { journal } = watch;
    // Nobody opens a device behind a programmer, which has a mode and a clock of its own.
    let isUnknown = false;
    watch.on(EventKind.Lifecycle, (at) => {
      if (journal.textAt(at) === Lifecycle.Open) isUnknown = true;
    });
    onBus(watch, (event) => {
      if (event === SpiEvent.Configure) isUnknown = false;
    });
    watch.on(EventKind.Command, (at) => {
      watch.arm();
      if (isUnknown) watch.violate(`select ${journal.spaceAt(at)} has no mode and no clock yet`);
      isUnknown = false;
    });
  },
});

const still = rule({
  id: 'SPI-R02',
  text: 'Mode and clock stay as they are while a chip is selected.',
  bugClasses: ['BC-02', 'BC-14'],
  watch(watch) {
    const { journal } = watch;
    let isSelected = false;
    // What somebody began who is dead ends by itself.
    onAnew(watch, () => (isSelected = false));
    onBus(watch, (event, at) => {
      if (event === SpiEvent.Select || event === SpiEvent.Deselect) {
        isSelected = event === SpiEvent.Select;
      }
      if (event !== SpiEvent.Configure) return;
      watch.arm();
      if (isSelected) watch.violate(`mode ${journal.sizeAt(at)} comes in a transaction`);
    });
  },
});

const filled = rule({
  id: 'SPI-R03',
  text: 'No piece of a transaction is empty: a chip is not selected for nothing.',
  bugClasses: ['BC-11'],
  watch(watch) {
    const { journal } = watch;
    watch.armOn(EventKind.Command);
    for (const kind of [EventKind.Command, EventKind.Completion]) {
      watch.on(kind, (at) => {
        if (journal.valueAt(at) > 0) return;
        watch.violate(kind === EventKind.Command ? 'nothing is written' : 'nothing is read');
      });
    }
  },
});

export const spiRules: readonly Rule[] = [configured, still, filled];
