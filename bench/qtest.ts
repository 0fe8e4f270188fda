/** Round trips of a register access to QEMU, over qtest. */
import { findPeer, PeerAbsent } from '../conformance/transports/qemu-qtest/peer.ts';
import { QEMU_DEVICES, QemuMachine } from '../conformance/transports/qemu-qtest/machine.ts';
import { best } from './measure.ts';

const ROUND_TRIPS = 5000;
const COMMAND = 0x04;
const MEMORY_SPACE = 0x02;

/** In a second; undefined, and said, where QEMU is absent. */
export function qtestRoundTrips(): number | undefined {
  try {
    findPeer();
  } catch (error) {
    if (!(error instanceof PeerAbsent)) throw error;
    console.log(`skipped: ${error.message}`);
    return undefined;
  }
  const machine = new QemuMachine(QEMU_DEVICES.edu);
  try {
    const pci = machine.scene().function;
    pci.configWrite(COMMAND, 2, MEMORY_SPACE);
    return best(ROUND_TRIPS, () => {
      for (let turn = 0; turn < ROUND_TRIPS; turn++) pci.read(0, 0, 4);
    });
  } finally {
    machine.close();
  }
}
