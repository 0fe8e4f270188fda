import { describe, expect, it } from 'vitest';
import { Command, interruptsOf, testCard } from '../buses/pci/test-card.ts';
import { EventKind } from '../kernel/journal.ts';
import { withFaults } from './faulty-function.ts';
import type { PciFault } from './plan.ts';

function faulty(...plan: PciFault[]) {
  const card = testCard();
  card.pci.configWrite(0x04, 2, Command.Memory + Command.Master + Command.Io);
  const pci = withFaults(card.pci, plan, card.world, () => card.pci.remove());
  return { ...card, inner: card.pci, pci, seen: interruptsOf(pci) };
}

type Card = ReturnType<typeof faulty>;

/** In small steps, so that what repeats itself can. */
function pass({ world }: Card, steps: number): void {
  for (let step = 0; step < steps; step++) world.advance(500);
}

function faultsNoted({ world }: Card): string[] {
  const { journal } = world;
  return Array.from({ length: journal.count }, (_, at) => at)
    .filter((at) => journal.kindAt(at) === EventKind.Fault)
    .map((at) => journal.textAt(at));
}

it('is not there without a plan', () => {
  const { pci, inner } = faulty();
  expect(pci).toBe(inner);
});

describe('accesses', () => {
  it('removal: all ones from the access on, everywhere, and once in the journal', () => {
    const card = faulty({ kind: 'removal', at: 3 });
    const { pci, inner, bank } = card;
    pci.write(0, 0, 4, 5);
    expect(pci.read(0, 0, 4)).toBe(5);
    expect(pci.read(0, 0, 2)).toBe(0xffff);
    pci.write(0, 0, 4, 6);
    expect(pci.configRead(0, 4)).toBe(0xffffffff);
    expect(inner.removed).toBe(true);
    expect(bank.registers.SCRATCH.value).toBe(5);
    expect(faultsNoted(card)).toEqual(['removal: at 3']);
  });

  it('removal: of a target that cannot be pulled, the driver still sees nothing', () => {
    const { pci: inner, world } = testCard();
    const pci = withFaults(inner, [{ kind: 'removal', at: 1 }], world);
    const seen = interruptsOf(pci);
    expect(pci.configRead(0, 4)).toBe(0xffffffff);
    inner.device.interrupt.drive(true);
    expect(seen).toEqual([]);
    expect(pci.reset('hot')).toBe(false);
    expect(world.journal.kindAt(1)).toBe(EventKind.Removed);
  });

  it('no-answer: so many accesses, reads without effect and writes lost', () => {
    const { pci, bank } = faulty({ kind: 'no-answer', at: 2, accesses: 3 });
    pci.write(0, 0, 4, 5);
    pci.write(0, 0, 4, 6);
    expect(pci.read(0, 0, 4)).toBe(0xffffffff);
    expect(pci.configRead(0, 2)).toBe(0xffff);
    expect(pci.read(0, 0, 4)).toBe(5);
    expect(bank.coverage.reads[0]).toBe(1);
  });

  it('stuck-bits: as they were at the read, the others move', () => {
    const { pci } = faulty({ kind: 'stuck-bits', at: 2, bar: 0, offset: 0, mask: 0x80000001 });
    pci.write(0, 0, 4, 0x80000000);
    expect(pci.read(0, 0, 4)).toBe(0x80000000);
    expect(pci.read(0, 0, 4)).toBe(0x80000000);
    pci.write(0, 0, 4, 0x7);
    expect(pci.read(0, 0, 4)).toBe(0x80000006);
    expect(pci.read(0, 4, 4)).toBe(0);
  });

  it('false-read: so many reads of one register return the value', () => {
    const card = faulty({ kind: 'false-read', at: 2, bar: 0, offset: 4, value: 99, reads: 2 });
    const values = Array.from({ length: 5 }, () => card.pci.read(0, 4, 4));
    expect(values).toEqual([0, 99, 99, 0, 0]);
    expect(card.pci.read(0, 0, 4)).toBe(0);
  });

  it('self-reset: the device forgets, the platform does not', () => {
    const { pci, inner } = faulty({ kind: 'self-reset', at: 2 });
    const resets: string[] = [];
    inner.device.onReset((domain) => resets.push(domain));
    pci.route('msi', 1);
    pci.write(0, 0, 4, 1);
    pci.write(0, 0, 4, 2);
    expect(resets).toEqual(['hot']);
    expect(pci.read(0, 0, 4)).toBe(2);
    expect(inner.device.message(0)).toBe(true);
  });
});

