/** A card for the tests of this folder: two registers behind three BARs. */
import { World } from '../../kernel/world.ts';
import { RegisterBank } from '../../registers/bank.ts';
import { type SimPciOptions, SimPciFunction } from './sim-function.ts';

export const Command = { Io: 1, Memory: 2, Master: 4, IntxDisable: 0x400 };

const registers = {
  name: 'scratch card',
  width: 32,
  sizes: [1, 2, 4, 8],
  registers: { SCRATCH: { at: 0 }, OTHER: { at: 4 } },
} as const;

export function testCard(options: Partial<SimPciOptions> = {}) {
  const world = new World({ seed: 1, settle: () => Promise.resolve() });
  const bank = new RegisterBank(registers);
  const pci = new SimPciFunction(world, {
    vendor: 0x1234,
    device: 0x11e8,
    classCode: 0x00ff00,
    revision: 0x10,
    interruptPin: 1,
    bars: [
      { kind: 'M32', size: 4096, handler: bank },
      { kind: 'IO', size: 8, handler: bank },
      { kind: 'M64PF', size: 2 ** 33, handler: bank },
      undefined,
    ],
    capabilities: [{ kind: 'power-management' }, { kind: 'msi', vectors: 4, masking: true }],
    ...options,
  });
  return { world, bank, pci };
}

/** What the listener hears, in order. */
export function interruptsOf(pci: {
  listen(listener: { level(on: boolean): void; message(vector: number): void }): void;
}): (boolean | number)[] {
  const seen: (boolean | number)[] = [];
  pci.listen({ level: (on) => seen.push(on), message: (vector) => seen.push(vector) });
  return seen;
}
