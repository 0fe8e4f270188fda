/**
 * A trace plays the device: a driver runs against what was recorded, without any model. Each
 * question is answered as it was then; what was recorded later may be asked earlier where nothing
 * between depends on the order. The first difference that forces another way ends it: from then on
 * nobody answers.
 *
 * Tolerated: polls (more or fewer reads without effect than recorded), memory of the host used in
 * another way. Not played: resets, power, faults.
 */
import type {
  BarInfo,
  DmaMemory,
  InterruptListener,
  PciFunction,
} from '../../sim/buses/pci/function.ts';
import type { ScheduledEvent } from '../../sim/kernel/event-queue.ts';
import type { CompiledMap } from '../../sim/registers/compile.ts';
import { type TraceEvent, TraceKind, traceEvent, wideValue } from '../format/event.ts';
import type { TraceHeader, TraceSpace } from '../format/header.ts';
import { type Asked, type Script, keyOf } from './asked.ts';
import { CONFIGURATION, RecordedConfiguration } from './configuration.ts';
import { PageFollower } from '../view/page-follower.ts';
import { namesOf } from './read-comparison.ts';
import { RecordedMemory } from './recorded-memory.ts';
import type { Difference } from './tally.ts';

export interface PlayerWorld {
  readonly now: number;
  after(ns: number, action: () => void): ScheduledEvent;
}

/** Questions ahead of the first open one among which the same is looked for. */
const WINDOW = 256;
/** An interrupt comes so much later than the question before it, at the most. */
const INTERRUPT_NS_MAX = 1e6;
const WORD = 0x1_0000_0000n;
type Size = 1 | 2 | 4 | 8;

export class DevicePlayer implements PciFunction {
  readonly bars: readonly (BarInfo | undefined)[];
  readonly memory: DmaMemory;
  high = 0;
  /** The first difference that no tolerance allows. */
  divergence: Difference | undefined;
  /** Questions that were answered as recorded, and by tolerance. */
  answered = 0;
  repeated = 0;
  readonly #script: Script;
  readonly #world: PlayerWorld;
  readonly #configuration: RecordedConfiguration;
  readonly #pages: ReadonlyMap<number, PageFollower>;
  /** What was answered last, by question: what a further poll gets. */
  readonly #last = new Map<string, TraceEvent>();
  #listener: InterruptListener | undefined;
  #open = 0;
  #nextInterrupt = 0;

  constructor(
    script: Script,
    header: TraceHeader,
    maps: ReadonlyMap<number, CompiledMap>,
    world: PlayerWorld,
  ) {
    this.#script = script;
    this.#world = world;
    this.#pages = new Map([...maps].map(([bar, map]) => [bar, new PageFollower(map)]));
    this.bars = barsOf(header.spaces);
    this.#configuration = new RecordedConfiguration(header.identity[CONFIGURATION], script.asked);
    this.memory = new RecordedMemory((question) => this.#ask(question));
  }

  configRead(offset: number, size: 1 | 2 | 4): number {
    const question = traceEvent({ kind: TraceKind.ConfigRead, address: offset, size });
    const answer = this.#ask(question)?.value ?? this.#configuration.read(offset, size);
    if (answer === undefined) this.#diverge(question);
    return answer ?? ones(size);
  }

  configWrite(offset: number, size: 1 | 2 | 4, value: number): void {
    this.#ask(traceEvent({ kind: TraceKind.ConfigWrite, address: offset, size, value }));
  }

  read(bar: number, offset: number, size: Size): number {
    const answer = this.#ask(
      traceEvent({ kind: TraceKind.Read, space: bar, address: offset, size }),
    );
    this.high = answer === undefined ? ones(4) : answer.high;
    return answer === undefined ? ones(size) : answer.value;
  }

  write(bar: number, offset: number, size: Size, value: number, high = 0): void {
    this.#pages.get(bar)?.wrote(offset, value);
    const low = value >>> 0;
    const place = { space: bar, address: offset, size };
    this.#ask(traceEvent({ kind: TraceKind.Write, ...place, value: low, high }));
  }

  reset(): boolean {
    return this.divergence === undefined;
  }

  listen(listener: InterruptListener): void {
    this.#listener = listener;
    this.#interrupt();
  }

  /** As the recording had it. */
  route(mechanism: 'none' | 'msi' | 'msix'): boolean {
    const messages = this.#script.interrupts.some(({ recorded }) => recorded.space === 1);
    return mechanism === 'none' || messages;
  }

  /** When the driver has ended: what the recorded one did besides, in order that matters. */
  end(): Difference | undefined {
    if (this.divergence !== undefined) return this.divergence;
    const left = this.#script.asked.find(({ done, free }) => !done && !free);
    if (left === undefined) return undefined;
    return this.#difference(left, this.#text(left.recorded), 'nothing: the driver ended before it');
  }

