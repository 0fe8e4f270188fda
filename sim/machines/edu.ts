/** QEMU's education device on a PCI bus, with the identity that QEMU gives it. */
import type { World } from '../kernel/world.ts';
import type { BarDeclaration, BarHandler } from '../buses/pci/bars.ts';
import { type CapabilityOptions, SimPciFunction } from '../buses/pci/sim-function.ts';
import { compile } from '../registers/compile.ts';
import { Edu } from '../devices/edu/model.ts';
import { registers } from '../devices/edu/registers.ts';
import type { Machine } from './machine.ts';

const BAR_BYTES = 1024 * 1024;

const TABLE_BYTES = 4096;

/** As QEMU has it: conventional PCI with one message. */
export function eduMachine(world: World): Machine {
  return assemble(world, [], [{ kind: 'msi', vectors: 1, wide: true }]);
}

/**
 * The same device on a PCI Express card with all that our bus can do: power states, MSI-X beside
 * MSI, function-level reset. No such card exists; the clauses of those need one.
 */
export function eduExpressMachine(world: World): Machine {
  const table = { kind: 'M32', size: TABLE_BYTES, handler: NOTHING } as const;
  return assemble(
    world,
    [undefined, table],
    [
      { kind: 'power-management' },
      { kind: 'msi', vectors: 1, wide: true },
      { kind: 'msix', vectors: 2, bar: 2, tableOffset: 0, pendingOffset: TABLE_BYTES / 2 },
      { kind: 'express', flr: true },
    ],
  );
}

/** Behind the BAR of the MSI-X table, where the table itself is not. */
const NOTHING: BarHandler = { read: () => 0, high: 0, write: () => {} };

function assemble(
  world: World,
  moreBars: readonly (BarDeclaration | undefined)[],
  capabilities: readonly CapabilityOptions[],
): Machine {
  const edu = new Edu(world);
  const pci = new SimPciFunction(world, {
    vendor: 0x1234,
    device: 0x11e8,
    subsystem: { vendor: 0x1af4, id: 0x1100 },
    classCode: 0x00ff00,
    revision: 0x10,
    interruptPin: 1,
    bars: [{ kind: 'M32', size: BAR_BYTES, handler: edu }, ...moreBars],
    capabilities,
  });
  edu.connect(pci.device);
  return {
    function: pci,
    maps: new Map([[0, compile(registers)]]),
    coverage: new Map([[0, edu.bank.coverage]]),
    remove: () => pci.remove(),
  };
}
