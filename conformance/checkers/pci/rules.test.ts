import { describe, expect, it } from 'vitest';
import { DmaStop } from '../../../sim/buses/pci/dma.ts';
import { InterruptKind } from '../../../sim/buses/pci/interrupt-kind.ts';
import { MappedFor } from '../../../sim/buses/pci/iommu.ts';
import { EventKind } from '../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import type { RegisterMap } from '../../../sim/registers/declare.ts';
import { bit, bits } from '../../../sim/registers/declare.ts';
import { Command } from './config-knowledge.ts';
import { GONE_ACCESSES_MAX } from './lifetime.ts';
import { pciRules } from './rules.ts';
import {
  capabilities,
  configRead,
  configWrite,
  event,
  judge,
  later,
  lifecycle,
  note,
  read,
  type Step,
  write,
} from './scripted.ts';

const COMMAND = 0x04;
const BAR0 = 0x10;
const BAR1_IS_IO = configRead(0x14, 0xc001, 4);
const reset = note(EventKind.Reset, 'hot');
const removed = note(EventKind.Removed, 'removed');
const repeat = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step);

const level = (asserted: number) => event(EventKind.Interrupt, InterruptKind.Level, 0, asserted);
const map = (space: number, address = 0x10_0000, host = 0x1000_0000) =>
  event(EventKind.DmaMap, space, address, 64, host);
const unmap = event(EventKind.DmaUnmap, 0, 0x10_0000, 64);
const fault = (why: number) => event(EventKind.DmaFault, why, 0x10_0000, 4);
const fetch = (offset: number, length: number) =>
  event(EventKind.BufferRead, 0, 0x1000_0000 + offset, length);
const changed = note(EventKind.Fault, 'changed-buffer: at 1, bits 255');
const operation = note(EventKind.Operation, 'read');

const device = {
  name: 'device',
  width: 32,
  registers: {
    CTRL: { at: 0, fields: { EN: bit(0), ID: bits(15, 8, { access: 'RO', reset: 3 }) } },
    STATUS: { at: 4, access: 'RO', volatile: true },
    DATA: { at: 8 },
    DOORBELL: { at: 12, access: 'WO' },
  },
} as const satisfies RegisterMap;

