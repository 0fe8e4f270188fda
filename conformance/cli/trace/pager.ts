/**
 * A pager over any number of events: what passes the filter is packed into a file of blocks with an
 * index, and a page is read from the block that holds it. So the first page comes when the trace is
 * packed once, and every other at once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IndexedTrace } from '../../../traces/files/indexed-trace.ts';
import { FORMATS } from '../../../traces/files/formats.ts';
import { type OpenTrace, TraceWriter } from '../../../traces/files/trace-file.ts';
import { EventBatch } from '../../../traces/format/batch.ts';
import { eventText } from '../../../traces/view/event-text.ts';
import type { Filter } from '../../../traces/view/filter.ts';
import { RegisterView } from '../../../traces/view/register-view.ts';

export interface PageOptions {
  readonly view: RegisterView;
  readonly filter: Filter;
  readonly start: number;
  readonly path: string;
}

const INDEX_COLUMNS = 8;
const CLEAR = '\u001b[2J\u001b[H';
const INVERSE = '\u001b[7m';
const PLAIN = '\u001b[0m';
const HELP = 'space b: page, j k: line, g G: ends, digits g: event, q: quit';

export async function page(
  trace: OpenTrace,
  batches: Iterable<EventBatch>,
  options: PageOptions,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dyno-show-'));
  try {
    const file = join(folder, 'shown.dynob');
    pack(trace, batches, options, file);
    const indexed = new IndexedTrace(file);
    try {
      await turnPages(indexed, options);
    } finally {
      indexed.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pack(
  trace: OpenTrace,
  batches: Iterable<EventBatch>,
  { view, filter }: PageOptions,
  file: string,
): void {
  const format = FORMATS.find(({ name }) => name === 'dyno-binary')!;
  const writer = new TraceWriter(file, format, trace.header);
  const kept = new EventBatch();
  let events = 0;
  for (const batch of batches) {
    for (let index = 0; index < batch.length; index++) {
      if (!filter(batch, index, view.registerAt(batch, index))) continue;
      if (kept.full) {
        writer.write(kept);
        kept.clear();
      }
      kept.addFrom(batch, index);
      events++;
    }
  }
  writer.write(kept);
  writer.end({ events });
}

/** Until somebody quits. */
async function turnPages(trace: IndexedTrace, options: PageOptions): Promise<void> {
  const { stdin, stdout } = process;
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  let top = Math.min(options.start, Math.max(0, trace.count - 1));
  let digits = '';
  const rows = () => Math.max(1, stdout.rows - 1);
  const draw = () => stdout.write(CLEAR + screen(trace, top, rows(), options) + digits);
  draw();
  stdout.on('resize', draw);
  try {
    for await (const key of stdin as AsyncIterable<string>) {
      if (key === 'q' || key === '\u0003') break;
      if (/^\d$/.test(key)) digits += key;
      else {
        top = moved(key, { top, rows: rows(), count: trace.count, digits });
        digits = '';
      }
      draw();
    }
  } finally {
    stdout.off('resize', draw);
    stdin.setRawMode(false);
    stdin.pause();
    stdout.write('\n');
  }
}

interface Position {
  readonly top: number;
  readonly rows: number;
  readonly count: number;
  /** What was typed before. */
  readonly digits: string;
}

/** The first event of the page after a key. */
export function moved(key: string, { top, rows, count, digits }: Position): number {
  const last = Math.max(0, count - rows);
  const to: Readonly<Record<string, number>> = {
    ' ': top + rows,
    '\u001b[6~': top + rows,
    b: top - rows,
    '\u001b[5~': top - rows,
    j: top + 1,
    '\r': top + 1,
    '\u001b[B': top + 1,
    k: top - 1,
    '\u001b[A': top - 1,
    g: digits === '' ? 0 : Number(digits),
    G: last,
  };
  return Math.max(0, Math.min(to[key] ?? top, last));
}

/** A page of lines, none wider than the terminal. */
function screen(trace: IndexedTrace, top: number, rows: number, { path, view }: PageOptions) {
  const columns = process.stdout.columns;
  const lines: string[] = [];
  const batch = new EventBatch(rows);
  trace.read(top, rows, batch);
  for (let index = 0; index < batch.length; index++) {
    const register = view.registerAt(batch, index);
    const number = String(top + index).padStart(INDEX_COLUMNS);
    lines.push(`${number} ${eventText(batch, index, register)}`.slice(0, columns));
  }
  while (lines.length < rows) lines.push('~');
  const status = ` ${path}: ${top} of ${trace.count}; ${HELP} `;
  return `${lines.join('\r\n')}\r\n${INVERSE}${status.slice(0, columns - 8)}${PLAIN}`;
}
