/** `dyno trace stats`: what a trace holds, in figures. */
import { timeText } from '../../../traces/view/event-text.ts';
import { type PlaceCount, TraceStats } from '../../../traces/view/stats.ts';
import { type InputOptions, batchesOf, openInput, viewOf } from './input.ts';
import { headerText } from './show.ts';

const COLUMNS = 12;
const NAME_COLUMNS = 28;

export async function statsVerb(
  path: string,
  options: InputOptions & { json: boolean },
): Promise<number> {
  const trace = openInput(path, options);
  const stats = new TraceStats(await viewOf(trace.header, options));
  for (const batch of batchesOf(path, trace)) stats.add(batch);
  const { events, firstNs, lastNs, polls, longestGapNs, longestGapAt, kinds, places } = stats;
  if (options.json) {
    const figures = { events, firstNs, lastNs, polls, longestGapNs, longestGapAt };
    const tables = { kinds: Object.fromEntries(kinds), places: Object.fromEntries(places) };
    const { header } = trace;
    process.stdout.write(`${JSON.stringify({ header, ...figures, ...tables }, undefined, 2)}\n`);
    return 0;
  }
  const lines = [
    ...headerText(trace.header),
    `${events} events in ${timeText(lastNs - firstNs)}, from ${timeText(firstNs)} on`,
    `longest silence ${timeText(longestGapNs)}, before event ${longestGapAt}`,
    `${polls} reads only repeated the one before`,
    '',
    row('kind', ['events', 'bytes']),
    ...byCount(kinds, ({ events: count }) => count).map(([name, { events: count, bytes }]) =>
      row(name, [count, bytes]),
    ),
  ];
  if (places.size > 0) lines.push('', row('register or place', ['reads', 'writes', 'polls']));
  const busy = byCount(places, ({ reads, writes }: PlaceCount) => reads + writes);
  for (const [name, { reads, writes, polls: repeated }] of busy) {
    lines.push(row(name, [reads, writes, repeated]));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

function byCount<T>(counts: ReadonlyMap<string, T>, of: (count: T) => number): [string, T][] {
  return [...counts].toSorted(([, one], [, two]) => of(two) - of(one));
}

function row(name: string, cells: readonly (string | number)[]): string {
  return `${name.padEnd(NAME_COLUMNS)}${cells.map((it) => String(it).padStart(COLUMNS)).join('')}`;
}
