/** A machine of QEMU with one device under test; one process serves many scenes. */
import { openConfigWindow } from './config-space.ts';
import { QemuClock } from './clock.ts';
import { QemuFunction } from './pci-function.ts';
import { Qemu } from './qemu.ts';
import { ROOT_PORT_OPTIONS, RootPort, type DeviceOptions } from './root-port.ts';
import type { SerialLine } from './serial-line.ts';

/** Each namespace of nvme has one of its own. */
const MEDIUM_BYTES = 32 * 2 ** 20;

/** Devices by the name that follows `qemu:` in a target. */
export const QEMU_DEVICES = {
  // Of its status register: computing, and an interrupt at the end of that.
  edu: { driver: 'edu', busy: { offset: 0x20, works: 0x01, signals: 0x80 } },
  'pci-serial': { driver: 'pci-serial', properties: { chardev: 'line' } },
  nvme: {
    driver: 'nvme',
    properties: { serial: 'DYNO0001' },
    children: [namespace(1, 512), namespace(2, 4096)],
    media: [MEDIUM_BYTES, MEDIUM_BYTES],
  },
} as const satisfies Readonly<Record<string, QemuDevice>>;

export interface QemuDevice extends DeviceOptions {
  /** Bytes of each medium. */
  readonly media?: readonly number[];
}

function namespace(nsid: number, blockBytes: number) {
  return {
    driver: 'nvme-ns',
    properties: {
      nsid,
      drive: `medium${nsid - 1}`,
      logical_block_size: blockBytes,
      physical_block_size: blockBytes,
      // QEMU lets go of a device's medium a while after the device has left.
      'share-rw': true,
    },
  };
}

/** One fresh device and what surrounds it. */
export interface QemuScene {
  readonly qemu: Qemu;
  readonly function: QemuFunction;
  readonly clock: QemuClock;
  /** Far end of the serial line, for a device that has one. */
  readonly line: SerialLine;
  /**
   * Turns QEMU's main loop while virtual time stands still, so that what is on the line reaches the
   * device as far as it has room, and interrupts reach the listener. @returns whether any did
   */
  settle(): boolean;
  /**
   * Another device in the slot, at the same addresses and with the media as they are.
   * @returns false when the slot is empty
   */
  replace(): boolean;
}

/** QEMU takes bytes one turn after it is told that there is room; two turns were always enough. */
const SETTLE_TURNS = 4;

export class QemuMachine {
  readonly #device: QemuDevice;
  readonly #onStart: (pid: number) => void;
  #running: { qemu: Qemu; port: RootPort; clock: QemuClock } | undefined;

  /** @param onStart is told of each process that starts */
  constructor(device: QemuDevice, onStart: (pid: number) => void = () => {}) {
    this.#device = device;
    this.#onStart = onStart;
  }

  /** Process of the running QEMU, for a supervisor. */
  get pid(): number | undefined {
    return this.#running?.qemu.pid;
  }

  /**
   * A device in its first state: another one in the slot, and all memory free. What an earlier
   * scene holds is void. Starts QEMU when it does not run, or has died.
   * @throws PeerAbsent, QemuDied, QmpRefusal (no such device)
   */
  scene(): QemuScene {
    // A new process is there sooner than a long computation of the old device has ended.
    if (this.#running && (!this.#running.qemu.alive || this.#running.port.busy)) this.close();
    const { qemu, port, clock } = (this.#running ??= this.#start());
    port.unplug();
    qemu.ram.freeAll();
    qemu.line.drain();
    qemu.wipe();
    port.plug(this.#device);
    const pci = new QemuFunction(qemu, port);
    const settle = (): boolean => {
      for (let turn = 0; turn < SETTLE_TURNS; turn++) qemu.qtest.poll();
      return pci.deliver();
    };
    const replace = (): boolean => {
      if (!port.occupied) return false;
      port.plug(this.#device);
      pci.replaced();
      return true;
    };
    return { qemu, clock, line: qemu.line, function: pci, settle, replace };
  }

  close(): void {
    this.#running?.qemu.close();
    this.#running = undefined;
  }

  #start(): { qemu: Qemu; port: RootPort; clock: QemuClock } {
    const qemu = new Qemu(ROOT_PORT_OPTIONS, this.#device.media);
    this.#onStart(qemu.pid);
    qemu.qtest.interceptInterrupts();
    openConfigWindow(qemu.qtest);
    return { qemu, port: new RootPort(qemu), clock: new QemuClock(qemu) };
  }
}
