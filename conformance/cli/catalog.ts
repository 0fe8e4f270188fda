/** Everything that comes with the package: the one place with concrete lists. */
import { eduMachine } from '../../sim/machines/edu.ts';
import { pciSerialMachine } from '../../sim/machines/pci-serial.ts';
import { hostRules } from '../checkers/host.ts';
import { pciRules } from '../checkers/pci/rules.ts';
import type { Catalog } from '../config.ts';
import { baseAddresses } from '../suites/pci/base-addresses.ts';
import { capabilities } from '../suites/pci/capabilities.ts';
import { header } from '../suites/pci/header.ts';
import { faults as driverFaults } from '../suites/driver/faults.ts';
import { lifecycle as driverLifecycle } from '../suites/driver/lifecycle.ts';
import { operations as eduOperations } from '../suites/edu/operations.ts';
import { eduSimpleIO } from '../suites/edu/simple-io.ts';
import { data as serialData } from '../suites/serial-port/data.ts';
import { errors as serialErrors } from '../suites/serial-port/errors.ts';
import { lifecycle as serialLifecycle } from '../suites/serial-port/lifecycle.ts';
import { modem as serialModem } from '../suites/serial-port/modem.ts';
import { settings as serialSettings } from '../suites/serial-port/settings.ts';
import { serialSimpleIO } from '../suites/serial-port/simple-io.ts';
import { faults as uartFaults } from '../suites/uart-16550/faults.ts';
import { setup as uartSetup } from '../suites/uart-16550/setup.ts';
import { transfer as uartTransfer } from '../suites/uart-16550/transfer.ts';
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
    'uart-16550': { module: sample('uart-16550'), targets: ['sim:pci-serial'] },
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
    'sim:pci-serial': {
      device: 'uart-16550',
      tier: 'simulated',
      make: () =>
        simTarget({
          name: 'sim:pci-serial',
          device: 'uart-16550',
          machine: pciSerialMachine,
          offers: [
            'device-reset',
            'serial-peer',
            'line-timing',
            'line-errors',
            'line-breaks',
            'modem-lines',
          ],
        }),
    },
  },
  suites: [
    header,
    baseAddresses,
    capabilities,
    driverLifecycle,
    driverFaults,
    eduOperations,
    serialLifecycle,
    serialData,
    serialSettings,
    serialErrors,
    serialModem,
    uartSetup,
    uartTransfer,
    uartFaults,
  ],
  rules: [...hostRules, ...pciRules],
  exercises: { EduDevice: eduSimpleIO, SerialPort: serialSimpleIO },
};
