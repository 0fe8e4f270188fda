/** Everything that comes with the package: the one place with concrete lists. */
import { eduExpressMachine, eduMachine } from '../../sim/machines/edu.ts';
import { nvmeMachine } from '../../sim/machines/nvme.ts';
import { pciSerialMachine } from '../../sim/machines/pci-serial.ts';
import { hostRules } from '../checkers/host.ts';
import { nvmeRules } from '../checkers/nvme/rules.ts';
import { pciRules } from '../checkers/pci/rules.ts';
import type { Catalog } from '../config.ts';
import { blockExercises, blockSuites } from './catalog-block.ts';
import { baseline } from '../profiles/baseline.ts';
import { eduDeviceModel } from '../search/models/edu-device.ts';
import { blockDeviceModel } from '../search/models/block-device.ts';
import { serialPortModel } from '../search/models/serial-port.ts';
import { searchSuite } from '../search/suite.ts';
import { baseAddresses } from '../suites/pci/base-addresses.ts';
import { capabilities } from '../suites/pci/capabilities.ts';
import { header } from '../suites/pci/header.ts';
import { faults as driverFaults } from '../suites/driver/faults.ts';
import { lifecycle as driverLifecycle } from '../suites/driver/lifecycle.ts';
import { device as eduDevice } from '../suites/edu/device.ts';
import { interrupts as eduInterrupts } from '../suites/edu/interrupts.ts';
import { operations as eduOperations } from '../suites/edu/operations.ts';
import { robustness as eduRobustness } from '../suites/edu/robustness.ts';
import { eduSimpleIO } from '../suites/edu/simple-io.ts';
import { clients as serialClients } from '../suites/serial-port/clients.ts';
import { data as serialData } from '../suites/serial-port/data.ts';
import { errors as serialErrors } from '../suites/serial-port/errors.ts';
import { lifecycle as serialLifecycle } from '../suites/serial-port/lifecycle.ts';
import { modem as serialModem } from '../suites/serial-port/modem.ts';
import { events as nvmeEvents } from '../suites/nvme/events.ts';
import { power as nvmePower } from '../suites/nvme/power.ts';
import { recovery as nvmeRecovery } from '../suites/nvme/recovery.ts';
import { initialisation as nvmeInitialisation } from '../suites/nvme/initialisation.ts';
import { lies as nvmeLies } from '../suites/nvme/lies.ts';
import { statuses as nvmeStatuses } from '../suites/nvme/statuses.ts';
import { transfers as nvmeTransfers } from '../suites/nvme/transfers.ts';
import { deviceProperties as nvmeDeviceProperties } from '../suites/nvme/device-properties.ts';
import { deviceAdmin as nvmeDeviceAdmin } from '../suites/nvme/device-admin.ts';
import { deviceEvents as nvmeDeviceEvents } from '../suites/nvme/device-events.ts';
import { deviceFeatures as nvmeDeviceFeatures } from '../suites/nvme/device-features.ts';
import { deviceInterrupts as nvmeDeviceInterrupts } from '../suites/nvme/device-interrupts.ts';
import { deviceIo as nvmeDeviceIo } from '../suites/nvme/device-io.ts';
import { deviceIoOptions as nvmeDeviceIoOptions } from '../suites/nvme/device-io-options.ts';
import { devicePrp as nvmeDevicePrp } from '../suites/nvme/device-prp.ts';
import { deviceReset as nvmeDeviceReset } from '../suites/nvme/device-reset.ts';
import { deviceQueueCommands as nvmeDeviceQueueCommands } from '../suites/nvme/device-queue-commands.ts';
import { deviceQueues as nvmeDeviceQueues } from '../suites/nvme/device-queues.ts';
import { registers } from '../suites/registers/clauses.ts';
import { serialSimpleIO } from '../suites/serial-port/simple-io.ts';
import { settings as serialSettings } from '../suites/serial-port/settings.ts';
import { faults as uartFaults } from '../suites/uart-16550/faults.ts';
import { device as uartDevice } from '../suites/uart-16550/device.ts';
import { setup as uartSetup } from '../suites/uart-16550/setup.ts';
import { transfer as uartTransfer } from '../suites/uart-16550/transfer.ts';
import { boards } from './catalog-boards.ts';
import { simTarget } from '../transports/sim/target.ts';

