/**
 * A 16550 on a PCI card, as QEMU's pci-serial is one (docs/specs/pci-serial.rst): eight I/O ports,
 * INTA, no MSI. Nothing gates the interrupt: QEMU ignores MCR.OUT2 here, and so do we.
 */
import { SimPciFunction } from '../buses/pci/sim-function.ts';
import { SerialLine } from '../buses/uart/line.ts';
import { SerialPeer } from '../buses/uart/peer.ts';
import { Uart16550 } from '../devices/uart-16550/model.ts';
import { registers } from '../devices/uart-16550/registers.ts';
import type { World } from '../kernel/world.ts';
import { compile } from '../registers/compile.ts';
import type { Machine } from './machine.ts';

export interface SerialMachine extends Machine {
  /** The far end of the line. */
  readonly peer: SerialPeer;
}

export function pciSerialMachine(world: World): SerialMachine {
  const line = new SerialLine(world);
  const uart = new Uart16550(world, line);
  const pci = new SimPciFunction(world, {
    vendor: 0x1b36,
    device: 0x0002,
    subsystem: { vendor: 0x1af4, id: 0x1100 },
    classCode: 0x070002,
    revision: 1,
    interruptPin: 1,
    bars: [{ kind: 'IO', size: 8, handler: uart.bank }],
  });
  uart.interrupt.onEdge((level) => pci.device.interrupt.drive(level));
  pci.device.onReset((domain) => uart.reset(domain === 'power' ? 'power' : 'master'));
  return {
    function: pci,
    maps: new Map([[0, compile(registers)]]),
    coverage: new Map([[0, uart.bank.coverage]]),
    remove: () => pci.remove(),
    peer: new SerialPeer(world, line, () => uart.receiver.hasRoom),
  };
}
