/** For tests of rules: events recorded by hand, and what one rule makes of them. */
import { EventKind, Journal } from '../../../sim/kernel/journal.ts';
import type { Lifecycle } from '../../../sim/kernel/lifecycle.ts';
import { compile } from '../../../sim/registers/compile.ts';
import type { RegisterMap } from '../../../sim/registers/declare.ts';
import { RuleBook } from '../../rule-book.ts';
import { pciRules } from './rules.ts';

export type Step = (journal: Journal) => void;

export interface Judgement {
  readonly armed: boolean;
  readonly details: readonly string[];
}

/** Plays the steps before one rule; the map, if any, is that of BAR 0. */
export function judge(id: string, steps: readonly Step[], map?: RegisterMap): Judgement {
  const rule = pciRules.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new RangeError(`There is no rule ${id}.`);
  const journal = new Journal();
  const maps = new Map(map === undefined ? [] : [[0, compile(map)]]);
  const book = new RuleBook([rule], journal, maps);
  for (const step of steps) step(journal);
  const details = book.broken.map(({ detail }) => detail);
  return { armed: (book.armed.get(id) ?? 0) > 0, details };
}

export const read =
  (offset: number, value = 0, size = 4, bar = 0): Step =>
  (journal) =>
    void journal.record(EventKind.Read, bar, offset, value, size);
export const write =
  (offset: number, value = 0, size = 4, bar = 0): Step =>
  (journal) =>
    void journal.record(EventKind.Write, bar, offset, value, size);
export const configRead =
  (offset: number, value: number, size = 2): Step =>
  (journal) =>
    void journal.record(EventKind.ConfigRead, 0, offset, value, size);
export const configWrite =
  (offset: number, value: number, size = 2): Step =>
  (journal) =>
    void journal.record(EventKind.ConfigWrite, 0, offset, value, size);
export const lifecycle =
  (text: Lifecycle, index = 0): Step =>
  (journal) =>
    void journal.note(EventKind.Lifecycle, text, index);
export const note =
  (kind: EventKind, text: string): Step =>
  (journal) =>
    void journal.note(kind, text);
export const event =
  (kind: EventKind, space: number, address: number, value: number, high = 0): Step =>
  (journal) =>
    void journal.record(kind, space, address, value, 0, high);
export const later =
  (ns: number): Step =>
  (journal) =>
    void (journal.now += ns);
/** The driver finds a capability at 0x40. */
export const capabilities = (...ids: number[]): Step[] => [
  configRead(0x34, 0x40, 1),
  ...ids.flatMap((id, index) => {
    const at = 0x40 + index * 0x10;
    const next = index + 1 < ids.length ? at + 0x10 : 0;
    return [configRead(at, id, 1), configRead(at + 1, next, 1)];
  }),
];
