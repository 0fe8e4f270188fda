import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventBatch, batched } from '../format/batch.ts';
import { TraceKind, traceEvent } from '../format/event.ts';
import { emptyHeader } from '../format/header.ts';
import { formatNamed } from './formats.ts';
import { IndexedTrace } from './indexed-trace.ts';
import { TraceWriter, openTrace } from './trace-file.ts';

const EVENTS = 50_000;
const events = Array.from({ length: EVENTS }, (_, at) =>
  traceEvent({
    kind: at % 2 === 0 ? TraceKind.Write : TraceKind.Mark,
    timeNs: at * 10,
    address: at,
    ...(at % 2 === 0 ? { size: 4, value: at } : { text: `mark ${at}` }),
  }),
);

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'dyno-trace-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string): string {
  const path = join(folder, `${name}.trace`);
  const writer = new TraceWriter(path, formatNamed(name)!, emptyHeader('pci'));
  for (const batch of batched(events)) writer.write(batch);
  writer.end({ events: EVENTS });
  return path;
}

describe('a file', () => {
  for (const name of ['dyno', 'dyno-binary']) {
    it(`of ${name} is known by its beginning and gives back what was written`, () => {
      const trace = openTrace(written(name));
      expect([trace.format.name, trace.header]).toEqual([name, emptyHeader('pci')]);
      let count = 0;
      const wrong: unknown[] = [];
      for (const batch of trace.batches()) {
        for (let index = 0; index < batch.length; index++, count++) {
          const { address, text, value } = batch.eventAt(index);
          const wanted = events[count]!;
          if (address !== wanted.address || text !== wanted.text || value !== wanted.value) {
            wrong.push({ count, address, text, value });
          }
        }
      }
      expect(wrong).toEqual([]);
      expect([count, trace.footer]).toEqual([EVENTS, { events: EVENTS }]);
    });
  }

  it('of another kind is refused', () => {
    const path = join(folder, 'other');
    writeFileSync(path, 'hello\n');
    expect(() => openTrace(path)).toThrow('byte 0: this is no trace that we know: dyno');
  });
});

describe('the index', () => {
  it('gives any events, and the number of those near a time', () => {
    const trace = new IndexedTrace(written('dyno-binary'));
    for (const from of [0, 1, 4095, 25_000, EVENTS - 3]) {
      const batch = new EventBatch(10);
      trace.read(from, 10, batch);
      expect(batch.length).toBe(Math.min(10, EVENTS - from));
      expect(batch.eventAt(0)).toEqual(events[from]);
      expect(batch.eventAt(batch.length - 1)).toEqual(events[from + batch.length - 1]);
    }
    expect(trace.nearTime(0)).toBe(0);
    expect(trace.nearTime(EVENTS * 5)).toBeLessThanOrEqual(EVENTS / 2);
    trace.close();
  });

  it('is missing where the file was cut off', () => {
    const path = written('dyno-binary');
    truncateSync(path, 5000);
    expect(() => new IndexedTrace(path)).toThrow('byte 4988: the file has no index');
  });
});
