/** `qemu:at24c` and `qemu:m25p80`: devices on QEMU's Arm board behind the contracts of buses. */
import { execFileSync } from 'node:child_process';
import { EventKind } from '../../../sim/kernel/journal.ts';
import type { World } from '../../../sim/kernel/world.ts';
import type { TargetContext } from '../../config.ts';
import { type Capability, type Hardware, type Target, TargetUnavailable } from '../../target.ts';
import { findPeer, PeerAbsent } from '../qemu-qtest/peer.ts';
import { type Qemu, QemuDied } from '../qemu-qtest/qemu.ts';
import { AspeedI2c } from './aspeed-i2c.ts';
import { AspeedSmc } from './aspeed-smc.ts';
import { BOARD_FACTS, type BoardFacts } from './board-facts.ts';
import { cyclePower, EEPROM, QemuBoard } from './board.ts';
import { type Guard, i2cBus, spiBus } from './buses.ts';

const FLASH_SELECT = 0;
/** Some 40 000 accesses a second. */
const RUNS_MAX = 20;

/** @throws TargetUnavailable where QEMU is not installed */
export function qemuBoardTarget(name: keyof typeof BOARD_FACTS, context: TargetContext): Target {
  const facts: BoardFacts = BOARD_FACTS[name];
  const qemu = version();
  const board = new QemuBoard((pid) => context.onChild(pid));
  return {
    name: `qemu:${name}`,
    tier: 'independent',
    device: facts.device,
    offers: new Set<Capability>(['faults', ...facts.offers]),
    lacks: facts.lacks,
    departures: facts.departures,
    identity: { qemu, machine: 'ast2500-evb', device: name },
    runsMax: RUNS_MAX,
    open: (world) =>
      open(
        world,
        available(() => board.scene()),
        facts,
      ),
    close: () => board.close(),
  };
}

function open(world: World, qemu: Qemu, { device, compatible }: BoardFacts): Hardware {
  let lost: TargetUnavailable | undefined;
  const guard: Guard = (what, action) => {
    if (lost !== undefined) return undefined;
    try {
      return action();
    } catch (error) {
      if (!(error instanceof QemuDied)) throw error;
      lost = new TargetUnavailable(`${error.message} (in ${what}).`, { cause: error });
      return undefined;
    }
  };
  const common = {
    compatible,
    lines: new Map(),
    maps: new Map(),
    coverage: new Map(),
    cutPower: () => {
      world.journal.note(EventKind.Reset, 'power');
      guard('a power cut', () => cyclePower(qemu));
    },
    lost: () => lost,
  };
  if (device === '24cxx') {
    const i2c = i2cBus(world, new AspeedI2c(qemu.qtest, EEPROM.bus), guard);
    return { bus: 'i2c', i2c, address: EEPROM.address, ...common };
  }
  const controller = new AspeedSmc(qemu.qtest);
  const spi = spiBus(world, { controller, select: FLASH_SELECT }, guard);
  return { bus: 'spi', spi, select: FLASH_SELECT, ...common };
}

function version(): string {
  return available(() => {
    const { qemu } = findPeer(undefined, 'arm');
    const text = execFileSync(qemu, ['--version'], { encoding: 'utf8' });
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
