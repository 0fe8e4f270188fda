/** A folder of the corpus as one trace: what each recorder saw, joined, with its header. */
import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PcapDecoder } from '../codecs/pcap/decoder.ts';
import { batched } from '../format/batch.ts';
import type { TraceEvent } from '../format/event.ts';
import type { Blind, TraceHeader } from '../format/header.ts';
import { TextTraceEncoder } from '../format/text-encoder.ts';
import { type DeviceLog, readDeviceLog } from './device-log.ts';
import { readGuestEvents, readMmiotrace } from './guest-log.ts';
import { handlerEvents } from './handlers.ts';
import { join } from './merge.ts';
import { nvmeEvents } from './nvme-events.ts';

/** The file that stands beside the raw recordings. */
export const TRACE_FILE = 'linux.dyno';
export const PROVENANCE_FILE = 'provenance.json';

export interface RecordedFacts {
  readonly driver: string;
  readonly kernel: string;
  readonly device: string;
  readonly firmware: string;
  readonly date: string;
  readonly how: string;
  readonly licence: string;
}

interface Conversion {
  readonly blind: readonly Blind[];
  events(log: DeviceLog, raw: (name: string) => string): readonly TraceEvent[];
}

/** Nobody saw memory that is shared, nor what programs in the guest asked for. */
const MEMORY = [
  'dma-contents',
  'dma-mappings',
  'buffer-contents',
  'lifecycle',
  'operations',
] as const;

/** On PCI; what is not here was recorded by usbmon alone. */
const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  nvme: {
    blind: MEMORY,
    events: (log, raw) => nvmeEvents(joined(log, raw), log.notes),
  },
  'uart-16550': {
    // The interrupt line was seen, but not when the handler ran.
    blind: ['interrupts', 'lines', 'lifecycle', 'operations'],
    events: (log) => log.events,
  },
  e1000e: {
    blind: [...MEMORY, 'commands', 'lines'],
    // e1000e_request_msix of Linux 6.1: receive, transmit, everything else.
    events: (log, raw) =>
      handlerEvents(joined(log, raw), { 'eth0-rx-0': 0, 'eth0-tx-0': 1, eth0: 2 }),
  },
};

/**
 * @param folder of the corpus, such as traces/corpus/nvme
 * @throws Error when its recordings do not fit together
 */
export function traceOfCorpus(folder: string, name: string): string {
  const raw = (file: string): Buffer => gunzipSync(readFileSync(path(folder, 'raw', `${file}.gz`)));
  const facts = JSON.parse(readFileSync(path(folder, PROVENANCE_FILE), 'utf8')) as RecordedFacts;
  const conversion = CONVERSIONS[name];
  const { seen, events } =
    conversion === undefined
      ? usbTraffic(raw('usbmon.pcap'))
      : pciTraffic(conversion, (file) => raw(file).toString('latin1'));
  return textOf(headerOf(name, facts, seen), events);
}

interface Traffic {
  readonly seen: Pick<TraceHeader, 'bus' | 'blind' | 'spaces'>;
  readonly events: readonly TraceEvent[];
}

function pciTraffic(conversion: Conversion, raw: (name: string) => string): Traffic {
  const log = readDeviceLog(raw('qemu-log'));
  const seen = { bus: 'pci', blind: conversion.blind, spaces: log.spaces } as const;
  return { seen, events: conversion.events(log, raw) };
}

function usbTraffic(capture: Uint8Array): Traffic {
  const decoder = new PcapDecoder();
  const events: TraceEvent[] = [];
  for (const batches of [decoder.push(capture), decoder.end()]) {
    for (const batch of batches) {
      for (let index = 0; index < batch.length; index++) events.push(batch.eventAt(index));
    }
  }
  return { seen: decoder.header!, events };
}

function joined(log: DeviceLog, raw: (name: string) => string) {
  return join(log, readMmiotrace(raw('mmiotrace')), readGuestEvents(raw('tracepoints')));
}

function headerOf(
  device: string,
  facts: RecordedFacts,
  { bus, spaces, blind }: Traffic['seen'],
): TraceHeader {
  const { driver, kernel, firmware, date, how, licence } = facts;
  return {
    driver: `${driver} ${kernel.split(' ').at(-1)}`,
    device,
    bus,
    blind,
    spaces,
    provenance: { device: facts.device, firmware, date, how, licence },
    identity: { kernel },
  };
}

function textOf(header: TraceHeader, events: readonly TraceEvent[]): string {
  const encoder = new TextTraceEncoder();
  const pieces: Buffer[] = [];
  const keep = (from: Iterable<Uint8Array>): void => {
    for (const piece of from) pieces.push(Buffer.from(piece));
  };
  keep(encoder.begin(header));
  for (const batch of batched(events)) keep(encoder.encode(batch));
  keep(encoder.end({ events: events.length }));
  return Buffer.concat(pieces).toString('utf8');
}
