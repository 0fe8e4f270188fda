/** Traces as verbs take them: opened with one sentence for what is wrong, decoded by their maps. */
import { World } from '../../../sim/kernel/world.ts';
import type { CompiledMap } from '../../../sim/registers/compile.ts';
import { FORMATS, type TraceFormat, formatNamed } from '../../../traces/files/formats.ts';
import { type OpenTrace, openTrace } from '../../../traces/files/trace-file.ts';
import type { EventBatch } from '../../../traces/format/batch.ts';
import type { TraceHeader } from '../../../traces/format/header.ts';
import { TraceError } from '../../../traces/format/trace-error.ts';
import { RegisterView } from '../../../traces/view/register-view.ts';
import { loadCatalog } from '../../runner/load.ts';
import { UsageError } from '../../usage-error.ts';

export interface InputOptions {
  /** The format, where sniffing would find another one. */
  readonly from?: string;
  /** In logs of a whole machine: a part of the name of the device that it is about. */
  readonly first?: string;
  readonly config?: string;
  /** As in the catalog: whose register maps decode it, if its header does not say. */
  readonly device?: string;
}

/** @throws UsageError */
export function openInput(path: string, { from, first }: InputOptions = {}): OpenTrace {
  const format = from === undefined ? undefined : knownFormat(from);
  return guarded(path, () => openTrace(path, format, { first }));
}

/** The batches of an opened trace. @throws UsageError that names file and place */
export function* batchesOf(path: string, trace: OpenTrace): Generator<EventBatch, void, void> {
  const batches = trace.batches()[Symbol.iterator]();
  try {
    for (;;) {
      const next = guarded(path, () => batches.next());
      if (next.done === true) break;
      yield next.value;
    }
  } finally {
    trace.close();
  }
  if (trace.footer === undefined && trace.format.name.startsWith('dyno')) {
    process.stderr.write(`dyno: ${path} was cut off: it has no end.\n`);
  }
}

/** @throws UsageError that lists what there is */
export function knownFormat(name: string): TraceFormat {
  const format = formatNamed(name);
  if (format !== undefined) return format;
  const known = FORMATS.map((one) => one.name).join(', ');
  throw new UsageError(`There is no format ${name}; there are ${known}.`);
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TraceError) throw new UsageError(`${path}: ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new UsageError(`${path}: there is no such file.`);
    if (code === 'EISDIR' || code === 'EACCES') {
      throw new UsageError(`${path} cannot be read: ${(error as Error).message}.`);
    }
    throw error;
  }
}

/** The registers of the trace's device, where a simulated target has their maps. */
export async function viewOf(header: TraceHeader, options: InputOptions): Promise<RegisterView> {
  return new RegisterView(await mapsOf(header, options));
}

/** Register maps of the trace's device by BAR; none where no simulated target has it. */
export async function mapsOf(
  { device, target }: TraceHeader,
  options: InputOptions,
): Promise<ReadonlyMap<number, CompiledMap>> {
  const catalog = await loadCatalog(options.config);
  const wanted = options.device ?? device;
  const simulated = Object.entries(catalog.targets).filter(
    ([, { tier, device: behind }]) => tier === 'simulated' && behind === wanted,
  );
  if (options.device !== undefined && simulated.length === 0) {
    throw new UsageError(`No simulated target has a device ${options.device}; see dyno list.`);
  }
  const [, entry] = simulated.find(([name]) => name === target) ?? simulated[0] ?? [];
  if (entry === undefined) return new Map();
  const made = await entry.make({ onChild: () => {} });
  const world = new World({ seed: 1, settle: () => Promise.resolve() });
  const { maps } = made.open(world);
  made.close();
  return maps;
}
