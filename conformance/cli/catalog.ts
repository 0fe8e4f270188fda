/** Everything that comes with the package: the one place with concrete lists. */
import { eduMachine } from '../../sim/machines/edu.ts';
import { hostRules } from '../checkers/host.ts';
import { pciRules } from '../checkers/pci/rules.ts';
import type { Catalog } from '../config.ts';
import { baseAddresses } from '../suites/pci/base-addresses.ts';
import { capabilities } from '../suites/pci/capabilities.ts';
import { header } from '../suites/pci/header.ts';
import { operations as eduOperations } from '../suites/edu/operations.ts';
import { simTarget } from '../transports/sim/target.ts';

/** Compiled files end in .js, sources in .ts; modules are found beside this one. */
const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

function sample(name: string): string {
  const path = `../../drivers-under-test/samples/${name}/driver.${suffix}`;
  return new URL(path, import.meta.url).href;
}

export const builtIn: Catalog = {
  drivers: {
    edu: { module: sample('edu'), targets: ['sim:edu'] },
  },
  targets: {
    'sim:edu': {
      device: 'edu',
      tier: 'simulated',
      make: () =>
        simTarget({
          name: 'sim:edu',
          device: 'edu',
          machine: eduMachine,
          offers: ['msi', 'device-reset'],
        }),
    },
  },
  suites: [header, baseAddresses, capabilities, eduOperations],
  rules: [...hostRules, ...pciRules],
};
