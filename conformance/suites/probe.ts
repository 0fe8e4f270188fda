/** A device without a driver: decoding is on, registers are there, interrupts are counted. */
import { kIOPCICommandBusLead } from '../../drivers-under-test/host/io-pci-device.ts';
import { messageVectors } from '../../drivers-under-test/host/pci-configuration.ts';
import type { DmaBuffer, DmaMapping } from '../../sim/buses/pci/function.ts';
import { joined, halves } from '../../sim/registers/split.ts';
import type { RegisterPort } from '../../sim/registers/driver-access.ts';
import type { Scene } from '../scene.ts';

const COMMAND = 0x04;
const DECODING = 0x3;
const IO_ADDRESS_BITS = 64;

export interface Probe {
  /** Registers of a BAR. */
  registers(bar: number): RegisterPort;
  /** What arrived since the beginning: messages by vector, and the level of INTx. */
  readonly messages: number[];
  readonly level: boolean;
  /** Memory that the device may read and write. */
  memory(bytes: number, maxAddressBits?: number): { buffer: DmaBuffer; mapping: DmaMapping };
}

/** @param signal how the device shall interrupt */
export function probe(scene: Scene, signal: 'none' | 'msi' = 'none'): Probe {
  const { port, function: pci } = scene;
  const messages: number[] = [];
  const state = { level: false };
  pci.listen({
    level: (asserted) => (state.level = asserted),
    message: (vector) => messages.push(vector),
  });
  port.configWrite(COMMAND, 2, DECODING + kIOPCICommandBusLead);
  pci.route(signal, 1);
  // Seen in the journal: from here on the function has to signal by messages.
  if (signal === 'msi') {
    const read = (offset: number, size: 1 | 2 | 4) => port.configRead(offset, size);
    messageVectors({ read, write: () => {} }, signal);
  }
  return {
    messages,
    get level() {
      return state.level;
    },
    registers: (bar) => ({
      read: (offset, size) => port.read(bar, offset, size),
      write: (offset, size, value) => port.write(bar, offset, size, value),
      read64: (offset) => joined(port.read(bar, offset, 8), port.high),
      write64: (offset, value) => {
        const [low, high] = halves(value);
        port.write(bar, offset, 8, low, high);
      },
    }),
    memory(bytes, maxAddressBits = IO_ADDRESS_BITS) {
      const buffer = pci.memory.allocate(bytes, 1);
      const rights = { deviceReads: true, deviceWrites: true, maxAddressBits };
      return { buffer, mapping: pci.memory.map(buffer, 0, bytes, rights) };
    },
  };
}