/** A rule, what breaks it, and the nearest that does not. */
const cases: readonly {
  readonly id: string;
  readonly violating: readonly (readonly Step[])[];
  readonly innocent: readonly (readonly Step[])[];
  /** Innocent, and not even judged. */
  readonly unknown?: readonly (readonly Step[])[];
  readonly map?: RegisterMap;
}[] = [
  {
    id: 'PCI-R01',
    violating: [
      [configWrite(COMMAND, Command.Master), read(0)],
      [configRead(COMMAND, 0), write(0)],
      [configRead(BAR0, 0xe000_0000, 4), configWrite(COMMAND, Command.Io), read(0)],
      [BAR1_IS_IO, configWrite(COMMAND, Command.Memory), read(0, 0, 1, 1)],
      [configWrite(COMMAND, Command.Memory), configWrite(COMMAND, 0, 1), read(0)],
      // It answered to the memory bit, so it is no I/O.
      [configWrite(COMMAND, 2), read(0, 7), configWrite(COMMAND, 1), read(0, 0xffffffff)],
    ],
    innocent: [
      [configWrite(COMMAND, Command.Memory + Command.Io), read(0)],
      [configRead(BAR0, 0xe000_0000, 4), configWrite(COMMAND, Command.Memory), read(0)],
      [BAR1_IS_IO, configWrite(COMMAND, Command.Io), write(0, 0, 1, 1)],
      // A BAR of unknown kind may be of the kind that is on.
      [configWrite(COMMAND, Command.Io), write(0)],
    ],
    unknown: [
      [read(0)],
      [configWrite(COMMAND, 0), reset, read(0)],
      [configWrite(COMMAND, 0), removed, read(0)],
      [configRead(COMMAND, 0xffff), read(0)],
    ],
  },
  {
    id: 'PCI-R02',
    violating: [[...capabilities(1), configWrite(0x44, 3), read(0)]],
    innocent: [],
    unknown: [
      [...capabilities(1), configWrite(0x44, 3), configWrite(0x44, 0), read(0)],
      [...capabilities(1), configWrite(0x44, 3), configRead(0x44, 3)],
      [...capabilities(5), configWrite(0x44, 3), read(0)],
    ],
  },
  {
    id: 'PCI-R03',
    violating: [
      [lifecycle(Lifecycle.SuperStop), read(0)],
      [lifecycle(Lifecycle.SuperStop), configWrite(COMMAND, 0)],
    ],
    innocent: [
      [lifecycle(Lifecycle.Stop), write(0), lifecycle(Lifecycle.SuperStop)],
      [lifecycle(Lifecycle.SuperStop), lifecycle(Lifecycle.Start), read(0)],
    ],
    unknown: [[read(0)]],
  },
  {
    id: 'PCI-R04',
    violating: [[removed, ...repeat(GONE_ACCESSES_MAX + 1, read(0, 0xffffffff))]],
    innocent: [[removed, ...repeat(GONE_ACCESSES_MAX, read(0, 0xffffffff))]],
    unknown: [repeat(GONE_ACCESSES_MAX + 1, read(0, 0xffffffff))],
  },
  {
    id: 'PCI-R05',
    violating: [
      [configRead(0x08, 0x10), configWrite(0x08, 0x11)],
      [configWrite(0x00, 0x8086)],
      [...capabilities(1), configWrite(0x40, 0x05, 1)],
    ],
    innocent: [
      [configRead(0x08, 0x10), configWrite(0x08, 0x10)],
      [configWrite(COMMAND, 0xffff), configWrite(BAR0, 0xffffffff, 4)],
      // A whole double word of which a part is read-only and unknown.
      [configWrite(0x3c, 0x0b, 4)],
    ],
  },
  {
    id: 'PCI-R06',
    violating: [[...capabilities(5, 0x11), configWrite(0x42, 1), configWrite(0x52, 0x8000)]],
    innocent: [
      [
        ...capabilities(5, 0x11),
        configWrite(0x42, 1),
        configWrite(0x42, 0),
        configWrite(0x52, 0x8000),
      ],
    ],
    unknown: [[...capabilities(5, 0x11), configWrite(0x42, 1)]],
  },
  {
    id: 'PCI-R07',
    violating: [[...capabilities(5), configWrite(0x42, 1), level(1)]],
    innocent: [[...capabilities(5), level(1), configWrite(0x42, 1), level(0)]],
    unknown: [[...capabilities(5), configWrite(0x42, 1), configWrite(0x42, 0), level(1)]],
  },
  {
    id: 'PCI-R08',
    violating: [[fault(DmaStop.Unmapped)]],
    innocent: [[event(EventKind.DmaRead, 0, 0x10_0000, 4)]],
    unknown: [[fault(DmaStop.NoMaster)]],
  },
  {
    id: 'PCI-R09',
    violating: [[fault(DmaStop.Direction)]],
    innocent: [[event(EventKind.DmaWrite, 0, 0x10_0000, 4)]],
    unknown: [[fault(DmaStop.Unmapped)]],
  },
  {
    id: 'PCI-R10',
    violating: [[event(EventKind.DmaMap, 0, 0x10_0000, 64), fault(DmaStop.NoMaster)]],
    innocent: [
      [event(EventKind.DmaWrite, 0, 0x10_0000, 4)],
      [
        event(EventKind.DmaMap, 0, 0x10_0000, 64),
        configWrite(0x04, 0x6, 2),
        configWrite(0x04, 0x2, 2),
        fault(DmaStop.NoMaster),
      ],
      [fault(DmaStop.NoMaster)],
    ],
    unknown: [[fault(DmaStop.Direction)]],
  },
  {
    id: 'PCI-R12',
    violating: [
      [configWrite(COMMAND, Command.Master), lifecycle(Lifecycle.Stopped)],
      [configWrite(COMMAND, Command.Master), lifecycle(Lifecycle.StartFailed)],
    ],
    innocent: [
      [configWrite(COMMAND, 7), configWrite(COMMAND, 3), lifecycle(Lifecycle.Stopped)],
      [configWrite(COMMAND, Command.Memory), lifecycle(Lifecycle.Stopped)],
    ],
    unknown: [
      [lifecycle(Lifecycle.Stopped)],
      [configWrite(COMMAND, Command.Master), removed, lifecycle(Lifecycle.Stopped)],
      [configWrite(COMMAND, Command.Master), reset, lifecycle(Lifecycle.Stopped)],
    ],
  },
  {
    id: 'PCI-R13',
    violating: [
      [level(1), lifecycle(Lifecycle.SuperStop)],
      [lifecycle(Lifecycle.SuperStop), level(1)],
      [lifecycle(Lifecycle.SuperStop), event(EventKind.Interrupt, InterruptKind.Message, 2, 1)],
    ],
    innocent: [
      [level(1), level(0), lifecycle(Lifecycle.SuperStop)],
      [lifecycle(Lifecycle.SuperStop), lifecycle(Lifecycle.Start), level(1)],
    ],
  },
  {
    id: 'PCI-R14',
    violating: [
      [lifecycle(Lifecycle.HandlerEnabled)],
      [lifecycle(Lifecycle.HandlerSet, 0), lifecycle(Lifecycle.HandlerEnabled, 1)],
    ],
    innocent: [[lifecycle(Lifecycle.HandlerSet, 1), lifecycle(Lifecycle.HandlerEnabled, 1)]],
  },
  {
    id: 'PCI-R16',
    violating: [
      [map(MappedFor.Writing), operation, changed, fetch(0, 4), fetch(0, 16)],
      [map(MappedFor.Writing), operation, changed, fetch(0, 4), fetch(0, 4)],
    ],
    innocent: [
      [map(MappedFor.Writing), operation, changed, fetch(0, 4), fetch(4, 12)],
      [map(MappedFor.Writing), changed, fetch(0, 4), operation, fetch(0, 16)],
      // Polling: the same bytes, some time later.
      [map(MappedFor.Writing), operation, changed, fetch(0, 4), later(1), fetch(0, 4)],
      [
        map(MappedFor.Writing),
        operation,
        changed,
        fetch(0, 4),
        event(EventKind.DmaWrite, 0, 0x10_0000, 16),
        fetch(0, 16),
      ],
    ],
    unknown: [
      [map(MappedFor.Writing), operation, fetch(0, 4), fetch(0, 16)],
      [map(MappedFor.Reading), operation, changed, fetch(0, 4), fetch(0, 16)],
      [map(MappedFor.Writing), unmap, operation, changed, fetch(0, 4), fetch(0, 16)],
    ],
  },
  {
    id: 'PCI-R18',
    map: device,
    violating: [[read(0, 0x300), write(0, 0x701)]],
    innocent: [
      [read(0, 0x300), write(0, 0x301)],
      // Not known to hold anything else.
      [write(0, 0x701)],
      [read(0, 0x300), reset, write(0, 0x701)],
      [note(EventKind.Fault, 'false-read: at 1'), read(0, 0x300), write(0, 0x701)],
    ],
  },
  {
    id: 'PCI-R19',
    map: device,
    violating: [[read(0, 0x300), write(0, 0x303)]],
    innocent: [
      [read(0, 0x300), write(0, 0x301)],
      [read(0, 0x8000_0300), write(0, 0x8000_0301)],
    ],
  },
  {
    id: 'PCI-R20',
    map: device,
    violating: [[read(16)], [write(16)], [read(12)]],
    innocent: [[read(8)], [write(12)]],
    unknown: [[removed, read(16)], [read(16, 0, 4, 1)]],
  },
  {
    id: 'PCI-R21',
    map: device,
    violating: [[read(8, 0, 2)], [write(8, 0, 1)]],
    innocent: [[read(8, 0, 4)]],
  },
  {
    id: 'PCI-R22',
    map: device,
    violating: [
      [read(8, 1), read(8, 2)],
      [read(0, 0x300), write(8, 5), read(8, 4)],
    ],
    innocent: [
      [read(8, 1), write(8, 2), read(8, 2)],
      [read(4, 1), read(4, 2)],
      [read(8, 1), reset, read(8, 2)],
      // Nobody may have answered.
      [read(8, 0xffffffff), read(8, 1)],
      [write(8, 5), read(8, 1)],
      [read(8, 1), configWrite(COMMAND, 0), write(8, 7), configWrite(COMMAND, 2), read(8, 1)],
      [read(8, 1), note(EventKind.Fault, 'no-answer: at 2'), write(8, 2), read(8, 1)],
    ],
  },
];

describe.each(cases)('$id', ({ id, violating, innocent, unknown = [], map: registers }) => {
  it.each(violating.map((steps, index) => ({ steps, index })))('is broken: $index', ({ steps }) => {
    const { armed, details } = judge(id, steps, registers);
    expect(details).toHaveLength(1);
    expect(armed).toBe(true);
  });

  it.each(innocent.map((steps, index) => ({ steps, index })))('holds: $index', ({ steps }) => {
    expect(judge(id, steps, registers)).toEqual({ armed: true, details: [] });
  });

  it.each(unknown.map((steps, index) => ({ steps, index })))('is silent: $index', ({ steps }) => {
    expect(judge(id, steps, registers)).toEqual({ armed: false, details: [] });
  });
});

it('has a case for every rule, and every id once', () => {
  const ids = pciRules.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(cases.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
});

it('says what happened in words', () => {
  const { details } = judge('PCI-R01', [configWrite(COMMAND, Command.Master), write(0x80, 3)]);
  expect(details).toEqual(['a 4-byte write of 0x3 at 0x80 of BAR 0 is not decoded']);
});