describe('posted writes', () => {
  const posted = { kind: 'posted-writes', at: 1, ns: 500 } as const;

  it('wait for a read, and keep their order', () => {
    const { pci, bank } = faulty(posted);
    pci.write(0, 0, 4, 1);
    pci.write(0, 0, 4, 2);
    expect(bank.registers.SCRATCH.value).toBe(0);
    expect(pci.read(0, 0, 4)).toBe(2);
  });

  it('arrive by themselves after a while', () => {
    const { pci, bank, world } = faulty(posted);
    pci.write(0, 0, 4, 1);
    world.advance(499);
    expect(bank.registers.SCRATCH.value).toBe(0);
    world.advance(1);
    expect(bank.registers.SCRATCH.value).toBe(1);
  });

  it('do not pass I/O and configuration writes, which are not posted', () => {
    const { pci, bank } = faulty(posted);
    pci.write(0, 0, 4, 1);
    pci.write(1, 4, 4, 9);
    expect([bank.registers.SCRATCH.value, bank.registers.OTHER.value]).toEqual([1, 9]);
    pci.write(0, 0, 4, 2);
    pci.configWrite(0x3c, 1, 7);
    expect(bank.registers.SCRATCH.value).toBe(2);
  });
});

describe('interrupts', () => {
  it('lost-interrupt: this one only', () => {
    const { inner, seen } = faulty({ kind: 'lost-interrupt', at: 1 });
    for (const level of [true, false, true]) inner.device.interrupt.drive(level);
    expect(seen).toEqual([true]);
  });

  it('late-interrupt: if it is still there', () => {
    const late = (at: number): PciFault => ({ kind: 'late-interrupt', at, ns: 100 });
    const { inner, seen, world } = faulty(late(1), late(2));
    inner.device.interrupt.drive(true);
    inner.device.interrupt.drive(false);
    world.advance(100);
    expect(seen).toEqual([]);
    inner.device.interrupt.drive(true);
    world.advance(99);
    expect(seen).toEqual([]);
    world.advance(1);
    expect(seen).toEqual([true]);
  });

  it('spurious-interrupt: a level for a while, or a message', () => {
    const spurious = { kind: 'spurious-interrupt', at: 1, vector: 0, ns: 100 } as const;
    const line = faulty(spurious);
    line.pci.read(0, 0, 4);
    line.world.advance(100);
    expect(line.seen).toEqual([true, false]);
    const messages = faulty(spurious);
    messages.pci.route('msi', 1);
    messages.pci.read(0, 0, 4);
    messages.world.advance(100);
    expect(messages.seen).toEqual([0]);
  });

  it('interrupt-storm: again and again, and then it ends', () => {
    const storm = { kind: 'interrupt-storm', at: 1, times: 3, everyNs: 1000 } as const;
    const messages = faulty(storm);
    messages.pci.route('msi', 1);
    messages.inner.device.message(0);
    pass(messages, 20);
    expect(messages.seen).toEqual([0, 0, 0, 0]);
    const line = faulty(storm);
    line.inner.device.interrupt.drive(true);
    line.inner.device.interrupt.drive(false);
    pass(line, 20);
    expect(line.seen.filter((level) => level === true)).toHaveLength(4);
    expect(line.seen.at(-1)).toBe(false);
  });
});

describe('memory', () => {
  const both = { deviceReads: true, deviceWrites: true, maxAddressBits: 32 };

  it('failed-allocation and failed-mapping: the k-th call only', () => {
    const { pci } = faulty({ kind: 'failed-allocation', at: 2 }, { kind: 'failed-mapping', at: 1 });
    const buffer = pci.memory.allocate(8, 1);
    expect(() => pci.memory.allocate(8, 1)).toThrow(RangeError);
    expect(() => pci.memory.map(buffer, 0, 8, both)).toThrow(RangeError);
    expect(pci.memory.map(buffer, 0, 8, both).length).toBe(8);
    expect(pci.memory.live()).toHaveLength(1);
  });

  it('changed-buffer: between two reads of what the device may write', () => {
    const { pci, inner } = faulty({ kind: 'changed-buffer', at: 1, bits: 0xff });
    const buffer = pci.memory.allocate(8, 1);
    buffer.write(0, Uint8Array.of(1, 2, 3, 4));
    expect([...buffer.read(0, 2)]).toEqual([1, 2]);
    const mapping = pci.memory.map(buffer, 0, 8, both);
    expect([...buffer.read(0, 2)]).toEqual([1, 2]);
    expect([...buffer.read(0, 4)]).toEqual([0xfe, 0xfd, 3, 4]);
    expect(inner.device.dma.read(mapping.address, 1)).toEqual(Uint8Array.of(0xfe));
    mapping.unmap();
    buffer.free();
    expect(pci.memory.live()).toEqual([]);
  });
});
