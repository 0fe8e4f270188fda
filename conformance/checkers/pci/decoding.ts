/** Accesses that the function cannot answer in the state it was put into. */
import type { Rule } from '../../rule.ts';
import { PCI, PCI_POWER } from '../../specs/pci/documents.ts';
import { ConfigKnowledge } from './config-knowledge.ts';
import { describeAccess, isAnswer, onBarAccess } from './events.ts';

/** An access after removal is another rule's: the driver cannot know yet. */
export const decoding: readonly Rule[] = [
  {
    id: 'PCI-R01',
    cite: PCI,
    text: 'A BAR is accessed only while its kind of decoding is on in the command register.',
    subject: 'driver',
    bugClasses: ['BC-19', 'BC-22'],
    watch(watch) {
      const { journal } = watch;
      const config = new ConfigKnowledge(watch);
      onBarAccess(watch, (at) => {
        if (config.command === undefined || config.gone) return;
        watch.arm();
        const bar = journal.spaceAt(at);
        if (config.decodes(bar) === false) {
          watch.violate(`${describeAccess(journal, at)} is not decoded`);
        } else if (isAnswer(journal, at)) {
          config.answered(bar);
        }
      });
    },
  },
  {
    id: 'PCI-R02',
    cite: PCI_POWER,
    text: 'A function in D3 is accessed in configuration space only.',
    subject: 'driver',
    bugClasses: ['BC-20'],
    watch(watch) {
      const config = new ConfigKnowledge(watch);
      onBarAccess(watch, (at) => {
        if (!config.asleep || config.gone) return;
        watch.arm();
        watch.violate(`${describeAccess(watch.journal, at)} while the function is in D3`);
      });
    },
  },
];