/** Compiled files end in .js, sources in .ts; modules are found beside this one. */
const suffix = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

function manifest(folder: string): string {
  const path = `../../drivers-under-test/${folder}/driver.${suffix}`;
  return new URL(path, import.meta.url).href;
}

const sample = (name: string) => manifest(`samples/${name}`);

const qemu = () => import('../transports/qemu-qtest/target.ts');

const onBoards = boards(manifest);

export const builtIn: Catalog = {
  drivers: {
    ...onBoards.drivers,
    edu: { module: sample('edu'), targets: ['sim:edu', 'sim:edu-express'] },
    'uart-16550': { module: sample('uart-16550'), targets: ['sim:pci-serial'] },
    nvme: { module: sample('nvme'), targets: ['sim:nvme'] },
  },
  targets: {
    ...onBoards.targets,
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
    'sim:edu-express': {
      device: 'edu',
      tier: 'simulated',
      make: () =>
        simTarget({
          name: 'sim:edu-express',
          device: 'edu',
          machine: eduExpressMachine,
          offers: ['msi', 'msix', 'device-reset', 'function-reset', 'power-states'],
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
    'sim:nvme': {
      device: 'nvme',
      tier: 'simulated',
      make: () =>
        simTarget({
          name: 'sim:nvme',
          device: 'nvme',
          machine: nvmeMachine,
          offers: [
            'msix',
            'device-reset',
            'function-reset',
            'power-states',
            'power-cut',
            'nvme-faults',
          ],
        }),
    },
    'qemu:edu': {
      device: 'edu',
      tier: 'independent',
      make: async (context) => (await qemu()).qemuTarget('edu', context),
    },
    'qemu:pci-serial': {
      device: 'uart-16550',
      tier: 'independent',
      make: async (context) => (await qemu()).qemuTarget('pci-serial', context),
    },
    'qemu:nvme': {
      device: 'nvme',
      tier: 'independent',
      make: async (context) => (await qemu()).qemuTarget('nvme', context),
    },
  },
  suites: [
    ...onBoards.suites,
    header,
    baseAddresses,
    capabilities,
    driverLifecycle,
    driverFaults,
    registers,
    eduDevice,
    eduInterrupts,
    eduOperations,
    eduRobustness,
    serialLifecycle,
    serialData,
    serialClients,
    serialSettings,
    serialErrors,
    serialModem,
    uartDevice,
    uartSetup,
    uartTransfer,
    uartFaults,
    nvmeInitialisation,
    nvmeLies,
    nvmeTransfers,
    nvmeStatuses,
    nvmeRecovery,
    nvmePower,
    nvmeEvents,
    nvmeDeviceProperties,
    nvmeDeviceQueueCommands,
    nvmeDeviceQueues,
    nvmeDeviceInterrupts,
    nvmeDeviceAdmin,
    nvmeDeviceEvents,
    nvmeDeviceFeatures,
    nvmeDeviceIo,
    nvmeDeviceIoOptions,
    nvmeDevicePrp,
    nvmeDeviceReset,
    ...blockSuites,
    searchSuite('block-device', blockDeviceModel),
    searchSuite('edu-device', eduDeviceModel),
    searchSuite('serial-port', serialPortModel),
  ],
  rules: [...hostRules, ...pciRules, ...nvmeRules, ...onBoards.rules],
  exercises: {
    ...onBoards.exercises,
    ...blockExercises,
    EduDevice: eduSimpleIO,
    SerialPort: serialSimpleIO,
  },
  profiles: [baseline],
  models: {
    BlockDevice: blockDeviceModel,
    EduDevice: eduDeviceModel,
    SerialPort: serialPortModel,
  },
};
