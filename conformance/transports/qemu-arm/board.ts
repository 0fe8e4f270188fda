/**
 * QEMU's AST2500 evaluation board, with an EEPROM on I2C bus 6 and a flash at the firmware
 * controller (FMC); one process serves many scenes.
 *
 * Its CPU stands still: nothing but our host touches the controllers, and neither device does
 * anything by itself, so that no time of QEMU's has to pass.
 */
import { type MachineKind, Qemu } from '../qemu-qtest/qemu.ts';
import { AspeedSmc } from './aspeed-smc.ts';

/** The largest Winbond flash with discoverable parameters that QEMU 7.2 and our models share. */
const MACHINE: MachineKind = {
  architecture: 'arm',
  options: ['-machine', 'ast2500-evb,accel=tcg,fmc-model=w25q256'],
};
const EEPROM_BYTES = 4096;
export const EEPROM = { bus: 6, address: 0x50 } as const;
const OPTIONS = [
  '-device',
  `at24c-eeprom,bus=aspeed.i2c.bus.${EEPROM.bus},address=${EEPROM.address},` +
    `rom-size=${EEPROM_BYTES},drive=medium0`,
];
const ERASED = 0xff;

/** Opcodes of the flash that bring it to its first state. */
const FIRST_STATE = [[0x06], [0x01, 0x00], [0x06], [0xc7]] as const;

export class QemuBoard {
  readonly #onStart: (pid: number) => void;
  #running: Qemu | undefined;

  /** @param onStart is told of each process that starts */
  constructor(onStart: (pid: number) => void = () => {}) {
    this.#onStart = onStart;
  }

  /**
   * The board after power-on, both memories erased. Starts QEMU when it does not run, or has died.
   * @throws PeerAbsent, QemuDied
   */
  scene(): Qemu {
    if (this.#running?.alive === false) this.close();
    const qemu = (this.#running ??= this.#start());
    qemu.wipe(ERASED);
    cyclePower(qemu);
    const flash = new AspeedSmc(qemu.qtest);
    // The flash keeps its array in QEMU's own memory: no medium to wipe.
    for (const bytes of FIRST_STATE) flash.exchange([{ write: Uint8Array.from(bytes) }]);
    cyclePower(qemu);
    return qemu;
  }

  close(): void {
    this.#running?.close();
    this.#running = undefined;
  }

  #start(): Qemu {
    const qemu = new Qemu(OPTIONS, [EEPROM_BYTES], MACHINE);
    this.#onStart(qemu.pid);
    return qemu;
  }
}

/** The reset of the whole machine; the EEPROM is read from its medium again. */
export function cyclePower(qemu: Qemu): void {
  qemu.qmp.execute('system_reset');
  // Its main loop does it: after one turn it is done.
  qemu.qtest.poll();
}
