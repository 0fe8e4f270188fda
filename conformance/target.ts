/** A target: what a driver can be attached to, and what it offers to clauses. */
import type { Pace, World } from '../sim/kernel/world.ts';
import type { PciFunction } from '../sim/buses/pci/function.ts';
import type { GpioLine } from '../sim/buses/gpio/line.ts';
import type { I2cBus } from '../sim/buses/i2c/bus.ts';
import type { Picture } from '../sim/buses/panel/picture.ts';
import type { SpiBus } from '../sim/buses/spi/bus.ts';
import type { NvmeFaultPlan } from '../sim/faults/nvme-plan.ts';
import type { SerialFarEnd } from '../sim/buses/uart/peer.ts';
import type { Ambient } from '../sim/machines/board.ts';
import type { CompiledMap } from '../sim/registers/compile.ts';
import type { RegisterCoverage } from '../sim/registers/coverage.ts';

/** What a clause may need and a target may lack. */
export const CAPABILITIES = {
  'virtual-time': 'time passes only as the world says, and costs nothing',
  faults: 'accesses, interrupts and allocations can be made to fail',
  'dma-observation': 'what the device reads and writes in host memory is seen',
  removal: 'the device can be pulled out',
  'device-reset': 'the device can be reset and comes up as after power-on',
  msi: 'the device signals by messages',
  msix: 'the device signals by messages from a table',
  'function-reset': 'the function can be reset by itself',
  'serial-peer': 'the far end of the serial line is ours',
  'line-timing': 'characters take their time on the line',
  'line-errors': 'the far end can send parity errors and framing errors',
  'line-breaks': 'the far end can send a break',
  'modem-lines': 'the far end drives and sees the modem control lines',
  'power-states': 'the function has D0 and D3hot',
  'power-cut': 'the power can be cut, and what was not durable is then lost',
  'board-lines': 'the lines of the board beside the bus can be driven',
  picture: 'what the display shows can be seen',
  'operation-times': 'programs and erases take their time',
  'block-protection': 'areas of the flash can be protected, from its first byte on',
  'unique-id': 'the device has a unique id',
  'power-down': 'the device can be told to sleep, and then answers nothing',
  ambient: 'the temperature around the device can be set',
  air: 'the pressure and humidity around the device can be set',
  conversions: 'temperatures are measured one after the other, and faults are counted',
  'nvme-faults': 'the controller itself can be made to misbehave',
} as const;
export type Capability = keyof typeof CAPABILITIES;

export type Tier = 'simulated' | 'replayed' | 'independent' | 'silicon';

/** One device in its state after power-on, in a world of its own. */
interface DeviceInReach {
  /** Register maps by BAR (0 where there are no BARs), and what was touched of them. */
  readonly maps: ReadonlyMap<number, CompiledMap>;
  readonly coverage: ReadonlyMap<number, RegisterCoverage>;
  /** Pulls the device out; only where `removal` is offered. */
  remove?(): void;
  /**
   * Power fails and comes back: the device is as after power-on, and has lost what it had not made
   * durable. Only where `power-cut` is offered.
   */
  cutPower?(): void;
  /**
   * Empties all media at once, for comparisons that use a device again: absent where a new device
   * is as cheap.
   */
  wipe?(): void;
  /** What a display shows, and how bright (0 .. 255); only where `picture` is offered. */
  picture?(): Picture;
  contrast?(): number;
  /** Plans faults of the device itself, before the first access; with `nvme-faults`. */
  plan?(faults: NvmeFaultPlan): void;
  /** The target went away in this scene: nothing that happened since then counts. */
  lost?(): TargetUnavailable | undefined;
}

export interface PciHardware extends DeviceInReach {
  readonly bus: 'pci';
  readonly function: PciFunction;
  /** The far end of the serial line; only where `serial-peer` is offered. */
  readonly peer?: SerialFarEnd;
}

/** What surrounds a device on a bus of messages. */
interface OnBoard extends DeviceInReach {
  /** What a device tree would call it, such as `atmel,24c32`: drivers match by it. */
  readonly compatible: string;
  /** Lines beside the bus by name, such as `WP` or `ALERT`. */
  readonly lines: ReadonlyMap<string, GpioLine>;
  /** Only where `ambient` is offered. */
  readonly ambient?: Ambient;
}

export interface I2cHardware extends OnBoard {
  readonly bus: 'i2c';
  readonly i2c: I2cBus;
  readonly address: number;
}

export interface SpiHardware extends OnBoard {
  readonly bus: 'spi';
  readonly spi: SpiBus;
  readonly select: number;
}

export type Hardware = PciHardware | I2cHardware | SpiHardware;
export type BusKind = Hardware['bus'];

/** @throws Error when the device is on another bus */
export function onBus<B extends Hardware['bus']>(
  bus: B,
  device: Hardware,
): Extract<Hardware, { readonly bus: B }> {
  if (device.bus === bus) return device as Extract<Hardware, { readonly bus: B }>;
  throw new Error(`The clause needs a device on ${bus}: say so in its suite's "for".`);
}

export interface Target {
  /** As on the command line: `sim:edu`. */
  readonly name: string;
  readonly tier: Tier;
  /** The device behind it, such as `edu`: which clauses apply. */
  readonly device: string;
  readonly offers: ReadonlySet<Capability>;
  /** Why something that others offer is missing here, for the report. */
  readonly lacks: Readonly<Partial<Record<Capability, string>>>;
  readonly identity: Readonly<Record<string, string>>;
  /** Time of the target, where it is not ours alone. */
  readonly pace?: Pace;
  /** Identical reads that make a dead poll here. */
  readonly identicalReadsMax?: number;
  /** Values that a property generates at the most, where time passes really. */
  readonly runsMax?: number;
  /**
   * Clauses that this device is known to break, or to die of. The report says so and no driver
   * pays; when such a clause passes the entry must go.
   */
  readonly departures?: Readonly<Record<string, Departure>>;
  /** A fresh device. @throws TargetUnavailable */
  open(world: World): Hardware;
  close(): void;
}

export interface Departure {
  /** Why that is the device's doing, and not our mistake. */
  readonly why: string;
  /** What is seen of it, in the failure's words: whatever else the clause finds counts. */
  readonly shows: RegExp;
}

/** The target is not there, or went away: the driver is not to blame. */
export class TargetUnavailable extends Error {
  override readonly name = 'TargetUnavailable';
}
