/** Each recording of the corpus: small, readable, and made again from what the recorders wrote. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { mmiotraceDecoder } from '../codecs/mmiotrace/decoder.ts';
import { qemuLogDecoder } from '../codecs/qemu-log/decoder.ts';
import { type TraceEvent, TraceKind } from '../format/event.ts';
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
const onPci = folders.filter((name) => existsSync(join(CORPUS, name, 'raw/qemu-log.gz')));
const onUsb = folders.filter((name) => existsSync(join(CORPUS, name, 'raw/usbmon.pcap.gz')));

const factsOf = (name: string): RecordedFacts => {
  return JSON.parse(readFileSync(join(CORPUS, name, PROVENANCE_FILE), 'utf8')) as RecordedFacts;
};
const rawOf = (name: string, file: string): Buffer => {
  return gunzipSync(readFileSync(join(CORPUS, name, 'raw', `${file}.gz`)));
};
const traceOf = (name: string) => {
  return decoded(new TextTraceDecoder(), readFileSync(join(CORPUS, name, TRACE_FILE)));
};

/** Accesses to BARs, whoever of the kernel made them. */
function accesses(events: readonly TraceEvent[]) {
  const { Read, Write } = TraceKind;
  return events
    .filter(({ kind, space }) => (kind === Read || kind === Write) && space < 16)
    .map(({ kind, space, address, size, value, high }) => {
      return { kind, bar: space % 8, address, size, value, high };
    });
}

it('has Linux recordings of seven devices', () => {
  expect(onPci).toEqual(['e1000e', 'nvme', 'uart-16550']);
  expect(onUsb).toEqual(['usb-cdc-acm', 'usb-ftdi', 'usb-kbd', 'usb-storage']);
  expect([...onPci, ...onUsb]).toEqual(folders);
});

describe.each(folders)('%s', (name) => {
  it('is what its raw recordings give', () => {
    const made = Buffer.from(traceOfCorpus(join(CORPUS, name), name));
    expect(decoded(new TextTraceDecoder(), made)).toEqual(traceOf(name));
  });

  it('is complete, and its header says where it comes from', () => {
    const { header, events, footer } = traceOf(name);
    expect(footer).toEqual({ events: events.length });
    expect(events.length).toBeGreaterThan(50);
    const { device, firmware, date, how, licence, kernel } = factsOf(name);
    expect(header).toMatchObject({
      device: name,
      provenance: { device, firmware, date, how, licence },
      identity: { kernel },
    });
    expect(header.blind.length).toBeGreaterThan(0);
  });

  it('is small', () => {
    const files = readdirSync(join(CORPUS, name), { recursive: true, encoding: 'utf8' });
    for (const it of files) expect(statSync(join(CORPUS, name, it)).size).toBeLessThan(BYTES_MAX);
  });

  it('says where it comes from', () => {
    expect(factsOf(name)).toMatchObject({
      driver: expect.stringMatching(/^linux\/\w+$/) as string,
      kernel: expect.stringContaining('linux-image-') as string,
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
      licence: 'Apache-2.0',
    });
  });
});

describe.each(onPci)('%s', (name) => {
  it("has the accesses that the codec of QEMU's logs finds", () => {
    const { events } = decoded(qemuLogDecoder(), rawOf(name, 'qemu-log'));
    expect(accesses(events)).toEqual(accesses(traceOf(name).events));
  });
});

it.each([
  ['nvme', '1b36:0010'],
  ['e1000e', '8086:10d3'],
])('%s has the accesses that the codec of mmiotrace finds', (name, ids) => {
  const { events } = decoded(mmiotraceDecoder(ids), rawOf(name, 'mmiotrace'));
  expect(accesses(events)).toEqual(accesses(traceOf(name).events));
});

it.each(onUsb)('%s: every transfer that ends was submitted', (name) => {
  const pending = new Set<string>();
  const strays = traceOf(name).events.filter(({ kind, text }) => {
    const urb = text!.split(' ')[0]!;
    return kind === TraceKind.Command ? !pending.add(urb) : !pending.delete(urb);
  });
  expect(strays).toEqual([]);
});
