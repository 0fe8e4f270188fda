/** `dyno trace show`: the events as people read them, in a pager where there is a terminal. */
import type { EventBatch } from '../../../traces/format/batch.ts';
import { type TraceHeader, BLIND } from '../../../traces/format/header.ts';
import { eventText } from '../../../traces/view/event-text.ts';
import { type Filter, compileFilter } from '../../../traces/view/filter.ts';
import type { RegisterView } from '../../../traces/view/register-view.ts';
import { UsageError } from '../../usage-error.ts';
import { type InputOptions, batchesOf, openInput, viewOf } from './input.ts';
import { page } from './pager.ts';

export interface FilterOptions extends InputOptions {
  readonly kind?: string[];
  readonly register?: string[];
  readonly field?: string;
  readonly after?: string;
  readonly before?: string;
  readonly contains?: string;
}

export interface ShowOptions extends FilterOptions {
  readonly start: number;
  readonly count?: number;
  readonly pager: boolean;
}

const INDEX_COLUMNS = 8;
/** Written at once: a line for itself would be a system call each. */
const LINES_AT_ONCE = 256;

export async function showVerb(path: string, options: ShowOptions): Promise<number> {
  const trace = openInput(path, options);
  const view = await viewOf(trace.header, options);
  const filter = filterOf(options);
  const isTerminal = process.stdout.isTTY && process.stdin.isTTY;
  if (isTerminal && options.pager && options.count === undefined) {
    await page(trace, batchesOf(path, trace), { view, filter, start: options.start, path });
    return 0;
  }
  for (const line of headerText(trace.header)) process.stdout.write(`${line}\n`);
  let lines: string[] = [];
  for (const line of shown(batchesOf(path, trace), view, filter, options)) {
    lines.push(line);
    if (lines.length === LINES_AT_ONCE) {
      if (!(await write(lines))) return 0;
      lines = [];
    }
  }
  await write(lines);
  return 0;
}

/** False when nobody reads any more. */
async function write(lines: readonly string[]): Promise<boolean> {
  if (process.stdout.destroyed || process.stdout.errored !== null) return false;
  if (lines.length === 0) return true;
  return new Promise((resolve) => {
    process.stdout.write(`${lines.join('\n')}\n`, (error) =>
      resolve(error === null || error === undefined),
    );
  });
}

function* shown(
  batches: Iterable<EventBatch>,
  view: RegisterView,
  filter: Filter,
  { start, count = Infinity }: ShowOptions,
): Generator<string, void, void> {
  let number = 0;
  let left = count;
  for (const batch of batches) {
    for (let index = 0; index < batch.length; index++, number++) {
      const register = view.registerAt(batch, index);
      if (number < start || !filter(batch, index, register)) continue;
      if (left-- <= 0) return;
      yield `${String(number).padStart(INDEX_COLUMNS)} ${eventText(batch, index, register)}`;
    }
  }
}

/** @throws UsageError about the option that is wrong */
export function filterOf(options: FilterOptions): Filter {
  try {
    return compileFilter({
      kinds: options.kind,
      registers: options.register,
      field: options.field,
      contains: options.contains,
      fromNs: options.after === undefined ? undefined : timeOf(options.after),
      untilNs: options.before === undefined ? undefined : timeOf(options.before),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** `1500`, `1.5us`, `2ms`, `3s` in nanoseconds. */
function timeOf(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ns|us|ms|s)?$/.exec(text) ?? [];
  if (number === undefined) {
    throw new UsageError(`A time is a number with ns, us, ms or s, not ${text}.`);
  }
  return Math.round(Number(number) * (UNITS[unit] ?? 1));
}

/** What a header says, for people. */
export function headerText(header: TraceHeader): string[] {
  const { driver, target, device, bus, tool, blind, spaces, provenance } = header;
  const who = [driver, target === undefined ? undefined : `on ${target}`, device, bus];
  return [
    `# ${who.filter((word) => word !== undefined).join(', ')}`,
    ...(tool === undefined ? [] : [`# recorded by ${tool}`]),
    ...Object.entries(provenance).map(([key, value]) => `# ${key}: ${String(value)}`),
    ...spaces.map(({ space, kind, base, length }) => {
      return `# BAR${space}: ${kind}, ${length} bytes at 0x${base.toString(16)}`;
    }),
    ...blind.map((word) => `# blind to ${word}: ${BLIND[word]}`),
  ];
}
