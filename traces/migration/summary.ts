/** What a driver did in each phase, as far as its device and its clients can tell. */
import type { CompiledMap } from '../../sim/registers/compile.ts';
import type { EventBatch } from '../format/batch.ts';
import { TraceKind } from '../format/event.ts';
import { PageFollower } from '../view/page-follower.ts';
import { PollWatcher } from '../view/polls.ts';
import { PHASES, type Phase, PhaseFollower } from './phases.ts';

export const COUNTS = [
  'reads',
  'writes',
  'configReads',
  'configWrites',
  'polls',
  'commands',
  'completions',
  'interrupts',
  'blocks',
  'ns',
] as const;
export type Count = (typeof COUNTS)[number];

/** A command in words; of one that moves data, which blocks of which unit. */
export interface NamedCommand {
  readonly name: string;
  readonly range?: { readonly unit: number; readonly first: number; readonly blocks: number };
}
export type NameCommand = (queue: number, command: Uint8Array) => NamedCommand | undefined;

interface Ranged {
  readonly name: string;
  readonly unit: number;
  readonly first: number;
  blocks: number;
}

export interface PhaseSummary {
  readonly counts: Record<Count, number>;
  /** Commands without data by name, with how often. */
  readonly commands: Map<string, number>;
  /** Commands with data, in order; one that goes on where the one before ended is a part of it. */
  readonly ranges: Ranged[];
  /** By register the values written, in order; the last ones only. */
  readonly written: Map<string, bigint[]>;
}

const VALUES_MAX = 64;
const RANGES_MAX = 100_000;
const NAMES_MAX = 4096;
const WORD = 0x1_0000_0000n;
const BARS = 6;

export class MigrationSummary {
  readonly phases: ReadonlyMap<Phase, PhaseSummary>;
  readonly #follower = new PhaseFollower();
  readonly #polls = new PollWatcher();
  readonly #pages: ReadonlyMap<number, PageFollower>;
  readonly #nameCommand: NameCommand;
  #lastNs: number | undefined;

  constructor(maps: ReadonlyMap<number, CompiledMap>, nameCommand: NameCommand) {
    this.#pages = new Map([...maps].map(([bar, map]) => [bar, new PageFollower(map)]));
    this.#nameCommand = nameCommand;
    this.phases = new Map((Object.keys(PHASES) as Phase[]).map((phase) => [phase, emptySummary()]));
  }

  add(batch: EventBatch): void {
    for (let index = 0; index < batch.length; index++) this.#event(batch, index);
  }

  #event(batch: EventBatch, index: number): void {
    const kind = batch.kinds[index] as TraceKind;
    const space = batch.spaces[index] as number;
    this.#follower.take(kind, space, batch.texts[index] as string);
    const { phase } = this.#follower;
    const timeNs = batch.timesNs[index] as number;
    const ns = Math.max(0, timeNs - (this.#lastNs ?? timeNs));
    this.#lastNs = timeNs;
    const register = this.#pages.get(space)?.register('read', batch.addresses[index] as number);
    const isPoll = this.#polls.repeats(batch, index, register);
    if (phase === undefined) return;
    const summary = this.phases.get(phase) as PhaseSummary;
    summary.counts.ns += ns;
    if (isPoll) summary.counts.polls++;
    else this.#count(summary, batch, index, kind);
  }

  #count(summary: PhaseSummary, batch: EventBatch, index: number, kind: TraceKind): void {
    const { counts } = summary;
    switch (kind) {
      case TraceKind.ConfigRead:
        counts.configReads++;
        return;
      case TraceKind.ConfigWrite:
        counts.configWrites++;
        return;
      case TraceKind.Read:
        counts.reads++;
        return;
      case TraceKind.Write:
        counts.writes++;
        this.#written(summary, batch, index);
        return;
      case TraceKind.Interrupt:
        counts.interrupts += batch.values[index] as number;
        return;
      case TraceKind.Completion:
        counts.completions++;
        return;
      case TraceKind.Command:
        counts.commands++;
        this.#command(summary, batch.spaces[index] as number, batch.bytesAt(index));
        return;
      default:
    }
  }

  #written({ written }: PhaseSummary, batch: EventBatch, index: number): void {
    const space = batch.spaces[index] as number;
    const offset = batch.addresses[index] as number;
    const low = batch.values[index] as number;
    if (space >= BARS) return;
    const pages = this.#pages.get(space);
    const register = pages?.register('write', offset);
    pages?.wrote(offset, low);
    const name = register?.name ?? `BAR${space}+0x${offset.toString(16)}`;
    const values = written.get(name) ?? [];
    if (values.length === 0 && written.size === NAMES_MAX) return;
    values.push(BigInt(batch.highs[index] as number) * WORD + BigInt(low));
    if (values.length > VALUES_MAX) values.shift();
    written.set(name, values);
  }

  #command(summary: PhaseSummary, queue: number, bytes: Uint8Array | undefined): void {
    const named = bytes === undefined ? undefined : this.#nameCommand(queue, bytes);
    if (named === undefined) return;
    const { name, range } = named;
    summary.counts.blocks += range?.blocks ?? 0;
    if (range === undefined) {
      summary.commands.set(name, (summary.commands.get(name) ?? 0) + 1);
      return;
    }
    const last = summary.ranges.at(-1);
    const goesOn =
      last?.name === name && last.unit === range.unit && last.first + last.blocks === range.first;
    if (goesOn) last.blocks += range.blocks;
    else if (summary.ranges.length < RANGES_MAX) summary.ranges.push({ name, ...range });
  }
}

function emptySummary(): PhaseSummary {
  const counts = Object.fromEntries(COUNTS.map((name) => [name, 0])) as Record<Count, number>;
  return { counts, commands: new Map(), ranges: [], written: new Map() };
}
