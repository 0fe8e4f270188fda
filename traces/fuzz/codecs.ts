/** What is fuzzed: each decoder with files to begin from, and its encoder where it has one. */
import fc from 'fast-check';
import { BinaryTraceDecoder } from '../codecs/binary/decoder.ts';
import { BinaryTraceEncoder } from '../codecs/binary/encoder.ts';
import { STORED } from '../codecs/binary/layout.ts';
import { mmiotraceDecoder } from '../codecs/mmiotrace/decoder.ts';
import { PcapDecoder } from '../codecs/pcap/decoder.ts';
import { PcapngEncoder } from '../codecs/pcap/encoder.ts';
import { arbitraryUrb } from '../codecs/pcap/urbs.fixture.ts';
import { qemuLogDecoder } from '../codecs/qemu-log/decoder.ts';
import { VcdDecoder } from '../codecs/vcd/decoder.ts';
import { VcdEncoder } from '../codecs/vcd/encoder.ts';
import { bestPacker, unpack } from '../files/packing.ts';
import { EventBatch } from '../format/batch.ts';
import type { TraceDecoder, TraceEncoder } from '../format/codec.ts';
import { arbitraryTrace, encoded, type WholeTrace } from '../format/events.fixture.ts';
import { TextTraceDecoder } from '../format/text-decoder.ts';
import { TextTraceEncoder } from '../format/text-encoder.ts';

export interface FuzzedCodec {
  readonly name: string;
  decoder(): TraceDecoder;
  readonly encoder?: () => TraceEncoder;
  /** Whole files that mutations begin from. */
  readonly files: fc.Arbitrary<Uint8Array>;
  /** A trace as the encoder can say it. */
  expressible?(trace: WholeTrace): WholeTrace;
}

/** Small, so that many files can be read; and so that batches are handed out in the midst. */
const batch = () => new EventBatch(16);
const utf8 = new TextEncoder();

function written(encoder: () => TraceEncoder, traces: fc.Arbitrary<WholeTrace>) {
  return traces.map((trace) => encoded(encoder(), trace));
}

const hex = (max: number) => fc.nat({ max }).map((value) => `0x${value.toString(16)}`);
const stamp = fc
  .tuple(fc.nat({ max: 5 }), fc.nat({ max: 999_999 }))
  .map(([seconds, us]) => `${seconds + 10}.${String(us).padStart(6, '0')}`);

function logOf(lines: readonly fc.Arbitrary<string>[]): fc.Arbitrary<Uint8Array> {
  return fc
    .array(fc.oneof(...lines), { maxLength: 12 })
    .map((all) => utf8.encode(`${all.join('\n')}\n`));
}

const line = (...parts: readonly (string | fc.Arbitrary<string>)[]) =>
  fc
    .tuple(...parts.map((it) => (typeof it === 'string' ? fc.constant(it) : it)))
    .map((all) => all.join(''));

const mmiotraceFiles = logOf([
  line(
    fc.constantFrom('R 4 ', 'W 8 ', 'W 1 '),
    stamp,
    ' 1 ',
    hex(2 ** 31 - 1),
    ' ',
    hex(99),
    ' 0x0 0',
  ),
  line('MAP ', stamp, ' 1 ', hex(2 ** 31 - 1), ' 0xff ', hex(8192), ' 0x0 0'),
  line('UNMAP ', stamp, ' 1 0x0 0'),
  line('MARK ', stamp, ' hello'),
  fc.constantFrom(
    'MARK 0.000000 Lost 3 events.',
    'VERSION 20070824',
    'PCIDEV 0020 1b360010 a fe000004 0 c001 0 0 0 0 4000 0 20 0 0 0 0 nvme',
  ),
]);

const qemuFiles = logOf([
  line(
    '12@',
    stamp,
    ':memory_region_ops_read cpu 0 mr 0x1 addr ',
    hex(9999),
    ' value ',
    hex(9),
    " size 4 name 'x'",
  ),
  line('12@', stamp, ':pci_cfg_write nvme 00:04.0 @', hex(255), ' <- ', hex(9)),
  line('12@', stamp, ':pci_update_mappings_add nvme 00:04.0 0,', hex(9999), '+0x4000'),
  line('vfio_region_read  (0000:01:00.0:region0+', hex(99), ', 4) = ', hex(99)),
  line('vfio_pci_read_config  (0000:01:00.0, @', hex(99), ', len=0x2) ', hex(99)),
  fc.constantFrom('pci_nvme_irq_msix raising MSI-X IRQ vector 3', 'what is this'),
]);

const urbs = fc.array(arbitraryUrb, { maxLength: 8 }).map((events) => ({
  header: { bus: 'usb' as const, blind: [], spaces: [], provenance: {}, identity: {} },
  events,
  footer: undefined,
}));

export const CODECS: readonly FuzzedCodec[] = [
  {
    name: 'dyno',
    decoder: () => new TextTraceDecoder(batch()),
    encoder: () => new TextTraceEncoder(),
    files: written(() => new TextTraceEncoder(), arbitraryTrace),
  },
  {
    name: 'dyno-binary',
    decoder: () => new BinaryTraceDecoder(unpack, batch()),
    encoder: () => new BinaryTraceEncoder(bestPacker),
    // Not packed, and with hashes that are mended: mutations reach the events.
    files: written(() => new BinaryTraceEncoder(STORED), arbitraryTrace),
  },
  {
    name: 'pcapng',
    decoder: () => new PcapDecoder(batch()),
    encoder: () => new PcapngEncoder(),
    files: fc.oneof(
      written(() => new PcapngEncoder(), arbitraryTrace),
      written(() => new PcapngEncoder(), urbs),
    ),
    // Times count from the first packet, or from what the header says.
    expressible: (trace) => ({ ...trace, footer: undefined }),
  },
  {
    name: 'vcd',
    decoder: () => new VcdDecoder(batch()),
    encoder: () => new VcdEncoder(),
    files: written(() => new VcdEncoder(), arbitraryTrace),
    expressible: (trace) => ({
      ...trace,
      events: trace.events.toSorted((one, two) => one.timeNs - two.timeNs),
      footer: undefined,
    }),
  },
  { name: 'mmiotrace', decoder: () => mmiotraceDecoder(undefined, batch()), files: mmiotraceFiles },
  { name: 'qemu-log', decoder: () => qemuLogDecoder(undefined, batch()), files: qemuFiles },
];
