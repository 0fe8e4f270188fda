import { describe, expect, it } from 'vitest';
import { I2C_ENDS, type I2cEnd, I2cEvent } from '../../../sim/buses/i2c/bus.ts';
import { EventKind, Journal } from '../../../sim/kernel/journal.ts';
import { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import { RuleBook } from '../../rule-book.ts';
import { i2cRules } from './rules.ts';

type Step = (journal: Journal) => void;

const TARGET = 0x50;

function judge(id: string, steps: readonly Step[]): { armed: boolean; details: string[] } {
  const rule = i2cRules.find((each) => each.id === id);
  if (rule === undefined) throw new RangeError(`There is no rule ${id}.`);
  const journal = new Journal();
  const book = new RuleBook([rule], journal, new Map());
  for (const step of steps) step(journal);
  const details = book.broken.map(({ detail }) => detail);
  return { armed: (book.armed.get(id) ?? 0) > 0, details };
}

const start =
  (address: number, bits = 7): Step =>
  (journal) =>
    void journal.record(EventKind.Line, I2cEvent.Start, address, 0, bits);
const end =
  (how: I2cEnd): Step =>
  (journal) =>
    void journal.record(EventKind.Line, I2cEvent.End, TARGET, I2C_ENDS.indexOf(how));
const recovered =
  (isFree: boolean): Step =>
  (journal) =>
    void journal.record(EventKind.Line, I2cEvent.Recovered, 0, isFree ? 1 : 0);
const refused: Step = (journal) => void journal.record(EventKind.Line, I2cEvent.Refused, TARGET, 0);
const asked: Step = (journal) => void journal.note(EventKind.Operation, 'read');
const crashed: Step = (journal) => void journal.note(EventKind.Lifecycle, Lifecycle.Crashed);
const times = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step);

const [done, stuck, silent] = [end('done'), end('stuck'), end('no-address')];

/** A rule, what breaks it, and the nearest that does not. */
const CASES: readonly {
  readonly id: string;
  readonly violating: readonly (readonly Step[])[];
  readonly innocent: readonly (readonly Step[])[];
}[] = [
  {
    id: 'I2C-R01',
    violating: [[start(0x00)], [start(0x07)], [start(0x78)]],
    innocent: [[start(0x08)], [start(0x77)], [start(0x078, 10), start(TARGET)]],
  },
  {
    id: 'I2C-R02',
    violating: [
      [stuck, stuck, stuck],
      [stuck, recovered(true), stuck, stuck, stuck],
    ],
    innocent: [
      [stuck, stuck, recovered(false), stuck],
      [stuck, stuck, end('arbitration-lost'), stuck],
      [stuck, stuck, crashed, stuck],
    ],
  },
  {
    id: 'I2C-R03',
    violating: [
      [done, recovered(true)],
      [stuck, recovered(true), silent, recovered(true)],
    ],
    innocent: [
      [recovered(true)],
      [done, stuck, stuck, recovered(false), recovered(true)],
      [end('timeout'), recovered(true)],
      [done, crashed, recovered(true)],
    ],
  },
  {
    id: 'I2C-R04',
    violating: [[stuck, ...times(3, recovered(false))]],
    innocent: [
      [stuck, ...times(2, recovered(false)), stuck, recovered(false)],
      [...times(2, recovered(false)), recovered(true), recovered(false)],
    ],
  },
  {
    id: 'I2C-R05',
    violating: [times(256, silent)],
    innocent: [
      [...times(255, silent), done, silent],
      [...times(255, silent), asked, silent],
    ],
  },
  { id: 'I2C-R06', violating: [[refused]], innocent: [[done]] },
];

describe('the rules of I2C', () => {
  it('all have cases', () => {
    expect(CASES.map(({ id }) => id)).toEqual(i2cRules.map(({ id }) => id));
  });

  it.each(CASES)('$id is broken by what breaks it', ({ id, violating }) => {
    for (const steps of violating) expect(judge(id, steps).details.length).toBe(1);
  });

  it.each(CASES)('$id holds, and was judged, in the nearest innocent case', ({ id, innocent }) => {
    for (const steps of innocent) expect(judge(id, steps)).toEqual({ armed: true, details: [] });
  });
});
