/** QEMU's education device on a PCI bus, with the identity that QEMU gives it. */
import type { World } from '../kernel/world.ts';
import { SimPciFunction } from '../buses/pci/sim-function.ts';
import { compile } from '../registers/compile.ts';
import { Edu } from '../devices/edu/model.ts';
import { registers } from '../devices/edu/registers.ts';
import type { Machine } from './machine.ts';

const BAR_BYTES = 1024 * 1024;

export function eduMachine(world: World): Machine {
  const edu = new Edu(world);
  const pci = new SimPciFunction(world, {
    vendor: 0x1234,
    device: 0x11e8,
    subsystem: { vendor: 0x1af4, id: 0x1100 },
    classCode: 0x00ff00,
    revision: 0x10,
    interruptPin: 1,
    bars: [{ kind: 'M32', size: BAR_BYTES, handler: edu }],
    capabilities: [{ kind: 'msi', vectors: 1, wide: true }],
  });
  edu.connect(pci.device);
  return {
    function: pci,
    maps: new Map([[0, compile(registers)]]),
    coverage: new Map([[0, edu.bank.coverage]]),
    remove: () => pci.remove(),
  };
}
