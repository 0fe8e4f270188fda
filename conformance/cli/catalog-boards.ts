/** What comes with the package for devices on buses of messages; part of `catalog.ts`. */
import { bme280Board } from '../../sim/machines/bme280-board.ts';
import { displayBoard } from '../../sim/machines/display-board.ts';
import { tmp105Board } from '../../sim/machines/tmp105-board.ts';
import { eepromBoard } from '../../sim/machines/eeprom-board.ts';
import { flashBoard } from '../../sim/machines/flash-board.ts';
import { i2cRules } from '../checkers/i2c/rules.ts';
import { spiRules } from '../checkers/spi/rules.ts';
import { norRules } from '../checkers/spi-nor/rules.ts';
import type { Catalog, TargetEntry } from '../config.ts';
import { device as eepromDevice } from '../suites/24cxx/device.ts';
import { wire as eepromWire } from '../suites/24cxx/wire.ts';
import { device as bme280Device } from '../suites/bme280/device.ts';
import { measuring as bme280Measuring } from '../suites/bme280/measuring.ts';
import { drawing } from '../suites/display/drawing.ts';
import { panel } from '../suites/display/panel.ts';
import { displaySimpleIO } from '../suites/display/simple-io.ts';
import { data as environmentData } from '../suites/environment-sensor/data.ts';
import { robustness as environmentRobustness } from '../suites/environment-sensor/robustness.ts';
import { environmentSimpleIO } from '../suites/environment-sensor/simple-io.ts';
import { data as flashData } from '../suites/flash-device/data.ts';
import { promises as flashPromises } from '../suites/flash-device/promises.ts';
import { random as flashRandom } from '../suites/flash-device/random.ts';
import { recovery as flashRecovery } from '../suites/flash-device/recovery.ts';
import { robustness as flashRobustness } from '../suites/flash-device/robustness.ts';
import { flashSimpleIO } from '../suites/flash-device/simple-io.ts';
import { cycles as memoryCycles } from '../suites/memory-device/cycles.ts';
import { data as memoryData } from '../suites/memory-device/data.ts';
import { random as memoryRandom } from '../suites/memory-device/random.ts';
import { robustness as memoryRobustness } from '../suites/memory-device/robustness.ts';
import { memorySimpleIO } from '../suites/memory-device/simple-io.ts';
import { alerts as sensorAlerts } from '../suites/temperature-sensor/alerts.ts';
import { data as sensorData } from '../suites/temperature-sensor/data.ts';
import { random as sensorRandom } from '../suites/temperature-sensor/random.ts';
import { robustness as sensorRobustness } from '../suites/temperature-sensor/robustness.ts';
import { sensorSimpleIO } from '../suites/temperature-sensor/simple-io.ts';
import { device as flashDevice } from '../suites/spi-nor/device.ts';
import { memory as ssd1306Memory } from '../suites/ssd1306/memory.ts';
import { panel as ssd1306Panel } from '../suites/ssd1306/panel.ts';
import { device as tmp105Device } from '../suites/tmp105/device.ts';
import { boardTarget } from '../transports/sim/target.ts';

function eeprom(part: '24c02' | '24c16' | '24c32' | '24c256'): TargetEntry {
  return {
    device: '24cxx',
    tier: 'simulated',
    part,
    bus: 'i2c',
    make: () =>
      boardTarget({
        name: `sim:${part}`,
        device: '24cxx',
        board: (world) => eepromBoard(world, part),
        offers: ['power-cut', 'board-lines'],
      }),
  };
}

function flash(part: 'w25q16' | 'w25q128' | 'w25q256'): TargetEntry {
  return {
    device: 'spi-nor',
    tier: 'simulated',
    part,
    bus: 'spi',
    make: () =>
      boardTarget({
        name: `sim:${part}`,
        device: 'spi-nor',
        board: (world) => flashBoard(world, part),
        offers: [
          'power-cut',
          'board-lines',
          'operation-times',
          'block-protection',
          'unique-id',
          'power-down',
        ],
      }),
  };
}

