/** Programs for two edu devices: accesses of every kind, computations, transfers by DMA. */
import fc from 'fast-check';
import { DMA_BUFFER, registers } from '../../sim/devices/edu/registers.ts';
import { compile } from '../../sim/registers/compile.ts';
import type { DiffPlan } from '../divergence.ts';
import { type AccessCare, AccessSide } from '../runner/access-side.ts';
import { explanations } from '../specs/edu/divergences.ts';
import { type AccessProgram, placeOfAccess, showAccesses, type Step } from './access-steps.ts';
import { accesses, configReads } from './accesses.ts';

const map = compile(registers);
const BAR_BYTES = 1024 * 1024;
const COMMAND = 0x04;
const MEMORY_AND_MASTER = 0x06;
const AT = {
  factorial: 0x08,
  status: 0x20,
  interrupts: 0x24,
  source: 0x80,
  destination: 0x88,
  count: 0x90,
  command: 0x98,
} as const;
/** A transfer takes 100 ms. */
const TRANSFER_NS = 105e6;

const write = (offset: number, value: bigint, size: 4 | 8 = 4): Step => ({
  kind: 'write',
  bar: 0,
  offset,
  size,
  value,
});

/** QEMU multiplies in a thread, one turn for each number: not too many. */
const factorials = fc
  .oneof(
    fc.constantFrom(0n, 1n, 2n, 12n, 13n, 33n, 34n, 35n, 255n),
    fc.bigInt({ min: 0n, max: 4096n }),
  )
  .map((value) => [write(AT.factorial, value)]);

/** A whole transfer, or one that is changed while it runs, or not waited for. */
const transfers = fc
  .record({
    toMemory: fc.boolean(),
    own: fc.oneof(fc.nat({ max: 32 }), fc.constantFrom(4000, 4064, 4080, 4095)),
    other: fc.nat({ max: 16 }),
    count: fc.oneof(
      { weight: 6, arbitrary: fc.nat({ max: 40 }) },
      { weight: 1, arbitrary: fc.constantFrom(4095, 4096, 4097) },
    ),
    irq: fc.boolean(),
    bytes: fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 16 }),
    meanwhile: fc.array(accesses({ bar: 0, map, extent: BAR_BYTES, without: ['FACTORIAL'] }), {
      maxLength: 3,
    }),
    waits: fc.boolean(),
  })
  .map(({ toMemory, own, other, count, irq, bytes, meanwhile, waits }): Step[] => [
    { kind: 'fill', at: 0, bytes },
    {
      kind: 'write-address',
      bar: 0,
      offset: toMemory ? AT.destination : AT.source,
      size: 8,
      plus: other,
    },
    write(toMemory ? AT.source : AT.destination, BigInt(DMA_BUFFER.at + own), 8),
    write(AT.count, BigInt(count), 8),
    write(AT.command, BigInt(1 + (toMemory ? 2 : 0) + (irq ? 4 : 0))),
    ...meanwhile,
    ...(waits ? [{ kind: 'wait', ns: TRANSFER_NS } as const] : []),
  ]);

const single = fc
  .oneof(
    { weight: 12, arbitrary: accesses({ bar: 0, map, extent: BAR_BYTES, without: ['FACTORIAL'] }) },
    { weight: 1, arbitrary: configReads.filter((step) => !isPlatforms(step)) },
  )
  .map((step) => [step]);

/** The platform's choice, not the device's: BARs, and at 0x44 to 0x4d what MSI is sent to. */
function isPlatforms(step: Step): boolean {
  if (step.kind !== 'config-read') return false;
  const { offset } = step;
  return (offset >= 0x10 && offset < 0x28) || (offset >= 0x44 && offset < 0x50);
}

const programs: fc.Arbitrary<AccessProgram> = fc.record({
  interrupts: fc.constantFrom('none', 'msi'),
  steps: fc
    .array(
      fc.oneof(
        { weight: 60, arbitrary: single },
        { weight: 6, arbitrary: factorials },
        { weight: 1, arbitrary: transfers },
      ),
      { minLength: 1, maxLength: 24, size: 'max' },
    )
    .map((groups) => groups.flat()),
});

/** Looks at a computation, until it is over: the longest takes the model 43 s, QEMU some three. */
const LOOKS_MAX = 1000;
const FIRST_LOOK_NS = 10_000;
const LOOK_NS_MAX = 100_000_000;
/** QEMU's thread raises the interrupt after it has cleared the bit. */
const INTERRUPT_NS = 1_500_000;

const care: AccessCare = {
  prepare: async ({ function: pci }) => {
    pci.configWrite(COMMAND, 2, MEMORY_AND_MASTER);
  },
  settle: async ({ function: pci, pass }, { steps }, index) => {
    const step = steps[index];
    if (
      step?.kind !== 'write' ||
      step.offset > AT.factorial ||
      step.offset + step.size <= AT.factorial
    )
      return;
    let ns = FIRST_LOOK_NS;
    for (let looks = 0; looks < LOOKS_MAX && pci.read(0, AT.status, 4) % 2 === 1; looks++) {
      await pass(ns);
      ns = Math.min(2 * ns, LOOK_NS_MAX);
    }
    if (pci.read(0, AT.status, 4) >= 0x80) await pass(INTERRUPT_NS);
  },
};

export const eduDiff: DiffPlan<AccessProgram> = {
  device: 'edu',
  programs,
  explanations,
  side: (target) => new AccessSide(target, care),
  show: showAccesses,
  placeOf: placeOfAccess,
};
