/** `qemu:` targets: a device of QEMU behind the same contracts as a model of ours. */
import { execFileSync } from 'node:child_process';
import { type CompiledMap, compile } from '../../../sim/registers/compile.ts';
import { RegisterMirror } from '../../../sim/registers/mirror.ts';
import type { World } from '../../../sim/kernel/world.ts';
import { registers as eduRegisters } from '../../../sim/devices/edu/registers.ts';
import { registers as uartRegisters } from '../../../sim/devices/uart-16550/registers.ts';
import type { TargetContext } from '../../config.ts';
import { type Capability, type Hardware, type Target, TargetUnavailable } from '../../target.ts';
import { QemuFarEnd } from './far-end.ts';
import { QEMU_DEVICES, QemuMachine, type QemuScene } from './machine.ts';
import { QemuPace } from './pace.ts';
import { findPeer, PeerAbsent } from './peer.ts';
import { QemuDied } from './qemu.ts';
import { TargetFunction } from './target-function.ts';

/** At some 60 000 reads a second: within one second of wall time. */
const IDENTICAL_READS_MAX = 50_000;
/** Time passes really here: 20 transfers of edu alone take two seconds. */
const RUNS_MAX = 20;

const EVERYWHERE = {
  'virtual-time': "QEMU's time follows the wall clock and moves in steps of 0.3 ms",
  'dma-observation': 'QEMU lets a device reach all of its memory and tells nobody',
  'power-states': "QEMU's device has no power management capability",
} as const;

interface DeviceFacts {
  /** As clauses name it. */
  readonly device: string;
  readonly maps: ReadonlyMap<number, CompiledMap>;
  readonly offers: readonly Capability[];
  readonly lacks: Target['lacks'];
  readonly departures?: Target['departures'];
  /** Longer than any operation that the device goes through by itself. */
  readonly quietNs: number;
}

const OUT2 = 'QEMU resets MCR to 0x08, where PC16550D, Table I, has all bits low';

const DEVICES = {
  edu: {
    device: 'edu',
    maps: new Map([[0, compile(eduRegisters)]]),
    offers: ['msi'],
    lacks: {
      'buffer-end': "QEMU 7.2 aborts when a transfer reaches the last byte of edu's buffer",
      'bad-dma': 'QEMU 7.2 aborts when a transfer leaves the buffer of edu',
    },
    quietNs: 200e6,
  },
  'pci-serial': {
    device: 'uart-16550',
    maps: new Map([[0, compile(uartRegisters)]]),
    offers: ['bad-dma', 'serial-peer', 'line-breaks'],
    lacks: {
      msi: 'the card interrupts by INTA only',
      'line-timing': 'QEMU moves a character at once, whatever the baud rate',
      'line-errors': "QEMU's character device has no parity and no framing errors",
      'modem-lines': "QEMU's character device has no modem lines",
    },
    departures: {
      'registers/hw-reset': OUT2,
      'registers/bit-bash': OUT2,
      'registers/reserved': OUT2,
      'registers/read-effects': OUT2,
      'registers/access-size': 'QEMU splits wider accesses into bytes; the chip has a bus of bytes',
    },
    // The receiver's time-out at 50 baud.
    quietNs: 1e9,
  },
} as const satisfies Record<keyof typeof QEMU_DEVICES, DeviceFacts>;

/** @throws TargetUnavailable where QEMU is not installed */
export function qemuTarget(name: keyof typeof QEMU_DEVICES, context: TargetContext): Target {
  const { device, maps, offers, lacks, departures, quietNs }: DeviceFacts = DEVICES[name];
  const qemu = version();
  const machine = new QemuMachine(QEMU_DEVICES[name], (pid) => context.onChild(pid));
  const pace = new QemuPace(quietNs);
  return {
    name: `qemu:${name}`,
    tier: 'independent',
    device,
    offers: new Set<Capability>(['faults', 'removal', 'device-reset', ...offers]),
    lacks: { ...EVERYWHERE, ...lacks },
    ...(departures === undefined ? {} : { departures }),
    identity: { qemu, machine: 'q35', device: name },
    pace,
    identicalReadsMax: IDENTICAL_READS_MAX,
    runsMax: RUNS_MAX,
    open: (world) =>
      open(
        world,
        available(() => machine.scene()),
        { maps, pace, offers },
      ),
    close: () => machine.close(),
  };
}

interface Opening {
  readonly maps: ReadonlyMap<number, CompiledMap>;
  readonly pace: QemuPace;
  readonly offers: readonly Capability[];
}

function open(world: World, scene: QemuScene, { maps, pace, offers }: Opening): Hardware {
  const mirrors = new Map([...maps].map(([bar, map]) => [bar, new RegisterMirror(map)]));
  const pci = new TargetFunction(scene, mirrors, world.journal);
  const peer = offers.includes('serial-peer') ? new QemuFarEnd(world, scene.line) : undefined;
  /** Both are looked at: neither may wait for the other. */
  const came = (interrupt: boolean): boolean => (peer?.look() ?? false) || interrupt;
  const unlessLost = <T>(action: () => T, otherwise: T): T => {
    try {
      return pci.guard(action);
    } catch (error) {
      if (error === pci.lost) return otherwise;
      throw error;
    }
  };
  pace.attach({
    pass: (ns, stopEarly) => {
      let any = false;
      const look = (): boolean => {
        if (came(scene.function.deliver())) any = true;
        return any && stopEarly;
      };
      const passed = unlessLost(() => scene.clock.pass(ns, look), 0);
      unlessLost(look, false);
      return { passed, came: any };
    },
    settle: () => came(unlessLost(() => scene.settle(), false)),
    lost: () => pci.lost !== undefined,
  });
  return {
    function: pci,
    maps,
    coverage: new Map([...mirrors].map(([bar, mirror]) => [bar, mirror.coverage])),
    ...(peer === undefined ? {} : { peer }),
    remove: () => pci.remove(),
    lost: () => pci.lost,
  };
}

function version(): string {
  return available(() => {
    const text = execFileSync(findPeer().qemu, ['--version'], { encoding: 'utf8' });
    return /version (.+)/.exec(text)?.[1] ?? 'unknown';
  });
}

function available<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof PeerAbsent || error instanceof QemuDied)) throw error;
    throw new TargetUnavailable(`${error.message}.`, { cause: error });
  }
}
