/** An NVMe drive as QEMU 7.2 presents one: its identity, its BAR, two namespaces. */
import type { World } from '../kernel/world.ts';
import { SimPciFunction } from '../buses/pci/sim-function.ts';
import { compile } from '../registers/compile.ts';
import { Nvme } from '../devices/nvme/model.ts';
import type { NvmeOptions } from '../devices/nvme/options.ts';
import { QUEUES, registers } from '../devices/nvme/registers.ts';
import { withNvmeFaults } from '../faults/nvme.ts';
import type { NvmeFaultPlan } from '../faults/nvme-plan.ts';
import type { Machine } from './machine.ts';

const BAR_BYTES = 16 * 1024;
/** Behind the doorbells. */
const TABLE_AT = 0x2000;
const PENDING_AT = 0x3000;

export interface NvmeMachine extends Machine {
  readonly nvme: Nvme;
  cutPower(): void;
  /** Empties all media; to be called while no command is under way. */
  wipe(): void;
  /** Plans faults of the controller itself, before the first access. */
  plan(faults: NvmeFaultPlan): void;
}

export function nvmeMachine(world: World, options: NvmeOptions = {}): NvmeMachine {
  const nvme = new Nvme(world, options);
  const pci = new SimPciFunction(world, {
    vendor: 0x1b36,
    device: 0x0010,
    subsystem: { vendor: 0x1af4, id: 0x1100 },
    classCode: 0x010802,
    revision: 2,
    interruptPin: 1,
    bars: [{ kind: 'M64', size: BAR_BYTES, handler: nvme }, undefined],
    capabilities: [
      {
        ...{ kind: 'msix', at: 0x40, vectors: QUEUES },
        ...{ bar: 0, tableOffset: TABLE_AT, pendingOffset: PENDING_AT },
      },
      { kind: 'express', at: 0x80, flr: true, type: 9 },
      { kind: 'power-management', at: 0x60 },
    ],
  });
  nvme.connect(pci.device);
  return {
    function: pci,
    nvme,
    maps: new Map([[0, compile(registers)]]),
    coverage: new Map([[0, nvme.bank.coverage]]),
    remove: () => pci.remove(),
    plan: (faults) => {
      nvme.outbox = withNvmeFaults(nvme.outbox, faults, world, () => nvme.posted());
    },
    wipe: () => {
      for (const { cache, media } of nvme.namespaces.allocated()) {
        cache.flushAll();
        media.deallocate(0, media.blocks);
      }
    },
    cutPower: () => {
      nvme.cutPower();
      pci.reset('hot');
    },
  };
}
