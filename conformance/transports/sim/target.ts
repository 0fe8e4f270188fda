/** `sim:` targets: a machine of this process in a world of its own. */
import type { World } from '../../../sim/kernel/world.ts';
import type { Board } from '../../../sim/machines/board.ts';
import type { Machine } from '../../../sim/machines/machine.ts';
import type { Capability, Target } from '../../target.ts';

export interface SimTargetOptions {
  readonly name: string;
  readonly device: string;
  readonly machine: (world: World) => Machine;
  readonly offers: readonly Capability[];
}

export function simTarget({ name, device, machine, offers }: SimTargetOptions): Target {
  return {
    name,
    tier: 'simulated',
    device,
    offers: new Set<Capability>([
      'virtual-time',
      'faults',
      'dma-observation',
      'removal',
      ...offers,
    ]),
    lacks: {},
    identity: { model: device },
    open: (world) => ({ bus: 'pci', ...machine(world) }),
    close: () => {},
  };
}

export interface BoardTargetOptions {
  readonly name: string;
  readonly device: string;
  readonly board: (world: World) => Board;
  readonly offers: readonly Capability[];
}

/** The same for a device on a bus of messages. */
export function boardTarget({ name, device, board, offers }: BoardTargetOptions): Target {
  return {
    name,
    tier: 'simulated',
    device,
    offers: new Set<Capability>(['virtual-time', 'faults', 'device-reset', ...offers]),
    lacks: {},
    identity: { model: device },
    open: board,
    close: () => {},
  };
}
