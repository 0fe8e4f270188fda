/** Every mutant of a sample driver. */
import type { DriverMutant } from '../../../drivers-under-test/mutants/mutant.ts';
import { eduInterrupts } from '../../../drivers-under-test/mutants/edu/interrupts.ts';
import { eduLifecycle } from '../../../drivers-under-test/mutants/edu/lifecycle.ts';
import { eduRules } from '../../../drivers-under-test/mutants/edu/rules.ts';
import { eduTransfers } from '../../../drivers-under-test/mutants/edu/transfers.ts';
import { eepromCycles } from '../../../drivers-under-test/mutants/eeprom/cycles.ts';
import { eepromData } from '../../../drivers-under-test/mutants/eeprom/data.ts';
import { eepromLifecycle } from '../../../drivers-under-test/mutants/eeprom/lifecycle.ts';
import { eepromRecovery } from '../../../drivers-under-test/mutants/eeprom/recovery.ts';
import { nvmeDurability } from '../../../drivers-under-test/mutants/nvme/durability.ts';
import { nvmeLifecycle } from '../../../drivers-under-test/mutants/nvme/lifecycle.ts';
import { nvmePromises } from '../../../drivers-under-test/mutants/nvme/promises.ts';
import { nvmeQueues } from '../../../drivers-under-test/mutants/nvme/queues.ts';
import { nvmeRequests } from '../../../drivers-under-test/mutants/nvme/requests.ts';
import { nvmeRules } from '../../../drivers-under-test/mutants/nvme/rules.ts';
import { tmp105Alerts } from '../../../drivers-under-test/mutants/tmp105/alerts.ts';
import { tmp105Lifecycle } from '../../../drivers-under-test/mutants/tmp105/lifecycle.ts';
import { tmp105Recovery } from '../../../drivers-under-test/mutants/tmp105/recovery.ts';
import { tmp105Values } from '../../../drivers-under-test/mutants/tmp105/values.ts';
import { norLife } from '../../../drivers-under-test/mutants/spi-nor/life.ts';
import { norWork } from '../../../drivers-under-test/mutants/spi-nor/work.ts';
import { uartLifecycle } from '../../../drivers-under-test/mutants/uart-16550/lifecycle.ts';
import { uartSetup } from '../../../drivers-under-test/mutants/uart-16550/setup.ts';
import { uartTransfer } from '../../../drivers-under-test/mutants/uart-16550/transfer.ts';

export const driverMutants: readonly DriverMutant[] = [
  ...eduInterrupts,
  ...eduTransfers,
  ...eduLifecycle,
  ...eduRules,
  ...nvmeDurability,
  ...uartSetup,
  ...uartTransfer,
  ...uartLifecycle,
  ...nvmeQueues,
  ...nvmeRequests,
  ...nvmeLifecycle,
  ...nvmeRules,
  ...nvmePromises,
  ...eepromData,
  ...eepromCycles,
  ...eepromRecovery,
  ...eepromLifecycle,
  ...tmp105Values,
  ...tmp105Alerts,
  ...tmp105Recovery,
  ...tmp105Lifecycle,
  ...norWork,
  ...norLife,
];
