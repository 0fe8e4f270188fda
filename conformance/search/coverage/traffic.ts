/** Features of what passes between a driver and its device: sequences and changes of fields. */
import { EventKind, type Journal } from '../../../sim/kernel/journal.ts';
import { hashText } from '../../../sim/kernel/random.ts';
import type { CompiledMap } from '../../../sim/registers/compile.ts';
import { mixed } from './feature-hash.ts';
import { FeatureKind, type Features } from './features.ts';
import { type TrackedRegister, trackedRegisters } from './tracked-fields.ts';

/** Seldom, and without anything that tells them apart. */
const PLAIN = [
  EventKind.DmaFault,
  EventKind.Interrupt,
  EventKind.InterruptHandled,
  EventKind.Line,
] as const;
/** Told apart by what their text says before a colon. */
const TEXTS = [
  EventKind.Reset,
  EventKind.Removed,
  EventKind.Fault,
  EventKind.Lifecycle,
  EventKind.Gap,
] as const;
/** Distinct texts that are remembered. */
const TEXTS_MAX = 1000;

interface Space {
  readonly registers: ReadonlyMap<number, TrackedRegister>;
  /** What the tracked bits of each register last were. */
  readonly last: Int32Array;
}

export class Traffic {
  readonly #features: Features;
  readonly #texts = new Map<string, number>();
  #journal: Journal | undefined;
  #spaces: readonly (Space | undefined)[] = [];
  #maps: ReadonlyMap<number, CompiledMap> | undefined;
  #before = 0;

  constructor(features: Features) {
    this.#features = features;
  }

  /** From here on this journal is followed instead of the one before. */
  follow(journal: Journal, maps: ReadonlyMap<number, CompiledMap>): void {
    this.#journal = journal;
    this.#before = 0;
    this.#enter(maps);
    journal.observe(EventKind.Read, this.#access);
    journal.observe(EventKind.Write, this.#access);
    journal.observe(EventKind.Command, this.#command);
    for (const kind of PLAIN) journal.observe(kind, this.#plain);
    for (const kind of TEXTS) journal.observe(kind, this.#text);
  }

  #enter(maps: ReadonlyMap<number, CompiledMap>): void {
    if (this.#maps !== undefined && sameMaps(this.#maps, maps)) {
      for (const space of this.#spaces) space?.last.fill(0);
      return;
    }
    const spaces: (Space | undefined)[] = [];
    for (const [bar, map] of maps) {
      const registers = trackedRegisters(map);
      spaces[bar] = { registers, last: new Int32Array(registers.size) };
    }
    this.#maps = maps;
    this.#spaces = spaces;
  }

  readonly #access = (at: number): void => {
    const journal = this.#journal as Journal;
    const bar = journal.spaceAt(at);
    const space = this.#spaces[bar];
    const register = space?.registers.get(journal.addressAt(at));
    const token = mixed(journal.kindAt(at), bar);
    if (space === undefined || register === undefined) return this.#follows(token);
    this.#follows(mixed(token, register.at));
    if (register.mask === 0) return;
    const now = journal.valueAt(at) & register.mask;
    const before = space.last[register.index] as number;
    if (now !== before) this.#changed(space, register, before, now);
  };

  #changed(space: Space, { fields, index }: TrackedRegister, before: number, now: number): void {
    space.last[index] = now;
    for (const { id, mask } of fields) {
      if (((before ^ now) & mask) === 0) continue;
      this.#features.hit(FeatureKind.Field, mixed(mixed(id, before & mask), now & mask));
    }
  }

  /** Of a command its first byte says what it is: an opcode in NVMe and on SPI. */
  readonly #command = (at: number): void => {
    const journal = this.#journal as Journal;
    const isFirst = journal.spaceAt(at) === 0 ? 0 : 1;
    const [opcode = 0] = journal.bytesAt(at) ?? [];
    this.#follows(mixed(mixed(EventKind.Command, isFirst), opcode));
  };

  readonly #plain = (at: number): void => {
    const journal = this.#journal as Journal;
    this.#follows(mixed(journal.kindAt(at), journal.valueAt(at) === 0 ? 0 : 1));
  };

  readonly #text = (at: number): void => {
    const text = (this.#journal as Journal).textAt(at);
    this.#follows(this.#textToken(text));
  };

  #textToken(text: string): number {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const token = hashText(text.split(':')[0] as string);
    if (this.#texts.size < TEXTS_MAX) this.#texts.set(text, token);
    return token;
  }

  #follows(token: number): void {
    this.#features.hit(FeatureKind.Traffic, mixed(this.#before, token));
    this.#before = token;
  }
}

function sameMaps(
  one: ReadonlyMap<number, CompiledMap>,
  other: ReadonlyMap<number, CompiledMap>,
): boolean {
  return one.size === other.size && [...one].every(([bar, map]) => other.get(bar) === map);
}
