/** Each recording of the corpus: small, readable, and made again from what the recorders wrote. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decoded } from '../format/events.fixture.ts';
import { TextTraceDecoder } from '../format/text-decoder.ts';
import {
  PROVENANCE_FILE,
  type RecordedFacts,
  TRACE_FILE,
  traceOfCorpus,
} from '../record-linux/corpus-trace.ts';

const BYTES_MAX = 300 * 1024;
const CORPUS = import.meta.dirname;
const folders = readdirSync(CORPUS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

it('has Linux recordings of three devices', () => {
  expect(folders).toEqual(expect.arrayContaining(['e1000e', 'nvme', 'uart-16550']));
});

describe.each(folders)('%s', (name) => {
  const folder = join(CORPUS, name);
  const file = readFileSync(join(folder, TRACE_FILE));
  const facts = JSON.parse(readFileSync(join(folder, PROVENANCE_FILE), 'utf8')) as RecordedFacts;

  it('is what its raw recordings give', () => {
    expect(traceOfCorpus(folder, name) === file.toString('utf8')).toBe(true);
  });

  it('is complete, and its header says where it comes from', () => {
    const { header, events, footer } = decoded(new TextTraceDecoder(), file);
    expect(footer).toEqual({ events: events.length });
    expect(events.length).toBeGreaterThan(500);
    const { device, firmware, date, how, licence } = facts;
    expect(header).toMatchObject({
      device: name,
      provenance: { device, firmware, date, how, licence },
      identity: { kernel: facts.kernel },
    });
    expect(header.blind.length).toBeGreaterThan(0);
  });

  it('is small', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    for (const it of files) expect(statSync(join(folder, it)).size).toBeLessThan(BYTES_MAX);
  });
});
