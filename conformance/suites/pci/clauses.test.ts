/** Every clause passes on a sound function and is broken by the defect that it is there for. */
import { describe, expect, it } from 'vitest';
import { testCard } from '../../../sim/buses/pci/test-card.ts';
import { SimPciFunction, type SimPciOptions } from '../../../sim/buses/pci/sim-function.ts';
import type { PciFunction } from '../../../sim/buses/pci/function.ts';
import { compile } from '../../../sim/registers/compile.ts';
import type { Clause, Suite } from '../../clause.ts';
import { ExpectationError } from '../../expect.ts';
import type { Scene } from '../../scene.ts';
import { baseAddresses } from './base-addresses.ts';
import { capabilities } from './capabilities.ts';
import { header } from './header.ts';
import fc from 'fast-check';

type Break = (inner: SimPciFunction) => Partial<PciFunction>;

const MSI = 0x48;
const PMCSR = 0x44;

/** A function with some of its behaviour replaced. */
function broken(inner: SimPciFunction, defect: Break): PciFunction {
  return {
    bars: inner.bars,
    memory: inner.memory,
    get high() {
      return inner.high;
    },
    configRead: (offset, size) => inner.configRead(offset, size),
    configWrite: (offset, size, value) => inner.configWrite(offset, size, value),
    read: (bar, offset, size) => inner.read(bar, offset, size),
    write: (bar, offset, size, value, high) => inner.write(bar, offset, size, value, high),
    reset: (kind) => inner.reset(kind),
    listen: (listener) => inner.listen(listener),
    route: (mechanism, vectors) => inner.route(mechanism, vectors),
    ...defect(inner),
  };
}

/** Bytes from `first` to `last` hold whatever is written. */
const writable =
  (first: number, last = first): Break =>
  (inner) => {
    const held = new Map<number, number>();
    return {
      configWrite: (offset, size, value) => {
        for (let at = 0; at < size; at++) {
          const byte = Math.floor(value / 256 ** at) % 256;
          if (offset + at >= first && offset + at <= last) held.set(offset + at, byte);
        }
        inner.configWrite(offset, size, value);
      },
      configRead: (offset, size) => {
        let value = 0;
        for (let at = 0; at < size; at++) {
          value += (held.get(offset + at) ?? inner.configRead(offset + at, 1)) * 256 ** at;
        }
        return value;
      },
    };
  };

/** Reads of one place, in any size, return what a change of the true value says. */
const misread =
  (at: number, twist: (value: number) => number): Break =>
  (inner) => ({
    configRead: (offset, size) => {
      const value = inner.configRead(offset, size);
      return offset === at ? twist(value) : value;
    },
  });

/** Writes to one place are lost. */
const deaf =
  (at: number): Break =>
  (inner) => ({
    configWrite: (offset, size, value) => {
      if (offset !== at) inner.configWrite(offset, size, value);
    },
  });

