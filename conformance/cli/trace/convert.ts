/** `dyno trace convert` and `minimise`: a trace as another file. */
import { type TraceFormat, FORMATS, formatOfName } from '../../../traces/files/formats.ts';
import { STANDARD, TraceWriter } from '../../../traces/files/trace-file.ts';
import type { EventBatch } from '../../../traces/format/batch.ts';
import type { TraceFooter, TraceHeader } from '../../../traces/format/header.ts';
import { minimised } from '../../../traces/view/minimise.ts';
import { UsageError } from '../../usage-error.ts';
import { type InputOptions, batchesOf, knownFormat, openInput, viewOf } from './input.ts';
import { type FilterOptions, filterOf } from './show.ts';

export interface OutputOptions {
  /** The format to write, where the name of the file does not say. */
  readonly to?: string;
}

export async function convertVerb(
  path: string,
  out: string,
  options: InputOptions & OutputOptions,
): Promise<number> {
  const format = outputFormat(out, options);
  const trace = openInput(path, options);
  const header =
    options.device === undefined ? trace.header : { ...trace.header, device: options.device };
  const events = write(out, format, header, batchesOf(path, trace), () => trace.footer);
  process.stderr.write(`${out}: ${events} events\n`);
  return 0;
}

export async function minimiseVerb(
  path: string,
  out: string,
  options: FilterOptions & OutputOptions & { readonly polls: boolean },
): Promise<number> {
  const format = outputFormat(out, options);
  const trace = openInput(path, options);
  const view = await viewOf(trace.header, options);
  const { polls } = options;
  let before = 0;
  const counted = function* () {
    for (const batch of batchesOf(path, trace)) {
      before += batch.length;
      yield batch;
    }
  };
  const left = minimised(counted(), { view, keep: filterOf(options), polls });
  const events = write(out, format, trace.header, left, () => undefined);
  process.stderr.write(`${out}: ${events} of ${before} events\n`);
  return 0;
}

/** Returns how many events were written. */
function write(
  out: string,
  format: TraceFormat,
  header: TraceHeader,
  batches: Iterable<EventBatch>,
  footer: () => TraceFooter | undefined,
): number {
  const writer = new TraceWriter(out, format, header);
  let events = 0;
  for (const batch of batches) {
    writer.write(batch);
    if (writer.isUnread) break;
    events += batch.length;
  }
  const { journalHash } = footer() ?? {};
  writer.end({ events, ...(journalHash === undefined ? {} : { journalHash }) });
  return events;
}

/** @throws UsageError */
function outputFormat(out: string, { to }: OutputOptions): TraceFormat {
  const format = to === undefined ? formatOfName(out) : knownFormat(to);
  const written = FORMATS.filter(({ encoder }) => encoder !== undefined);
  if (format?.encoder !== undefined) return format;
  const what =
    format === undefined
      ? `${out === STANDARD ? 'standard output' : out} names no format`
      : `${format.name} is only read`;
  const names = written.map(({ name, extensions }) => `${name} (${extensions.join(', ')})`);
  throw new UsageError(`${what}: say one with --to, of ${names.join(', ')}.`);
}
