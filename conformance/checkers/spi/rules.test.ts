import { describe, expect, it } from 'vitest';
import { GpioEvent } from '../../../sim/buses/gpio/line.ts';
import { SpiEvent } from '../../../sim/buses/spi/bus.ts';
import { EventKind, Journal } from '../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import { RuleBook } from '../../rule-book.ts';
import { spiRules } from './rules.ts';

type Step = (journal: Journal) => void;

function judge(id: string, steps: readonly Step[]): { armed: boolean; details: string[] } {
  const rule = spiRules.find((each) => each.id === id);
  if (rule === undefined) throw new RangeError(`There is no rule ${id}.`);
  const journal = new Journal();
  const book = new RuleBook([rule], journal, new Map());
  for (const step of steps) step(journal);
  const details = book.broken.map(({ detail }) => detail);
  return { armed: (book.armed.get(id) ?? 0) > 0, details };
}

const line =
  (event: number, space = 0): Step =>
  (journal) =>
    void journal.record(EventKind.Line, space, event, 1);
const bytes =
  (kind: EventKind, length: number): Step =>
  (journal) =>
    void journal.recordBytes(kind, 0, 0, new Uint8Array(length));

const lived =
  (step: Lifecycle): Step =>
  (journal) =>
    void journal.note(EventKind.Lifecycle, step);
const opened = lived(Lifecycle.Open);
const configure = line(SpiEvent.Configure);
const select = line(SpiEvent.Select);
const deselect = line(SpiEvent.Deselect);
const say = bytes(EventKind.Command, 1);

/** A rule, what breaks it, and the nearest that does not. */
const CASES: readonly {
  readonly id: string;
  readonly violating: readonly (readonly Step[])[];
  readonly innocent: readonly (readonly Step[])[];
}[] = [
  {
    id: 'SPI-R01',
    violating: [
      [opened, say],
      [opened, configure, say, opened, say],
      [opened, line(SpiEvent.Configure, GpioEvent.Level), say],
    ],
    innocent: [[opened, configure, say, say], [say]],
  },
  {
    id: 'SPI-R02',
    violating: [[select, configure, deselect]],
    innocent: [
      [select, deselect, configure],
      [select, lived(Lifecycle.Crashed), configure, deselect],
      [line(SpiEvent.Select, GpioEvent.Level), configure],
    ],
  },
  {
    id: 'SPI-R03',
    violating: [[bytes(EventKind.Command, 0)], [say, bytes(EventKind.Completion, 0)]],
    innocent: [[say], [say, bytes(EventKind.Completion, 1)]],
  },
];

describe('the rules of SPI', () => {
  it('all have cases', () => {
    expect(CASES.map(({ id }) => id)).toEqual(spiRules.map(({ id }) => id));
  });

  it.each(CASES)('$id is broken by what breaks it', ({ id, violating }) => {
    for (const steps of violating) expect(judge(id, steps).details.length).toBe(1);
  });

  it.each(CASES)('$id holds, and was judged, in the nearest innocent case', ({ id, innocent }) => {
    for (const steps of innocent) expect(judge(id, steps)).toEqual({ armed: true, details: [] });
  });
});
