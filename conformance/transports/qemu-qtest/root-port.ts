/**
 * QEMU's PCI Express root port with one device behind it: a slot whose power we control, so that
 * a device can be taken out and a new one put in while QEMU runs.
 *
 * PCI Express Base Specification, Slot Control (from secondary sources); that QEMU 7.2 takes out
 * at once a device whose slot has lost power after device_del: by experiment.
 */
import { COMMAND, CONFIG, ConfigSpace, type Windows } from './config-space.ts';
import type { Qemu } from './qemu.ts';
import { sleepMs } from './sleep.ts';

const PLACE = { bus: 0, device: 4, function: 0 } as const;
const BEHIND = { bus: 1, device: 0, function: 0 } as const;
const PCI_EXPRESS = 0x10;
const SLOT_CONTROL = 0x18;
const POWER_ON = 0x0000;
/** Power controller off, power indicator off. */
const POWER_OFF = 0x0700;
const BRIDGE_CONTROL = 0x3e;
const SECONDARY_BUS_RESET = 0x40;

export const ROOT_PORT_OPTIONS = [
  ...['-global', 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off'],
  ...['-device', `pcie-root-port,id=slot0,addr=${PLACE.device},slot=1,chassis=1`],
];

export const WINDOWS: Windows = {
  memory: { first: 0xe000_0000, end: 0xf000_0000 },
  io: { first: 0xc000, end: 0xd000 },
};

/** A device of QEMU with its properties, as in `-device driver,property=value`. */
export interface DeviceOptions {
  readonly driver: string;
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** Devices on the bus that this one makes, such as the namespaces of a controller. */
  readonly children?: readonly Omit<DeviceOptions, 'children' | 'busy'>[];
  /**
   * Bits of BAR 0: set while a thread of QEMU's works for the device, and set where that thread
   * interrupts when it is done. Taken out before that, QEMU 7.2 stands still: it waits for the
   * thread, which waits for the lock that it holds.
   */
  readonly busy?: { readonly offset: number; readonly works: number; readonly signals: number };
}

/** Ten seconds: edu's longest computation takes three. */
const WORK_POLLS_MAX = 10_000;
/** QEMU idles so long that a thread which is done gets the lock, and interrupts. */
const SIGNAL_MS = 20;
const NOBODY = 0xffff_ffff;

/**
 * A bus without a hotplug handler refuses new devices while QEMU runs. The machine is a handler
 * that does nothing for devices it does not know, and QEMU lets it be lent to any bus.
 */
const HOTPLUG_HANDLER = '/machine';

export class RootPort {
  /** Of whatever sits in the slot; all ones while it is empty. */
  readonly slot: ConfigSpace;
  readonly #qemu: Qemu;
  readonly #config: ConfigSpace;
  readonly #express: number;
  #plugged: { readonly id: string; readonly device: DeviceOptions } | undefined;
  #count = 0;

  constructor(qemu: Qemu) {
    this.#qemu = qemu;
    this.#config = new ConfigSpace(qemu.qtest, PLACE);
    this.slot = new ConfigSpace(qemu.qtest, BEHIND);
    const express = this.#config.capability(PCI_EXPRESS);
    if (express === undefined) throw new Error('QEMU has no root port: start it with one');
    this.#express = express;
    this.#config.write(0x18, 4, 0x01_0100); // Primary bus 0, secondary 1, subordinate 1.
    this.#config.write(0x1c, 2, 0xc0c0); // I/O c000 to cfff.
    this.#config.write(0x20, 4, 0xeff0_e000); // Memory e0000000 to efffffff.
    this.#config.write(0x24, 4, 0x0000_fff0); // No prefetchable window.
    this.#config.write(0x04, 2, 0x0007);
  }

  /** Puts a new device into the slot, in the state in which it leaves the factory. */
  plug(device: DeviceOptions): void {
    this.unplug();
    const id = `device${this.#count++}`;
    this.#qemu.qmp.execute('device_add', {
      driver: device.driver,
      id,
      bus: 'slot0',
      addr: 0,
      ...device.properties,
    });
    this.#plugged = { id, device };
    this.#addChildren(id, device.children ?? []);
    this.#config.write(this.#express + SLOT_CONTROL, 2, POWER_ON);
  }

  /** The device's bus has its name. Children leave with the device. */
  #addChildren(id: string, children: readonly DeviceOptions[]): void {
    if (children.length === 0) return;
    this.#qemu.qmp.execute('qom-set', {
      path: `/machine/peripheral/${id}/${id}`,
      property: 'hotplug-handler',
      value: HOTPLUG_HANDLER,
    });
    for (const { driver, properties } of children) {
      this.#qemu.qmp.execute('device_add', { driver, bus: id, ...properties });
    }
  }

  /** Takes the device out, without asking it or its driver. */
  unplug(): void {
    if (this.#plugged === undefined) return;
    for (let polls = 0; this.#state().works && polls < WORK_POLLS_MAX; polls++) sleepMs(1);
    if (this.#state().signals) sleepMs(SIGNAL_MS);
    this.#qemu.qmp.execute('device_del', { id: this.#plugged.id });
    this.#config.write(this.#express + SLOT_CONTROL, 2, POWER_OFF);
    this.#plugged = undefined;
  }

  /** Whether QEMU could not take the device out at once. What its driver set up is lost. */
  get busy(): boolean {
    const { works, signals } = this.#state();
    return works || signals;
  }

  #state(): { works: boolean; signals: boolean } {
    const busy = this.#plugged?.device.busy;
    if (busy === undefined) return { works: false, signals: false };
    this.slot.write(CONFIG.bar, 4, WINDOWS.memory.first);
    this.slot.write(CONFIG.command, 2, COMMAND.memory);
    const value = this.#qemu.qtest.read(WINDOWS.memory.first + busy.offset, 4);
    const has = (mask: number) => value !== NOBODY && (value & mask) !== 0;
    return { works: has(busy.works), signals: has(busy.signals) };
  }

  get occupied(): boolean {
    return this.#plugged !== undefined;
  }

  /** Resets what is behind the port; BARs and command register are lost with the rest. */
  hotReset(): void {
    const control = this.#config.read(BRIDGE_CONTROL, 2);
    this.#config.write(BRIDGE_CONTROL, 2, control | SECONDARY_BUS_RESET);
    this.#config.write(BRIDGE_CONTROL, 2, control);
  }
}
