/** Every mutant of a device model or its bus: those of the register maps, and those by hand. */
import { registers as bme280Registers } from '../../../sim/devices/bme280/registers.ts';
import { registers as eduRegisters } from '../../../sim/devices/edu/registers.ts';
import { registers as nvmeRegisters } from '../../../sim/devices/nvme/registers.ts';
import { registers as tmp105Registers } from '../../../sim/devices/tmp105/registers.ts';
import { registers as uartRegisters } from '../../../sim/devices/uart-16550/registers.ts';
import type { DeviceMutant } from '../../../drivers-under-test/mutants/mutant.ts';
import { bme280Mutants } from './bme280-mutants.ts';
import { eduMutants } from './edu-mutants.ts';
import { eepromMutants } from './eeprom-mutants.ts';
import { i2cMutants } from './i2c-mutants.ts';
import { mapMutants } from './map-mutants.ts';
import { nvmeAdminMutants } from './nvme-admin-mutants.ts';
import { nvmeBlockMutants } from './nvme-block-mutants.ts';
import { nvmeLifeMutants } from './nvme-life-mutants.ts';
import { nvmeQueueMutants } from './nvme-queue-mutants.ts';
import { pciMutants } from './pci-mutants.ts';
import { ssd1306Mutants } from './ssd1306-mutants.ts';
import { tmp105Mutants } from './tmp105-mutants.ts';
import { spiNorMemoryMutants } from './spi-nor-memory-mutants.ts';
import { spiNorModeMutants } from './spi-nor-mode-mutants.ts';
import { spiNorMutants } from './spi-nor-mutants.ts';
import { uartMutants } from './uart-mutants.ts';

const COMPOSED = 'the model composes it from its state before each read';

const composed: Record<string, string> = Object.fromEntries(
  ['IIR.IPN']
    .concat(['LSR.DR', 'LSR.THRE', 'LSR.TEMT', 'LSR.FIFOERR'])
    .concat(['MSR.CTS', 'MSR.DSR', 'MSR.RI', 'MSR.DCD'])
    .map((field) => [field, COMPOSED]),
);

export const deviceMutants: readonly DeviceMutant[] = [
  ...mapMutants({
    target: 'sim:edu',
    file: 'sim/devices/edu/registers.ts',
    map: eduRegisters,
    equivalent: {},
  }),
  ...mapMutants({
    target: 'sim:pci-serial',
    file: 'sim/devices/uart-16550/registers.ts',
    map: uartRegisters,
    equivalent: { ...composed, 'RBR.DATA-narrow': 'the model returns what it read by itself' },
  }),
  ...mapMutants({
    target: 'sim:nvme',
    file: 'sim/devices/nvme/registers.ts',
    map: nvmeRegisters,
    equivalent: {
      'SQTDBL.SQT': 'what a doorbell reads as is up to the vendor',
      'CQHDBL.CQH': 'what a doorbell reads as is up to the vendor',
      'SQTDBL.SQT-narrow': 'no queue is so long',
      'CQHDBL.CQH-narrow': 'no queue is so long',
    },
  }),
  ...mapMutants({
    target: 'sim:tmp105',
    file: 'sim/devices/tmp105/registers.ts',
    map: tmp105Registers,
    equivalent: { 'CONFIGURATION.OS-RW': 'the model takes it back by itself' },
  }),
  ...mapMutants({
    target: 'sim:bme280',
    file: 'sim/devices/bme280/registers.ts',
    map: bme280Registers,
    equivalent: {
      'RESET.WORD': 'the model answers zero by itself',
      'RESET.WORD-narrow': 'the model looks at the byte that was written',
      'STATUS.IM_UPDATE': COMPOSED,
      'STATUS.MEASURING': COMPOSED,
    },
  }),
  ...pciMutants,
  ...bme280Mutants,
  ...eduMutants,
  ...uartMutants,
  ...nvmeLifeMutants,
  ...nvmeQueueMutants,
  ...nvmeAdminMutants,
  ...nvmeBlockMutants,
  ...eepromMutants,
  ...tmp105Mutants,
  ...ssd1306Mutants,
  ...i2cMutants,
  ...spiNorMutants,
  ...spiNorMemoryMutants,
  ...spiNorModeMutants,
];
