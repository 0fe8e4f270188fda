/**
 * Traces read and replayed: events a second and peak memory, for lengths that differ a thousandfold;
 * beside `grep -c` and `tshark`, which only count what we decode.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatNamed } from '../traces/files/formats.ts';
import { TraceWriter } from '../traces/files/trace-file.ts';
import { EventBatch } from '../traces/format/batch.ts';
import { TraceKind } from '../traces/format/event.ts';
import { emptyHeader } from '../traces/format/header.ts';
import type { Figure } from './measure.ts';

const LENGTHS = [1e4, 1e6];
const LARGE = 1e7;
const LINES = 1_000_000;
const PACKETS = 200_000;
const BARS = {
  'dyno-binary': { atLeast: 1e6, text: '1 M' },
  dyno: { atLeast: 3e5, text: '300 k' },
} as const;

const IMPORT = fileURLToPath(new URL('trace-import.ts', import.meta.url));

/** `large`: with ten million events too, which takes a minute. */
export function traceFigures(large: boolean): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'dyno-bench-'));
  try {
    const lengths = large ? [...LENGTHS, LARGE] : LENGTHS;
    return [
      ...lengths.flatMap((length) => ownForms(folder, length)),
      ...besideGrep(folder),
      ...besideTshark(folder),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function ownForms(folder: string, length: number): Figure[] {
  return (['dyno-binary', 'dyno'] as const).flatMap((name) => {
    const file = join(folder, name);
    write(file, name, nvmeLike(length));
    const figures = ['import', 'replay'].map((how) => {
      const { perSecond, peakMiB } = imported(file, how);
      const what = `${name}, ${length.toExponential(0)} events, ${how}, peak ${peakMiB} MiB`;
      // The start of what is compiled as it runs is all that a short trace shows.
      return length > LENGTHS[0]! ? { what, perSecond, bar: BARS[name] } : { what, perSecond };
    });
    rmSync(file);
    return figures;
  });
}

/** Accesses, DMA with payloads, commands, texts, as a storage driver makes them. */
function* nvmeLike(length: number): Generator<EventBatch> {
  const batch = new EventBatch();
  for (let turn = 0; turn < length; turn++) {
    if (batch.full) {
      yield batch;
      batch.clear();
    }
    const timeNs = turn * 250;
    const what = turn % 10;
    if (what < 6) {
      const kind = what % 2 === 0 ? TraceKind.Write : TraceKind.Read;
      batch.add(timeNs, kind, 0, 0x1000 + (turn % 64) * 4, 4, turn % 4096, 0);
    } else if (what < 9) {
      const kind = what === 8 ? TraceKind.Completion : TraceKind.DmaWrite;
      const index = batch.add(timeNs, kind, 1, 0x10_0000 + (turn % 4096) * 16, 0, 16, 0);
      batch.makeBytes(index, 16).fill(turn % 251);
    } else {
      const index = batch.add(timeNs, TraceKind.Operation, 0, 4096, 0, 0, 0);
      batch.texts[index] = turn % 20 === 9 ? 'read' : 'write';
    }
  }
  if (batch.length > 0) yield batch;
}

function write(file: string, name: string, batches: Iterable<EventBatch>): void {
  const format = formatNamed(name);
  if (format === undefined) throw new Error(`There is no format ${name}.`);
  const writer = new TraceWriter(file, format, emptyHeader('pci'));
  let events = 0;
  for (const batch of batches) {
    events += batch.length;
    writer.write(batch);
  }
  writer.end({ events });
}

function imported(file: string, how: string): { perSecond: number; peakMiB: number } {
  const { stdout } = spawnSync(process.execPath, [IMPORT, file, how], { encoding: 'utf8' });
  const { events, ms, peakMiB } = JSON.parse(stdout) as Record<'events' | 'ms' | 'peakMiB', number>;
  return { perSecond: (events / ms) * 1000, peakMiB };
}

function besideGrep(folder: string): Figure[] {
  const file = join(folder, 'mmiotrace');
  const lines = ['VERSION 20070824'];
  for (let line = 0; line < LINES; line++) {
    const stamp = `${10 + Math.floor(line / 1e5)}.${String((line % 1e5) * 10).padStart(6, '0')}`;
    const address = (0xfe000000 + (line % 4096) * 4).toString(16);
    lines.push(
      `${line % 3 === 0 ? 'R' : 'W'} 4 ${stamp} 1 0x${address} 0x${line.toString(16)} 0x0 0`,
    );
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { perSecond, peakMiB } = imported(file, 'import');
  const beside = counting('grep', ['-c', '^[RW]', file], LINES);
  rmSync(file);
  return [
    { what: `mmiotrace, lines imported, peak ${peakMiB} MiB`, perSecond },
    ...(beside === undefined ? [] : [{ what: 'the same, counted by grep -c', perSecond: beside }]),
  ];
}

function besideTshark(folder: string): Figure[] {
  const file = join(folder, 'usb.pcapng');
  write(file, 'pcapng', usbLike(PACKETS));
  const { perSecond, peakMiB } = imported(file, 'import');
  const beside = counting(
    'tshark',
    ['-n', '-r', file, '-T', 'fields', '-e', 'usb.urb_id'],
    PACKETS,
  );
  return [
    { what: `usbmon in pcapng, packets imported, peak ${peakMiB} MiB`, perSecond },
    ...(beside === undefined ? [] : [{ what: 'the same, dissected by tshark', perSecond: beside }]),
  ];
}

function* usbLike(length: number): Generator<EventBatch> {
  const batch = new EventBatch();
  for (let turn = 0; turn < length; turn++) {
    if (batch.full) {
      yield batch;
      batch.clear();
    }
    const kind = turn % 2 === 0 ? TraceKind.Command : TraceKind.Completion;
    const index = batch.add(turn * 1000, kind, 0x81, 0x104, 0, 64, 0);
    batch.texts[index] = `urb=0x${(turn % 64).toString(16)} type=bulk`;
    batch.makeBytes(index, 64).fill(turn % 251);
  }
  if (batch.length > 0) yield batch;
}

/**
 * In a second of the processor, the start of the program included; undefined where it is absent.
 * The shell's `times` says in its second line what its children used. Behind `cat`, since grep stops
 * at the first match when nobody reads.
 */
function counting(program: string, words: readonly string[], count: number): number | undefined {
  const script =
    'command -v "$1" > /dev/null || exit 1; "$@" 2> /dev/null | cat > /dev/null; times';
  const { status, stdout } = spawnSync('sh', ['-c', script, 'sh', program, ...words], {
    encoding: 'utf8',
  });
  if (status !== 0) return undefined;
  const used = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  const seconds = used.reduce((sum, [, min, sec]) => sum + Number(min) * 60 + Number(sec), 0);
  return count / Math.max(seconds, SMALLEST_SECONDS);
}

/** What `times` can tell apart. */
const SMALLEST_SECONDS = 0.01;
