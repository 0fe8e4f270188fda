/** `sim:` targets: a machine of this process in a world of its own. */
import type { World } from '../../../sim/kernel/world.ts';
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
