/** Linux's own drivers, recorded, under the rules that ours are judged by: they break none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registers as nvme } from '../../sim/devices/nvme/registers.ts';
import { registers as uart } from '../../sim/devices/uart-16550/registers.ts';
import { Journal } from '../../sim/kernel/journal.ts';
import type { RegisterMap } from '../../sim/registers/declare.ts';
import { compile } from '../../sim/registers/compile.ts';
import { batched } from '../../traces/format/batch.ts';
import { type TraceEvent, TraceKind } from '../../traces/format/event.ts';
import { decoded } from '../../traces/format/events.fixture.ts';
import { feedJournal } from '../../traces/format/journal-feed.ts';
import { TextTraceDecoder } from '../../traces/format/text-decoder.ts';
import type { Rule } from '../rule.ts';
import { RuleBook } from '../rule-book.ts';
import { nvmeRules } from './nvme/rules.ts';
import { pciRules } from './pci/rules.ts';

const CORPUS = join(import.meta.dirname, '../../traces/corpus');

/** A recording, the rules for it, and how many of them find in it what they judge. */
const recordings: readonly [folder: string, rules: readonly Rule[], armed: number, RegisterMap?][] =
  [
    ['nvme', [...pciRules, ...nvmeRules], 45, nvme],
    ['uart-16550', pciRules, 7, uart],
    ['e1000e', pciRules, 3],
  ];

function eventsOf(folder: string): readonly TraceEvent[] {
  const file = readFileSync(join(CORPUS, folder, 'linux.dyno'));
  return decoded(new TextTraceDecoder(), file).events;
}

function judged(events: readonly TraceEvent[], rules: readonly Rule[], map?: RegisterMap) {
  const journal = new Journal(events.length);
  const book = new RuleBook(rules, journal, new Map(map ? [[0, compile(map)]] : []));
  for (const batch of batched(events)) {
    for (let index = 0; index < batch.length; index++) feedJournal(journal, batch, index);
  }
  return book;
}

describe.each(recordings)('%s', (folder, rules, armed, map) => {
  const book = judged(eventsOf(folder), rules, map);

  it('breaks no rule', () => {
    expect(book.broken.map(({ rule, detail }) => `${rule.id}: ${detail}`)).toEqual([]);
  });

  it('gives rules something to judge', () => {
    const seen = [...book.armed.values()].filter((times) => times > 0);
    expect(seen.length).toBeGreaterThanOrEqual(armed);
  });
});

it('would be noticed if it did', () => {
  const events = eventsOf('nvme').map((event) => {
    const isDoorbell = event.kind === TraceKind.Write && event.address === 0x1000;
    return isDoorbell && event.space === 0 ? { ...event, value: 31 } : event;
  });
  const { broken } = judged(events, nvmeRules);
  expect(broken.map(({ rule }) => rule.subject)).toContain('driver');
});
