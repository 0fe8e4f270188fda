/** The formats that files come in, by name; the first whose sniffing says yes reads a file. */
import { BinaryTraceDecoder } from '../codecs/binary/decoder.ts';
import { BinaryTraceEncoder } from '../codecs/binary/encoder.ts';
import { MAGIC } from '../codecs/binary/layout.ts';
import { mmiotraceDecoder } from '../codecs/mmiotrace/decoder.ts';
import { qemuLogDecoder } from '../codecs/qemu-log/decoder.ts';
import { PerfettoEncoder } from '../codecs/perfetto/encoder.ts';
import { VcdDecoder } from '../codecs/vcd/decoder.ts';
import { VcdEncoder } from '../codecs/vcd/encoder.ts';
import { PcapDecoder } from '../codecs/pcap/decoder.ts';
import { PcapngEncoder } from '../codecs/pcap/encoder.ts';
import { isPcap } from '../codecs/pcap/packet-reader.ts';
import type { TraceDecoder, TraceEncoder } from '../format/codec.ts';
import { TextTraceDecoder } from '../format/text-decoder.ts';
import { TextTraceEncoder } from '../format/text-encoder.ts';
import { bestPacker, unpack } from './packing.ts';

export interface DecoderOptions {
  /** In logs of a whole machine: a part of the name of the device that gets spaces 0 to 5. */
  readonly first?: string | undefined;
}

export interface TraceFormat {
  /** As on the command line. */
  readonly name: string;
  readonly what: string;
  /** With their dots; the first is the usual one. */
  readonly extensions: readonly string[];
  /** Whether a file that begins so (up to `SNIFFED` bytes) is one. */
  sniff(start: Uint8Array): boolean;
  /** Absent where we only write it. */
  readonly decoder?: (options: DecoderOptions) => TraceDecoder;
  /** Absent where we only read it. */
  readonly encoder?: () => TraceEncoder;
}

export const SNIFFED = 4096;

const latin = new TextDecoder('latin1');

/** Whether a line of the beginning matches. */
function hasLine(pattern: RegExp) {
  return (start: Uint8Array) => pattern.test(latin.decode(start));
}

export const FORMATS: readonly TraceFormat[] = [
  {
    name: 'dyno',
    what: 'our own, one event in each line',
    extensions: ['.dyno'],
    sniff: hasLine(/^driver-dyno trace \d/),
    decoder: () => new TextTraceDecoder(),
    encoder: () => new TextTraceEncoder(),
  },
  {
    name: 'dyno-binary',
    what: 'our own, packed, for volume',
    extensions: ['.dynob'],
    sniff: (start) => MAGIC.every((byte, at) => start[at] === byte),
    decoder: () => new BinaryTraceDecoder(unpack),
    encoder: () => new BinaryTraceEncoder(bestPacker),
  },
  {
    name: 'mmiotrace',
    what: "accesses to memory-mapped registers, by Linux' mmiotrace",
    extensions: ['.mmiotrace'],
    sniff: hasLine(/^(VERSION 20070824|[RW] \d \d+\.\d+ \d+ 0x|PCIDEV [0-9a-f]{4} )/m),
    decoder: ({ first }) => mmiotraceDecoder(first),
  },
  {
    name: 'qemu-log',
    what: "QEMU's -trace: regions, configuration space, VFIO",
    extensions: ['.qemu-log'],
    sniff: hasLine(/^(\d+@\d+\.\d+:)?(memory_region|pci_cfg|pci_update|pci_nvme|vfio)_[a-z_]+ /m),
    decoder: ({ first }) => qemuLogDecoder(first),
  },
  {
    name: 'pcapng',
    what: 'usbmon and USBPcap in pcapng or pcap; written as pcapng',
    extensions: ['.pcapng', '.pcap'],
    sniff: isPcap,
    decoder: () => new PcapDecoder(),
    encoder: () => new PcapngEncoder(),
  },
  {
    name: 'vcd',
    what: 'value changes, for waveform viewers',
    extensions: ['.vcd'],
    sniff: hasLine(/^\s*\$(comment|date|version|timescale|scope)\s/),
    decoder: () => new VcdDecoder(),
    encoder: () => new VcdEncoder(),
  },
  {
    name: 'perfetto',
    what: 'JSON for ui.perfetto.dev',
    extensions: ['.json'],
    sniff: () => false,
    encoder: () => new PerfettoEncoder(),
  },
];

/** The format of this name, or undefined. */
export function formatNamed(name: string): TraceFormat | undefined {
  return FORMATS.find((format) => format.name === name);
}

/** The format that a file of this name is usually in, or undefined. */
export function formatOfName(path: string): TraceFormat | undefined {
  return FORMATS.find(({ extensions }) => extensions.some((ending) => path.endsWith(ending)));
}
