/** What every PCI driver of the classes that we know must do. */
import type { Profile } from '../config.ts';

const SUITES = ['pci', 'driver', 'registers', 'edu', 'serial-port', 'uart-16550'];

export const baseline: Profile = {
  id: 'dyno-baseline',
  version: '0.1.0',
  runs: 100,
  seed: 1,
  levels: ['shall', 'should', 'may'],
  subjects: ['driver', 'pair'],
  suites: SUITES,
  mustRun: { simulated: SUITES, independent: ['edu/operations'] },
};
