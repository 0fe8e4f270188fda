/** `dyno trace mine`: a draft of the register map that a trace shows, or what contradicts ours. */
import { EXIT } from '../../../reports/summary.ts';
import type { TraceHeader } from '../../../traces/format/header.ts';
import { type MinedRegister, minedRegisters } from '../../../traces/mining/claims.ts';
import { ContradictionFinder, disagreements } from '../../../traces/mining/contradictions.ts';
import { draftMap, draftSource } from '../../../traces/mining/draft.ts';
import { Miner } from '../../../traces/mining/miner.ts';
import { UsageError } from '../../usage-error.ts';
import { type InputOptions, batchesOf, mapsOf, openInput } from './input.ts';

export interface MineOptions extends InputOptions {
  readonly space?: number;
  readonly contradict: boolean;
  readonly json: boolean;
}

const TITLE = [
  'Each claim has what was counted behind it, of the bit that has most. A candidate is no more:',
  'the trace shows what happened, not what could. Not declared: names, reset values, bits that',
  'were never one, pages (another register at the same offset shows as bits that change).',
];

export async function mineVerb(path: string, options: MineOptions): Promise<number> {
  const trace = openInput(path, options);
  const { header } = trace;
  if (header.blind.includes('data-values')) {
    trace.close();
    throw new UsageError(`${path} has no values of accesses, so that there is nothing to mine.`);
  }
  const maps = options.contradict ? await mapsOf(header, options) : new Map<number, never>();
  if (options.contradict && maps.size === 0) {
    trace.close();
    const device = header.device ?? 'its device';
    throw new UsageError(`There is no register map of ${device}: name one with --device.`);
  }
  const miner = new Miner(options.space);
  const finder = new ContradictionFinder(maps);
  for (const batch of batchesOf(path, trace)) {
    miner.add(batch);
    if (options.contradict) finder.add(batch);
  }
  const space = options.space ?? miner.busiest;
  const found = space === undefined ? undefined : miner.spaces.get(space);
  const mined = found === undefined ? [] : minedRegisters(found);
  if (space === undefined || found === undefined || mined.length === 0) {
    throw new UsageError(`${path} has no access to registers that a map could be mined from.`);
  }
  if (options.contradict) {
    const map = maps.get(space);
    const denied = map === undefined ? [] : disagreements(mined, map);
    return print(
      finder,
      denied.map(({ text }) => text),
      options.json,
    );
  }
  warn(miner, space);
  const name = header.device ?? 'unknown';
  if (options.json) process.stdout.write(`${jsonOf({ device: name, space, registers: mined })}\n`);
  else {
    const map = draftMap(name, mined);
    process.stdout.write(draftSource(map, mined, [...titleOf(header, path, space), ...TITLE]));
  }
  return EXIT.pass;
}

function titleOf({ driver = 'an unknown driver' }: TraceHeader, path: string, space: number) {
  return [`Draft of a register map, mined from space ${space} of ${path}, of ${driver}.`, ''];
}

/** What the draft leaves out, on standard error. */
function warn({ spaces, beyond }: Miner, mined: number): void {
  const says: string[] = [];
  for (const [space, { accesses, unaligned, beyond: lost }] of spaces) {
    if (space !== mined) says.push(`${accesses} accesses are to space ${space}: see --space`);
    else {
      if (unaligned > 0) says.push(`${unaligned} accesses are not aligned, and count nowhere`);
      if (lost > 0) says.push(`${lost} accesses are to more places than are followed`);
    }
  }
  if (beyond > 0) says.push(`${beyond} accesses are to more spaces than are followed`);
  for (const text of says) process.stderr.write(`dyno: ${text}.\n`);
}

function print(finder: ContradictionFinder, denied: readonly string[], json: boolean): number {
  const found = [...finder.found.values()];
  const total = found.length + denied.length;
  if (json) process.stdout.write(`${jsonOf({ contradictions: found, claims: denied })}\n`);
  else {
    for (const { subject, text, times, event } of found) {
      process.stdout.write(`${subject}, ${times} times, first in event ${event}: ${text}\n`);
    }
    for (const text of denied) process.stdout.write(`trace: ${text}\n`);
    const more = finder.beyond === 0 ? '' : `, and ${finder.beyond} findings more`;
    process.stdout.write(`${total} contradictions with the declared map${more}\n`);
  }
  return total === 0 ? EXIT.pass : EXIT.fail;
}

function jsonOf(content: { registers: readonly MinedRegister[] } | object): string {
  return JSON.stringify(content, plain, 2);
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  return value instanceof Map ? Object.fromEntries(value) : value;
}
