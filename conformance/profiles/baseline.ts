/** What every driver of the classes that we know must do. */
import type { Profile } from '../config.ts';

const SUITES = [
  'pci',
  'driver',
  'registers',
  'edu',
  'serial-port',
  'uart-16550',
  'block-device',
  'nvme',
  'memory-device',
  'temperature-sensor',
  'flash-device',
  'search',
];
/** What needs nothing of a target that a foreign one lacks. */
const EVERYWHERE = ['edu/operations', 'block-device/data'];

export const baseline: Profile = {
  id: 'dyno-baseline',
  version: '0.3.0',
  runs: 100,
  seed: 1,
  levels: ['shall', 'should', 'may'],
  subjects: ['driver', 'pair'],
  suites: SUITES,
  mustRun: { simulated: SUITES, independent: EVERYWHERE },
};