const defects: Readonly<Record<string, Break>> = {
  'pci/header/present': misread(0, () => 0xffff),
  'pci/header/ids': writable(0x02),
  'pci/header/class': writable(0x09),
  'pci/header/subsystem': writable(0x2c),
  'pci/header/type-0': misread(0x0e, () => 1),
  'pci/header/reserved': writable(0x36),
  'pci/header/sizes': misread(0x02, (value) => value + 1),
  'pci/header/command': misread(0x04, (value) => value & ~0x400),
  'pci/header/command-reserved': writable(0x05),
  'pci/header/status': writable(0x06, 0x07),
  'pci/header/interrupt-line': deaf(0x3c),
  'pci/header/interrupt-pin': writable(0x3d),
  'pci/header/removed': () => ({ read: () => 0 }),
  'pci/base-addresses/size': misread(0x10, (value) => value - (value > 0xffff_f000 - 1 ? 4096 : 0)),
  'pci/base-addresses/kind': writable(0x10),
  'pci/base-addresses/absent': writable(0x24, 0x27),
  'pci/base-addresses/rom': misread(0x30, () => 0xffff_f400),
  'pci/base-addresses/off-at-first': misread(0x04, (value) => value + 2),
  'pci/base-addresses/decoders': (inner) => ({
    configWrite: (offset, size, value) =>
      inner.configWrite(offset, size, offset === 4 && value > 0 ? 3 : value),
  }),
  'pci/base-addresses/moved': (inner) => ({
    configWrite: (offset, size, value) => {
      if (offset !== 0x10) inner.configWrite(offset, size, value);
    },
  }),
  'pci/base-addresses/off-after-reset': (inner) => ({
    reset: (kind) => {
      const done = inner.reset(kind);
      inner.configWrite(4, 2, 4);
      return done;
    },
  }),
  'pci/capabilities/list': misread(MSI + 1, () => 0x40),
  'pci/capabilities/list-bit': misread(0x06, (value) => value & ~0x10),
  'pci/capabilities/heads': writable(MSI),
  'pci/capabilities/msi-enable': deaf(MSI + 2),
  'pci/capabilities/msi-vectors': misread(MSI + 2, (value) => value | 0x70),
  'pci/capabilities/msi-message': writable(MSI + 4, MSI + 7),
  'pci/capabilities/msi-reset': (inner) => ({
    reset: (kind) => {
      const done = inner.reset(kind);
      inner.configWrite(MSI + 2, 2, 1);
      return done;
    },
  }),
  'pci/capabilities/d3hot': deaf(PMCSR),
  'pci/capabilities/d0-soft-reset': (inner) => ({
    configWrite: (offset, size, value) => {
      const command = inner.configRead(4, 2);
      inner.configWrite(offset, size, value);
      if (offset === PMCSR && value === 0) inner.configWrite(4, 2, command);
    },
  }),
  'pci/capabilities/msix-enable': () => ({ reset: () => true }),
  'pci/capabilities/msix-table': (inner) => ({
    write: (bar, offset, size, value, high) => {
      if (value !== 0xbeef) inner.write(bar, offset, size, value, high);
    },
  }),
  'pci/capabilities/function-reset': () => ({ reset: () => true }),
};

const CAPABILITIES: NonNullable<SimPciOptions['capabilities']> = [
  { kind: 'power-management' },
  { kind: 'msi', vectors: 4, masking: true },
  { kind: 'msix', vectors: 3, bar: 0, tableOffset: 1024, pendingOffset: 2048 },
  { kind: 'express', flr: true },
];

async function play(clause: Clause, defect?: Break): Promise<void> {
  const run = async (given?: unknown): Promise<void> => {
    const { pci, bank } = testCard({ capabilities: CAPABILITIES });
    const maps = new Map([0, 1, 2].map((bar) => [bar, compile(bank.map.map)]));
    const scene = {
      function: defect === undefined ? pci : broken(pci, defect),
      hardware: { maps, remove: () => pci.remove() },
    } as unknown as Scene;
    await clause.check(scene, given);
  };
  if (!('given' in clause) || clause.given === undefined) return run();
  await fc.assert(fc.asyncProperty(clause.given, run), { seed: 1 });
}

const suites: readonly Suite[] = [header, baseAddresses, capabilities];
const clauses = suites.flatMap((suite) =>
  suite.clauses.map((clause) => ({ address: `${suite.id}/${clause.id}`, clause })),
);

describe.each(clauses)('$address', ({ address, clause }) => {
  it('passes on a sound function', async () => {
    await expect(play(clause)).resolves.toBeUndefined();
  });

  it('is broken by its defect', async () => {
    const error: unknown = await play(clause, defects[address]).catch((thrown: unknown) => thrown);
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    expect(cause).toBeInstanceOf(ExpectationError);
  });
});

it('has a defect for every clause', () => {
  expect(Object.keys(defects).toSorted()).toEqual(clauses.map(({ address }) => address).toSorted());
});
