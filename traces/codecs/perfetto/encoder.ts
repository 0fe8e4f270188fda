/**
 * The JSON of Chrome's trace viewer, which ui.perfetto.dev opens ("Trace Event Format", secondary):
 * operations as spans, everything else as instants on a track of its family. Only written.
 */
import type { EventBatch } from '../../format/batch.ts';
import type { TraceEncoder } from '../../format/codec.ts';
import { KIND_NAMES, TraceKind } from '../../format/event.ts';
import type { TraceFooter, TraceHeader } from '../../format/header.ts';
import { hexBytes } from '../hex-bytes.ts';

const PROCESS = 1;
const TRACKS = [
  'operations',
  'accesses',
  'memory',
  'interrupts',
  'commands',
  'lines',
  'life and faults',
] as const;
const [OPERATIONS, ACCESSES, MEMORY, INTERRUPTS, COMMANDS, LINES, LIFE] = [1, 2, 3, 4, 5, 6, 7];

const TRACK_OF = new Map<number, number>([
  [TraceKind.ConfigRead, ACCESSES],
  [TraceKind.ConfigWrite, ACCESSES],
  [TraceKind.Read, ACCESSES],
  [TraceKind.Write, ACCESSES],
  [TraceKind.DmaRead, MEMORY],
  [TraceKind.DmaWrite, MEMORY],
  [TraceKind.DmaMap, MEMORY],
  [TraceKind.DmaUnmap, MEMORY],
  [TraceKind.DmaFault, MEMORY],
  [TraceKind.BufferRead, MEMORY],
  [TraceKind.BufferWrite, MEMORY],
  [TraceKind.Interrupt, INTERRUPTS],
  [TraceKind.InterruptHandled, INTERRUPTS],
  [TraceKind.Command, COMMANDS],
  [TraceKind.Completion, COMMANDS],
  [TraceKind.Line, LINES],
  [TraceKind.Operation, OPERATIONS],
]);

/** Phases of an operation in `space`, as the host notes them. */
const CALL = 0;
const BYTES_SHOWN = 64;

const utf8 = new TextEncoder();

export class PerfettoEncoder implements TraceEncoder {
  *begin({ driver = 'driver', target = 'device', tool }: TraceHeader): Iterable<Uint8Array> {
    const about = { name: `${driver} on ${target}` };
    const names = [
      { name: 'process_name', ph: 'M', pid: PROCESS, args: about },
      ...TRACKS.map((name, at) => {
        return { name: 'thread_name', ph: 'M', pid: PROCESS, tid: at + 1, args: { name } };
      }),
    ];
    const start = JSON.stringify({ displayTimeUnit: 'ns', otherData: { tool } }).slice(0, -1);
    yield utf8.encode(
      `${start},"traceEvents":[\n${names.map((it) => JSON.stringify(it)).join(',\n')}`,
    );
  }

  *encode(batch: EventBatch): Iterable<Uint8Array> {
    let out = '';
    for (let index = 0; index < batch.length; index++) {
      out += `,\n${JSON.stringify(eventOf(batch, index))}`;
    }
    if (out !== '') yield utf8.encode(out);
  }

  *end(_footer: TraceFooter): Iterable<Uint8Array> {
    yield utf8.encode('\n]}\n');
  }
}

function eventOf(batch: EventBatch, index: number): object {
  const kind = batch.kinds[index] as number;
  const space = batch.spaces[index] as number;
  const address = batch.addresses[index] as number;
  const text = batch.texts[index] as string;
  const name = KIND_NAMES.get(kind) ?? '';
  // Microseconds; thousandths of them are exact to 2^53 nanoseconds as text, not as a number.
  const base = {
    ts: (batch.timesNs[index] as number) / 1000,
    pid: PROCESS,
    tid: TRACK_OF.get(kind) ?? LIFE,
    cat: name,
  };
  if (kind === TraceKind.Operation) {
    const operation = text.split(':')[0] ?? text;
    const ph = space === CALL ? 'b' : 'e';
    return { ...base, name: operation, ph, id: operation, args: { text } };
  }
  const high = batch.highs[index] as number;
  const value = BigInt(high) * 0x1_0000_0000n + BigInt(batch.values[index] as number);
  const bytes = batch.bytesAt(index);
  const args = {
    space,
    address: `0x${address.toString(16)}`,
    value: `0x${value.toString(16)}`,
    ...(text === '' ? {} : { text }),
    ...(bytes === undefined ? {} : { bytes: hexBytes(bytes.subarray(0, BYTES_SHOWN)) }),
  };
  const where = text === '' ? `${name} ${space}:${args.address}` : `${name} ${text}`;
  return { ...base, name: where, ph: 'i', s: 't', args };
}
