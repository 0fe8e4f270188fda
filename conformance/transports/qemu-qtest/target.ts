/** `qemu:` targets: a device of QEMU behind the same contracts as a model of ours. */
import { execFileSync } from 'node:child_process';
import { RegisterMirror } from '../../../sim/registers/mirror.ts';
import type { World } from '../../../sim/kernel/world.ts';
import type { TargetContext } from '../../config.ts';
import { type Capability, type Hardware, type Target, TargetUnavailable } from '../../target.ts';
import { DEVICE_FACTS, type DeviceFacts, EVERYWHERE } from './device-facts.ts';
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

/** @throws TargetUnavailable where QEMU is not installed */
export function qemuTarget(name: keyof typeof QEMU_DEVICES, context: TargetContext): Target {
  const facts: DeviceFacts = DEVICE_FACTS[name];
  const { device, offers, lacks, departures, quietNs } = facts;
  const qemu = version();
  const seen = Object.entries(departures ?? {}).filter(
    ([, { until = Infinity }]) => parseInt(qemu, 10) <= until,
  );
  const machine = new QemuMachine(QEMU_DEVICES[name], (pid) => context.onChild(pid));
  const pace = new QemuPace(quietNs);
  return {
    name: `qemu:${name}`,
    tier: 'independent',
    device,
    offers: new Set<Capability>(['faults', 'removal', 'device-reset', ...offers]),
    lacks: { ...EVERYWHERE, ...lacks },
    departures: Object.fromEntries(seen),
    identity: { qemu, machine: 'q35', device: name },
    pace,
    identicalReadsMax: IDENTICAL_READS_MAX,
    runsMax: RUNS_MAX,
    open: (world) =>
      open(
        world,
        available(() => machine.scene()),
        { facts, pace },
      ),
    close: () => machine.close(),
  };
}

interface Opening {
  readonly facts: DeviceFacts;
  readonly pace: QemuPace;
}

function open(world: World, scene: QemuScene, { facts, pace }: Opening): Hardware {
  const { device, maps, offers, hotReset } = facts;
  const mirrors = new Map([...maps].map(([bar, map]) => [bar, new RegisterMirror(map)]));
  const pci = new TargetFunction(scene, { mirrors, journal: world.journal, hotReset });
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
    bus: 'pci',
    function: pci,
    maps,
    coverage: new Map([...mirrors].map(([bar, mirror]) => [bar, mirror.coverage])),
    ...(peer === undefined ? {} : { peer }),
    remove: () => pci.remove(),
    ...(offers.includes('power-cut') ? { cutPower: () => pci.cyclePower() } : {}),
    ...(device === 'nvme' ? { wipe: () => scene.qemu.wipe() } : {}),
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