  #ask(question: TraceEvent): TraceEvent | undefined {
    if (this.divergence !== undefined) return undefined;
    const key = keyOf(question);
    const found = this.#find(question, key);
    if (found !== undefined) return this.#answer(found, key);
    const last = this.#last.get(key);
    if (isRead(question) && last !== undefined) {
      this.repeated++;
      return last;
    }
    if (!inMemory(question) && question.kind !== TraceKind.ConfigRead) this.#diverge(question);
    return undefined;
  }

  #diverge(question: TraceEvent): void {
    this.divergence ??= this.#forced(question);
  }

  /** The same question, as far ahead as nothing that keeps its order lies between. */
  #find(question: TraceEvent, key: string): Asked | undefined {
    const { asked } = this.#script;
    const end = Math.min(asked.length, this.#open + WINDOW);
    for (let index = this.#open; index < end; index++) {
      const each = asked[index] as Asked;
      if (each.done) continue;
      if (each.key === key && sameContent(each.recorded, question)) return each;
      if (!each.free && !isPassing(question)) return undefined;
    }
    return undefined;
  }

  #answer(found: Asked, key: string): TraceEvent {
    found.done = true;
    this.answered++;
    this.#last.set(key, found.recorded);
    const { asked } = this.#script;
    while (this.#open < asked.length && this.#isPast(asked[this.#open] as Asked, found)) {
      this.#open++;
    }
    this.#interrupt();
    return found.recorded;
  }

  /** Done; or free, and something that keeps its order was answered after it. */
  #isPast({ done, free, event }: Asked, found: Asked): boolean {
    return done || (free && !found.free && event < found.event);
  }

  /** Interrupts come when everything that keeps its order was asked that was asked before them. */
  #interrupt(): void {
    const { asked, interrupts } = this.#script;
    for (;;) {
      const next = interrupts[this.#nextInterrupt];
      if (next === undefined || this.#listener === undefined) return;
      for (let index = this.#open; index < next.after; index++) {
        const { done, free } = asked[index] as Asked;
        if (!done && !free) return;
      }
      this.#nextInterrupt++;
      const before = asked[next.after - 1]?.recorded.timeNs ?? next.recorded.timeNs;
      const ns = Math.min(Math.max(0, next.recorded.timeNs - before), INTERRUPT_NS_MAX);
      this.#world.after(ns, () => this.#signal(next.recorded));
    }
  }

  #signal({ space, address, value }: TraceEvent): void {
    if (this.divergence !== undefined) return;
    if (space === 1) this.#listener?.message(address);
    else this.#listener?.level(value === 1);
  }

  #forced(question: TraceEvent): Difference {
    const { asked } = this.#script;
    const key = keyOf(question);
    const near = asked.slice(this.#open, this.#open + WINDOW);
    const same = near.find((each) => !each.done && each.key === key);
    const next = near.find((each) => !each.done && !each.free) ?? same;
    if (same !== undefined && same === next) {
      const { recorded } = same;
      const wrong = wideValue(recorded) ^ wideValue(question);
      const shown = (event: TraceEvent) => `0x${wideValue(event).toString(16)}`;
      return {
        ...this.#difference(same, shown(recorded), shown(question)),
        where: this.#where(question, wrong),
      };
    }
    const expected = next === undefined ? 'nothing more' : this.#text(next.recorded);
    return this.#difference(next, expected, this.#text(question));
  }

  #difference(at: Asked | undefined, expected: string, seen: string): Difference {
    const event = at?.event ?? this.#script.asked.at(-1)?.event ?? 0;
    return { event, timeNs: this.#world.now, where: 'what the driver does next', expected, seen };
  }

  #text(event: TraceEvent): string {
    const verb = isRead(event) ? 'read' : 'write';
    const value = isRead(event) ? '' : ` of 0x${wideValue(event).toString(16)}`;
    return `${verb}${value} ${isRead(event) ? 'of' : 'to'} ${this.#where(event, 0n)}`;
  }

  #where({ kind, space, address }: TraceEvent, wrong: bigint): string {
    if (kind === TraceKind.ConfigRead || kind === TraceKind.ConfigWrite) {
      return `configuration 0x${address.toString(16)}`;
    }
    const side = kind === TraceKind.Read ? 'read' : 'write';
    const register = this.#pages.get(space)?.register(side, address);
    return register === undefined
      ? `BAR${space}+0x${address.toString(16)}`
      : namesOf(register, address, wrong);
  }
}

function isRead({ kind }: TraceEvent): boolean {
  return kind === TraceKind.Read || kind === TraceKind.ConfigRead || kind === TraceKind.BufferRead;
}

function inMemory({ kind }: TraceEvent): boolean {
  const { BufferRead, BufferWrite, DmaMap, DmaUnmap } = TraceKind;
  return kind === BufferRead || kind === BufferWrite || kind === DmaMap || kind === DmaUnmap;
}

/** Reads of configuration space have no effect: they pass whatever keeps its order. */
function isPassing({ kind }: TraceEvent): boolean {
  return kind === TraceKind.ConfigRead;
}

/** What is written must be the same; what is read is the answer. */
function sameContent(recorded: TraceEvent, question: TraceEvent): boolean {
  if (isRead(question) || inMemory(question)) return true;
  return recorded.value === question.value && recorded.high === question.high;
}

function ones(size: Size): number {
  return size >= 4 ? 0xffff_ffff : Number(256n ** BigInt(size) - 1n);
}

function barsOf(spaces: readonly TraceSpace[]): (BarInfo | undefined)[] {
  return Array.from({ length: 6 }, (_, index) => {
    const space = spaces.find((each) => each.space === index);
    if (space === undefined) return undefined;
    const { base: address, length: size } = space;
    const wide = BigInt(address) >= WORD ? 'M64' : 'M32';
    return { kind: space.kind === 'io' ? 'IO' : wide, size, address } as const;
  });
}
