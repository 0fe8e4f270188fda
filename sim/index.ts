/** What a device model is written with: the world, register maps, the PCI bus, faults. */
export { Completion } from './kernel/completion.ts';
export { EventKind, Journal } from './kernel/journal.ts';
export { Random } from './kernel/random.ts';
export { Signal } from './kernel/signal.ts';
export { Abort, DEFAULT_LIMITS, type Limits, type RunEnd, World } from './kernel/world.ts';
export { bit, bits, type RegisterMap } from './registers/declare.ts';
export { RegisterBank } from './registers/bank.ts';
export { type CompiledMap, compile } from './registers/compile.ts';
export { RegisterCoverage } from './registers/coverage.ts';
export { parseSvd } from './registers/svd/reader.ts';
export { toRegisterMap } from './registers/svd/to-map.ts';
export type { PciFunction } from './buses/pci/function.ts';
export { type DeviceSide, SimPciFunction } from './buses/pci/sim-function.ts';
export type { Machine } from './machines/machine.ts';
