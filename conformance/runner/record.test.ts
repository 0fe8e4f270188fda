import { describe, expect, it } from 'vitest';
import { Journal } from '../../sim/kernel/journal.ts';
import type { EventBatch } from '../../traces/format/batch.ts';
import { feedJournal } from '../../traces/format/journal-feed.ts';
import { TextTraceEncoder } from '../../traces/format/text-encoder.ts';
import { builtIn } from '../cli/catalog.ts';
import { driverModule, loadDriver } from './load.ts';
import { SIMPLE_IO, record } from './record.ts';

const SEED = 7;

/** The trace as text, the hash in its footer, and the hash of a journal fed with its events. */
async function recorded(driver: string, target: string) {
  const encoder = new TextTraceEncoder();
  const decoder = new TextDecoder();
  const again = new Journal();
  let text = '';
  const add = (pieces: Iterable<Uint8Array>) => {
    for (const piece of pieces) text += decoder.decode(piece, { stream: true });
  };
  const entry = builtIn.targets[target];
  if (entry === undefined) throw new Error(`There is no target ${target}.`);
  const { footer, problem } = await record({
    catalog: builtIn,
    driver: await loadDriver(driverModule(builtIn, driver)),
    target: await entry.make({ onChild: () => {} }),
    seed: SEED,
    clause: SIMPLE_IO,
    tool: 'driver-dyno 0.0.0',
    how: 'a test',
    date: '2026-11-22',
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    begin: (header) => add(encoder.begin(header)),
    take: (batch: EventBatch) => {
      add(encoder.encode(batch));
      for (let index = 0; index < batch.length; index++) feedJournal(again, batch, index);
    },
  });
  add(encoder.end(footer));
  return { text, problem, hash: footer.journalHash, again: again.hash() };
}

describe('a recorded scene', () => {
  for (const [driver, target] of [
    ['edu', 'sim:edu'],
    ['nvme', 'sim:nvme'],
    ['eeprom', 'sim:24c32'],
    ['spi-nor', 'sim:w25q16'],
  ] as const) {
    it(`of ${driver} on ${target} is whole, and the same when recorded again`, async () => {
      const first = await recorded(driver, target);
      expect(first.problem).toBeUndefined();
      expect(first.hash).toBe(first.again);
      expect((await recorded(driver, target)).text).toBe(first.text);
    });
  }
});
