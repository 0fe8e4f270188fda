import { describe, expect, it } from 'vitest';
import { SpiEvent } from '../../../sim/buses/spi/bus.ts';
import { EventKind, Journal } from '../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import { RuleBook } from '../../rule-book.ts';
import { norRules } from './rules.ts';

type Step = (journal: Journal) => void;

function judge(id: string, steps: readonly Step[]): { armed: boolean; details: string[] } {
  const rule = norRules.find((each) => each.id === id);
  if (rule === undefined) throw new RangeError(`There is no rule ${id}.`);
  const journal = new Journal();
  const book = new RuleBook([rule], journal, new Map());
  for (const step of steps) step(journal);
  const details = book.broken.map(({ detail }) => detail);
  return { armed: (book.armed.get(id) ?? 0) > 0, details };
}

const say =
  (...bytes: number[]): Step =>
  (journal) =>
    void journal.recordBytes(EventKind.Command, 0, 0, Uint8Array.from(bytes));
const answer =
  (...bytes: number[]): Step =>
  (journal) =>
    void journal.recordBytes(EventKind.Completion, 0, 0, Uint8Array.from(bytes));
const after =
  (ns: number): Step =>
  (journal) =>
    void (journal.now += ns);
const configure =
  (mode: number, clockHz: number): Step =>
  (journal) =>
    void journal.record(EventKind.Line, 0, SpiEvent.Configure, clockHz, mode);
const over =
  (lines: number, segment: number): Step =>
  (journal) =>
    void journal.record(EventKind.Line, 0, SpiEvent.Lines, lines, segment);
const crashed: Step = (journal) => void journal.note(EventKind.Lifecycle, Lifecycle.Crashed);

const enable = say(0x06);
const erase = say(0x20, 0, 0, 0);
const busy = [say(0x05), answer(1)];
const ready = [say(0x05), answer(0)];
const program = (at: number, length: number) =>
  say(0x02, 0, 0, at, ...Array.from({ length }, () => 0));

/** A rule, what breaks it, and the nearest that does not. */
const CASES: readonly {
  readonly id: string;
  readonly violating: readonly (readonly Step[])[];
  readonly innocent: readonly (readonly Step[])[];
}[] = [
  {
    id: 'NOR-R01',
    violating: [
      [erase],
      [enable, say(0x04), erase],
      [enable, erase, ...ready, erase],
      [say(0x50), erase],
      [enable, crashed, erase],
    ],
    innocent: [
      [enable, erase],
      [say(0x50), say(0x01, 0)],
      [enable, ...ready, program(0, 1)],
    ],
  },
  {
    id: 'NOR-R02',
    violating: [
      [erase, say(0x03, 0, 0, 0), answer(0)],
      [erase, ...busy, say(0x03, 0, 0, 0)],
      [program(0, 1), enable],
    ],
    innocent: [
      [erase, ...busy, ...ready, say(0x03, 0, 0, 0)],
      [erase, say(0x75), ...ready, say(0x03, 0, 0, 0)],
      [erase, say(0x66), say(0x99), say(0x9f)],
      [erase, crashed, say(0x9f)],
    ],
  },
  {
    id: 'NOR-R03',
    violating: [[program(1, 256)], [say(0xb7), say(0x02, 0, 0, 0, 255, 1, 2)]],
    innocent: [[program(0, 256)], [program(255, 1)], [say(0x12, 0, 0, 0, 254, 1, 2)]],
  },
  {
    id: 'NOR-R04',
    violating: [
      [say(0x99), after(29_999), say(0x9f)],
      [say(0xab), after(2_999), say(0x05)],
    ],
    innocent: [
      [say(0x99), after(30_000), say(0x9f)],
      [say(0xab), after(3_000), say(0x05)],
    ],
  },
  {
    id: 'NOR-R05',
    violating: [[say(0xb9), say(0x9f)]],
    innocent: [
      [say(0xb9), say(0xab), say(0x9f)],
      [say(0xb9), crashed, say(0x9f)],
    ],
  },
  {
    id: 'NOR-R06',
    violating: [
      [configure(1, 1_000_000)],
      [configure(0, 134_000_000)],
      [configure(3, 51_000_000), say(0x03)],
    ],
    innocent: [
      [configure(0, 50_000_000), say(0x03)],
      [configure(3, 133_000_000), say(0x0b)],
    ],
  },
  {
    id: 'NOR-R07',
    violating: [
      [say(0x03, 0, 0, 0), over(2, 1), answer(0)],
      [say(0x3b, 0, 0, 0, 0), over(4, 1), answer(0)],
      [over(4, 0), say(0x9f), answer(0)],
    ],
    innocent: [
      [say(0x3b, 0, 0, 0, 0), over(2, 1), answer(0)],
      [say(0x6b, 0, 0, 0, 0), over(4, 1), answer(0)],
      [say(0x38), over(4, 0), say(0x9f), over(4, 1), answer(0)],
    ],
  },
];

describe('the rules of NOR flash', () => {
  it('all have cases', () => {
    expect(CASES.map(({ id }) => id)).toEqual(norRules.map(({ id }) => id));
  });

  it.each(CASES)('$id is broken by what breaks it', ({ id, violating }) => {
    for (const steps of violating) expect(judge(id, steps).details.length).toBe(1);
  });

  it.each(CASES)('$id holds, and was judged, in the nearest innocent case', ({ id, innocent }) => {
    for (const steps of innocent) expect(judge(id, steps)).toEqual({ armed: true, details: [] });
  });
});
