/** Accesses that a register map does not allow, and answers that it does not. */
import { type MirrorFinding, describeFinding } from '../../../sim/registers/mirror.ts';
import type { Rule } from '../../rule.ts';
import { PCI } from '../../specs/pci/documents.ts';
import { listenToRegisters } from './register-watch.ts';

/** What the map itself cites is the source in detail; this is the bus's part of it. */
function mapRule(
  rule: Pick<Rule, 'id' | 'text' | 'subject' | 'bugClasses'>,
  kinds: readonly MirrorFinding['kind'][],
): Rule {
  return {
    ...rule,
    cite: PCI,
    watch(watch) {
      listenToRegisters(watch, {
        accessed: () => watch.arm(),
        found: (finding, bar) => {
          if (!kinds.includes(finding.kind)) return;
          watch.violate(`BAR ${bar}: ${describeFinding(finding)}`);
        },
      });
    },
  };
}

export const registerRules: readonly Rule[] = [
  mapRule(
    {
      id: 'PCI-R18',
      text: 'A write does not try to change bits that are read-only.',
      subject: 'driver',
      bugClasses: ['BC-18'],
    },
    ['read-only'],
  ),
  mapRule(
    {
      id: 'PCI-R19',
      text: 'A write leaves reserved bits as they were read, or zero.',
      subject: 'driver',
      bugClasses: ['BC-18'],
    },
    ['reserved'],
  ),
  mapRule(
    {
      id: 'PCI-R20',
      text: 'An access lies where the device has a register.',
      subject: 'driver',
      bugClasses: ['BC-18'],
    },
    ['undefined', 'write-only'],
  ),
  mapRule(
    {
      id: 'PCI-R21',
      text: 'An access has a size and an alignment that the register takes.',
      subject: 'driver',
      bugClasses: ['BC-17'],
    },
    ['size', 'unaligned'],
  ),
  mapRule(
    {
      id: 'PCI-R22',
      text: 'A register reads as what was written, as its access policy leaves it.',
      subject: 'device',
      bugClasses: [],
    },
    ['value'],
  ),
];
