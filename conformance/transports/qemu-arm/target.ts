/** Devices on QEMU's Arm board behind the contracts of buses: at24c, m25p80 and tmp105. */
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
import { type BoardDevice, cyclePower, EEPROM, QemuBoard, SENSOR } from './board.ts';
import { type Guard, i2cBus, spiBus } from './buses.ts';
import { QemuSensor } from './sensor.ts';

const FLASH_SELECT = 0;
/** Some 40 000 accesses a second. */
const RUNS_MAX = 20;
const EVERYWHERE = ['virtual-time', 'faults', 'power-cut', 'device-reset'] as const;

/** @throws TargetUnavailable where QEMU is not installed */
export function qemuBoardTarget(name: BoardDevice, context: TargetContext): Target {
  const facts: BoardFacts = BOARD_FACTS[name];
  const qemu = version();
  const board = new QemuBoard((pid) => context.onChild(pid));
  return {
    name: `qemu:${name}`,
    tier: 'independent',
    device: facts.device,
    offers: new Set<Capability>([...EVERYWHERE, ...facts.offers]),
    lacks: facts.lacks,
    departures: facts.departures,
    identity: { qemu, machine: 'ast2500-evb', device: name },
    runsMax: RUNS_MAX,
    open: (world) =>
      open(
        world,
        available(() => new Opened(board, name)),
        facts,
      ),
    close: () => board.close(),
  };
}

/** The process behind a scene: another one after a power cut that QEMU cannot do otherwise. */
class Opened {
  readonly #board: QemuBoard;
  qemu: Qemu;

  constructor(board: QemuBoard, device: BoardDevice) {
    this.#board = board;
    this.qemu = board.scene(device);
  }

  renew(): void {
    this.qemu = this.#board.renew();
  }
}

function open(world: World, opened: Opened, facts: BoardFacts): Hardware {
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
  const cut = (action: () => void) => () => {
    world.journal.note(EventKind.Reset, 'power');
    guard('a power cut', action);
  };
  const common = {
    compatible: facts.compatible,
    lines: new Map(),
    maps: new Map(),
    coverage: new Map(),
    cutPower: cut(() => cyclePower(opened.qemu)),
    lost: () => lost,
  };
  const { qtest } = opened.qemu;
  if (facts.device === '24cxx') {
    const i2c = i2cBus(world, () => new AspeedI2c(qtest, EEPROM.bus), guard);
    return { bus: 'i2c', i2c, address: EEPROM.address, ...common };
  }
  if (facts.device === 'tmp105') {
    const sensor = new QemuSensor(world, () => opened.qemu, guard);
    const controller = () => new AspeedI2c(opened.qemu.qtest, SENSOR.bus);
    return {
      bus: 'i2c',
      i2c: sensor.watching(i2cBus(world, controller, guard)),
      address: SENSOR.address,
      ...common,
      lines: new Map([['ALERT', sensor.alert]]),
      ambient: sensor.ambient,
      cutPower: cut(() => {
        opened.renew();
        sensor.again();
      }),
    };
  }
  const controller = new AspeedSmc(qtest);
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
