/**
 * QEMU's AST2500 evaluation board, with a TMP105 on I2C bus 5, an EEPROM on bus 6 and a flash at
 * the firmware controller (FMC); one process serves many scenes.
 *
 * Its CPU stands still: nothing but our host touches the controllers, and no device does anything
 * by itself, so that no time of QEMU's has to pass.
 */
import { type MachineKind, Qemu } from '../qemu-qtest/qemu.ts';
import { AspeedI2c } from './aspeed-i2c.ts';
import { AspeedSmc } from './aspeed-smc.ts';

/** The largest Winbond flash with discoverable parameters that QEMU 7.2 and our models share. */
const MACHINE: MachineKind = {
  architecture: 'arm',
  options: ['-machine', 'ast2500-evb,accel=tcg,fmc-model=w25q256'],
};
const EEPROM_BYTES = 4096;
export const EEPROM = { bus: 6, address: 0x50 } as const;
export const SENSOR = { bus: 5, address: 0x48, path: '/machine/peripheral/sensor' } as const;
const OPTIONS = [
  '-device',
  `tmp105,id=sensor,bus=aspeed.i2c.bus.${SENSOR.bus},address=${SENSOR.address}`,
  '-device',
  `at24c-eeprom,bus=aspeed.i2c.bus.${EEPROM.bus},address=${EEPROM.address},` +
    `rom-size=${EEPROM_BYTES},drive=medium0`,
];
const ERASED = 0xff;

/** Opcodes of the flash that bring it to its first state. */
const FLASH_FIRST_STATE = [[0x06], [0x01, 0x00], [0x06], [0xc7]] as const;
/** Registers of the sensor in its first state: `system_reset` does not reach it. */
const SENSOR_FIRST_STATE = [[2, 0x4b, 0x00], [3, 0x50, 0x00], [1, 0x00], [0]] as const;
const HOTTEST = 127_999;
const COLDEST = -128_000;
/** What the sensor measures at first, as our model does. */
const AMBIENT_AT_FIRST = 25_000;

export type BoardDevice = 'at24c' | 'm25p80' | 'tmp105';

export class QemuBoard {
  readonly #onStart: (pid: number) => void;
  #running: Qemu | undefined;

  /** @param onStart is told of each process that starts */
  constructor(onStart: (pid: number) => void = () => {}) {
    this.#onStart = onStart;
  }

  /**
   * The board as after power-on, with its memories erased; of flash and sensor the one that is
   * asked for. Starts QEMU when it does not run, or has died.
   * @throws PeerAbsent, QemuDied
   */
  scene(device: BoardDevice): Qemu {
    if (this.#running?.alive === false) this.close();
    const qemu = (this.#running ??= this.#start());
    qemu.wipe(ERASED);
    if (device === 'm25p80') eraseFlash(qemu);
    cyclePower(qemu);
    if (device === 'tmp105') resetSensor(qemu);
    return qemu;
  }

  /** Another process: what nothing else brings back to its state after power-on. */
  renew(): Qemu {
    this.close();
    return (this.#running = this.#start());
  }

  close(): void {
    this.#running?.close();
    this.#running = undefined;
  }

  #start(): Qemu {
    const qemu = new Qemu(OPTIONS, [EEPROM_BYTES], MACHINE);
    this.#onStart(qemu.pid);
    qemu.qtest.interceptOutputs(SENSOR.path);
    // Its output is reported when it is driven anew.
    setAmbient(qemu, AMBIENT_AT_FIRST);
    return qemu;
  }
}

/** The reset of the whole machine; the EEPROM is read from its medium again. */
export function cyclePower(qemu: Qemu): void {
  qemu.qmp.execute('system_reset');
  // Its main loop does it: after one turn it is done.
  qemu.qtest.poll();
}

/** The temperature around the sensor: whole millidegrees, from -128 000 to 127 999. */
export function setAmbient(qemu: Qemu, millidegrees: number): void {
  qemu.qmp.execute('qom-set', {
    path: SENSOR.path,
    property: 'temperature',
    value: millidegrees,
  });
  // The level of ALERT comes with the next answer.
  qemu.qtest.poll();
}

/** It keeps its array in QEMU's own memory: no medium to wipe. */
function eraseFlash(qemu: Qemu): void {
  cyclePower(qemu);
  const flash = new AspeedSmc(qemu.qtest);
  for (const bytes of FLASH_FIRST_STATE) flash.exchange([{ write: Uint8Array.from(bytes) }]);
}

function resetSensor(qemu: Qemu): void {
  const i2c = new AspeedI2c(qemu.qtest, SENSOR.bus);
  for (const bytes of SENSOR_FIRST_STATE) {
    i2c.perform([{ address: SENSOR.address, write: Uint8Array.from(bytes) }]);
  }
  // As a thermostat it goes through both limits: then no alert is left, and the upper one is next.
  for (const millidegrees of [HOTTEST, COLDEST, AMBIENT_AT_FIRST]) setAmbient(qemu, millidegrees);
}