const tmp105: TargetEntry = {
  device: 'tmp105',
  tier: 'simulated',
  bus: 'i2c',
  make: () =>
    boardTarget({
      name: 'sim:tmp105',
      device: 'tmp105',
      board: tmp105Board,
      offers: ['power-cut', 'board-lines', 'ambient', 'conversions'],
    }),
};

const display: TargetEntry = {
  device: 'ssd1306',
  tier: 'simulated',
  bus: 'i2c',
  make: () =>
    boardTarget({
      name: 'sim:ssd1306',
      device: 'ssd1306',
      board: displayBoard,
      offers: ['picture'],
    }),
};

const bme280: TargetEntry = {
  device: 'bme280',
  tier: 'simulated',
  bus: 'i2c',
  make: () =>
    boardTarget({
      name: 'sim:bme280',
      device: 'bme280',
      board: bme280Board,
      offers: ['power-cut', 'ambient', 'air'],
    }),
};

const qemu = () => import('../transports/qemu-arm/target.ts');

const FLASHES = ['sim:w25q16', 'sim:w25q128', 'sim:w25q256'];

const SUITES = [
  drawing,
  bme280Device,
  bme280Measuring,
  environmentData,
  environmentRobustness,
  panel,
  ssd1306Memory,
  ssd1306Panel,
  flashData,
  flashPromises,
  flashRobustness,
  flashRecovery,
  flashRandom,
  flashDevice,
  eepromDevice,
  eepromWire,
  memoryData,
  memoryRobustness,
  memoryCycles,
  memoryRandom,
  sensorData,
  sensorAlerts,
  sensorRobustness,
  sensorRandom,
  tmp105Device,
];

/** @param driver where the manifest in a folder of `drivers-under-test/` is */
export function boards(driver: (folder: string) => string) {
  const sample = (name: string) => driver(`samples/${name}`);
  return {
    drivers: {
      bme280: {
        module: driver('third-party/bme280'),
        targets: ['sim:bme280'],
        thirdParty: true,
      },
      flashrom: {
        module: driver('third-party/flashrom'),
        targets: ['sim:w25q16', 'sim:w25q128'],
        thirdParty: true,
      },
      'oled-i2c-bus': {
        module: driver('third-party/oled-i2c-bus'),
        targets: ['sim:ssd1306'],
        thirdParty: true,
      },
      eeprom: {
        module: sample('eeprom'),
        targets: ['sim:24c02', 'sim:24c16', 'sim:24c32', 'sim:24c256'],
      },
      'spi-nor': { module: sample('spi-nor'), targets: FLASHES },
      tmp105: { module: sample('tmp105'), targets: ['sim:tmp105'] },
    },
    targets: {
      'sim:bme280': bme280,
      'sim:ssd1306': display,
      'sim:24c02': eeprom('24c02'),
      'sim:24c16': eeprom('24c16'),
      'sim:24c32': eeprom('24c32'),
      'sim:24c256': eeprom('24c256'),
      'sim:w25q16': flash('w25q16'),
      'sim:w25q128': flash('w25q128'),
      'sim:w25q256': flash('w25q256'),
      'qemu:at24c': {
        device: '24cxx',
        tier: 'independent',
        part: '24c32',
        bus: 'i2c',
        make: async (context) => (await qemu()).qemuBoardTarget('at24c', context),
      },
      'qemu:m25p80': {
        device: 'spi-nor',
        tier: 'independent',
        part: 'w25q256',
        bus: 'spi',
        make: async (context) => (await qemu()).qemuBoardTarget('m25p80', context),
      },
      'sim:tmp105': tmp105,
      'qemu:tmp105': {
        device: 'tmp105',
        tier: 'independent',
        bus: 'i2c',
        make: async (context) => (await qemu()).qemuBoardTarget('tmp105', context),
      },
    },
    suites: SUITES,
    rules: [...i2cRules, ...spiRules, ...norRules],
    exercises: {
      Display: displaySimpleIO,
      EnvironmentSensor: environmentSimpleIO,
      FlashDevice: flashSimpleIO,
      MemoryDevice: memorySimpleIO,
      TemperatureSensor: sensorSimpleIO,
    },
  } as const satisfies Partial<Catalog>;
}
