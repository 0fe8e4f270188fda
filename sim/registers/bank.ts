/**
 * The registers of one device: state, and the two planes on which it is reached. The *access*
 * plane (`read`, `write`) is the bus's: side effects, coverage, hooks. The *inspect* plane
 * (`registers`, `peek`, `snapshot`) is the model's and the tests': none of these.
 */
import { hashWords } from '../kernel/hash.ts';
import { Info, tablesOf } from './bank-tables.ts';
import {
  type BankObserver,
  type Behaviour,
  type Hooks,
  hooksBySlot,
  pageSelector,
  touchedGaps,
} from './behaviour.ts';
import { type CompiledMap, type Register, compile } from './compile.ts';
import { Effect, RegisterCoverage } from './coverage.ts';
import type { AccessSize, RegisterMap } from './declare.ts';
import { Column, nextOnWrite } from './lane-table.ts';
import { type Side, halves, joined, refusal, split } from './split.ts';
import { type Views, lowMask, viewsByName, viewsBySlot } from './views.ts';

export type { BankObserver, Behaviour } from './behaviour.ts';

const ALL = 0xffffffff;

// Constants of this module's own; see `Column`.
const { SIZE, SLOW_READ, SLOW_WRITE, WIDE, COMPOSED, READ_HOOK, WRITE_HOOK, GAP, LANE_SHIFT } =
  Info;
const afterWrite = nextOnWrite;
const { STRIDE_BITS, READABLE, WRITABLE, READ_CLEAR, READ_SET, RESERVED, EFFECTS, ONCE } = Column;

export class RegisterBank<const M extends RegisterMap> {
  readonly map: CompiledMap;
  /** One word per lane; a 64-bit register has its low half first. */
  readonly state: Uint32Array;
  readonly registers: Views<M>;
  readonly coverage: RegisterCoverage;
  observer: BankObserver | undefined;
  /** The upper half that the last 64-bit read returned. */
  high = 0;

  /** The state, then the bits seen as one, then as zero: one array on the hot path. */
  readonly #words: Uint32Array;
  readonly #lanes: number;
  /** The coverage's own counts. */
  readonly #reads: Float64Array;
  readonly #writes: Float64Array;
  readonly #table: Uint32Array;
  readonly #bySlot: readonly object[];
  readonly #written: Uint32Array;
  readonly #before: Uint32Array;
  readonly #writtenViews: readonly object[];
  readonly #beforeViews: readonly object[];
  readonly #hooks: Hooks;
  /** By entry (slot + 1): size, flags and lane, see `bank-tables.ts`. */
  readonly #info: Uint32Array;
  readonly #readStarts: readonly Uint16Array[];
  readonly #writeStarts: readonly Uint16Array[];
  readonly #readStart: Uint16Array;
  readonly #writeStart: Uint16Array;
  /** Write-once bits that were written since their reset. */
  readonly #spent: Uint32Array;
  readonly #page: (() => number) | undefined;
  readonly #settled: (() => void) | undefined;

  constructor(declaration: M, behaviour: Behaviour<M> = {}) {
    const map = compile(declaration);
    const tables = tablesOf(map);
    const hooks = hooksBySlot(map, behaviour);
    this.map = map;
    this.#table = map.table;
    this.#lanes = map.lanes;
    this.#words = new Uint32Array(map.lanes * 3);
    this.state = this.#words.subarray(0, map.lanes);
    this.#written = new Uint32Array(map.lanes);
    this.#before = new Uint32Array(map.lanes);
    this.#spent = new Uint32Array(map.lanes);
    this.#bySlot = viewsBySlot(map, this.state);
    this.#writtenViews = viewsBySlot(map, this.#written);
    this.#beforeViews = viewsBySlot(map, this.#before);
    this.registers = viewsByName(map, this.#bySlot) as Views<M>;
    this.coverage = new RegisterCoverage(map, this.#words.subarray(map.lanes));
    this.#reads = this.coverage.reads;
    this.#writes = this.coverage.writes;
    this.#hooks = hooks;
    this.#readStarts = tables.read;
    this.#writeStarts = tables.write;
    this.#readStart = tables.read[0] as Uint16Array;
    this.#writeStart = tables.write[0] as Uint16Array;
    this.#info = tables.info.map(
      (info, entry) =>
        info |
        (hooks.compose[entry - 1] ? COMPOSED : 0) |
        (hooks.read[entry - 1] ? READ_HOOK : 0) |
        (hooks.write[entry - 1] ? WRITE_HOOK : 0),
    );
    this.#page = pageSelector(map, behaviour, this.registers, this.state);
    if (behaviour.settled !== undefined) this.#settled = () => behaviour.settled?.();
    this.reset();
  }

  /**
   * A read by the bus: `size` in bytes. Returns the low 32 bits; of eight bytes the upper half is
   * left in `high`. A refused read returns all ones, or what the map says. A read that is narrower
   * than a register reads that register whole, with all effects, and returns a part.
   */
  read(offset: number, size: AccessSize): number {
    const page = this.#page === undefined ? 0 : this.#page();
    const starts = page === 0 ? this.#readStart : (this.#readStarts[page] as Uint16Array);
    const entry = starts[offset] ?? this.#farStart('read', page, offset);
    const info = this.#info[entry] as number;
    if ((info & SIZE) !== size) return this.#readOdd(page, offset, size);
    const reads = this.#reads;
    reads[entry - 1] = (reads[entry - 1] as number) + 1;
    if ((info & SLOW_READ) !== 0) return this.#readSlow(entry - 1, ALL, ALL);
    const lane = info >>> LANE_SHIFT;
    const base = lane << STRIDE_BITS;
    const words = this.#words;
    const table = this.#table;
    const state = words[lane] as number;
    const readable = table[base | READABLE] as number;
    const value = (state & readable) >>> 0;
    const ones = (lane + this.#lanes) | 0;
    const zeros = (ones + this.#lanes) | 0;
    words[ones] = (words[ones] as number) | value;
    words[zeros] = (words[zeros] as number) | (~value & readable);
    const clear = table[base | READ_CLEAR] as number;
    const set = table[base | READ_SET] as number;
    if (((state & clear) | (~state & set)) !== 0) {
      this.#readEffect(entry - 1, lane);
      if (this.#settled !== undefined) this.#settled();
    }
    return value;
  }

  /** A write by the bus; `high` is the upper half of eight bytes. */
  write(offset: number, size: AccessSize, value: number, high = 0): void {
    const page = this.#page === undefined ? 0 : this.#page();
    const starts = page === 0 ? this.#writeStart : (this.#writeStarts[page] as Uint16Array);
    const entry = starts[offset] ?? this.#farStart('write', page, offset);
    const info = this.#info[entry] as number;
    if ((info & SIZE) !== size) {
      this.#writeOdd(page, offset, size, value, high);
      return;
    }
    const writes = this.#writes;
    writes[entry - 1] = (writes[entry - 1] as number) + 1;
    const lane = info >>> LANE_SHIFT;
    const base = lane << STRIDE_BITS;
    const table = this.#table;
    const reserved = this.observer === undefined ? 0 : (table[base | RESERVED] as number);
    if ((info & SLOW_WRITE) !== 0 || (value & reserved) !== 0) {
      this.#store(entry - 1, value, high, ALL, ALL);
    } else {
      const words = this.#words;
      const before = words[lane] as number;
      const next = afterWrite(table, base, before, value);
      words[lane] = next;
      const writable = table[base | WRITABLE] as number;
      const ones = (lane + this.#lanes) | 0;
      const zeros = (ones + this.#lanes) | 0;
      words[ones] = (words[ones] as number) | (value & writable);
      words[zeros] = (words[zeros] as number) | (~value & writable);
      const changed = before ^ next;
      if ((changed & (table[base | EFFECTS] as number)) !== 0) {
        this.coverage.wrote(entry - 1, lane, changed, before);
      }
    }
    if (this.#settled !== undefined) this.#settled();
  }

  /** The value of a register as a read would return it, without any effect. */
  peek(name: (keyof M['registers'] & string) | (string & {})): bigint {
    const register = this.map.byName.get(name);
    if (register === undefined) {
      throw new RangeError(`${this.map.map.name} has no register named ${name}.`);
    }
    const { slot, lane, bytes } = register;
    this.#compose(slot);
    return joined(this.#readable(lane), bytes === 8 ? this.#readable(lane + 1) : 0);
  }

  /** Resets what this domain resets; without a name, everything. */
  reset(domain: string = this.map.domains[0] ?? 'power'): void {
    const mask = this.map.resettable.get(domain);
    if (mask === undefined) {
      const known = this.map.domains.join(', ');
      throw new RangeError(`${this.map.map.name}: reset domain ${domain} is none of ${known}.`);
    }
    const { reset } = this.map.masks;
    for (let lane = 0; lane < mask.length; lane++) {
      const bits = mask[lane] as number;
      this.state[lane] = ((this.state[lane] as number) & ~bits) | ((reset[lane] as number) & bits);
      this.#spent[lane] = (this.#spent[lane] as number) & ~bits;
    }
  }

  /** Everything that the declaration keeps, as words. */
  snapshot(): Uint32Array {
    const words = new Uint32Array(this.state.length * 2);
    words.set(this.state);
    words.set(this.#spent, this.state.length);
    return words;
  }

  restore(words: Uint32Array): void {
    this.#own(words);
    this.state.set(words.subarray(0, this.state.length));
    this.#spent.set(words.subarray(this.state.length));
  }

  /** Names of the registers whose state differs from a snapshot's. */
  diff(words: Uint32Array): string[] {
    this.#own(words);
    const now = this.snapshot();
    const differs = (at: number) =>
      now[at] !== words[at] || now[at + this.state.length] !== words[at + this.state.length];
    return this.map.registers
      .filter(({ lane, bytes }) => differs(lane) || (bytes === 8 && differs(lane + 1)))
      .map(({ name }) => name);
  }

  /** Sixteen hexadecimal digits over everything that the declaration keeps. */
  hash(): string {
    return hashWords(this.snapshot());
  }

  /** Drives outputs again after the model changed state by itself. */
  settle(): void {
    if (this.#settled !== undefined) this.#settled();
  }

  #own(words: Uint32Array): void {
    if (words.length !== this.state.length * 2) {
      throw new RangeError(`${this.map.map.name}: this snapshot belongs to another map.`);
    }
  }

  /** The entry of a register that starts beyond what one look decodes, or 0. */
  #farStart(side: Side, page: number, offset: number): number {
    if (offset < this.#readStart.length) return 0;
    const register = this.map.find(side, page, offset);
    return register !== undefined && register.at === offset ? register.slot + 1 : 0;
  }

  #compose(slot: number): void {
    const { index } = this.map.registers[slot] as { index: number };
    this.#hooks.compose[slot]?.(this.#bySlot[slot] as object, index);
  }

  #readable(lane: number): number {
    const readable = this.#table[(lane << STRIDE_BITS) + READABLE] as number;
    return ((this.state[lane] as number) & readable) >>> 0;
  }

  /** Reads one register with everything that is declared; leaves the upper half in `high`. */
  #readSlow(slot: number, carriedLow: number, carriedHigh: number): number {
    const { coverage } = this;
    const info = this.#info[slot + 1] as number;
    const lane = info >>> LANE_SHIFT;
    const wide = (info & WIDE) !== 0;
    if ((info & COMPOSED) !== 0) this.#compose(slot);
    let value = this.#readable(lane);
    let high = wide ? this.#readable(lane + 1) : 0;
    if ((info & READ_HOOK) !== 0) {
      const { index, bytes } = this.map.registers[slot] as { index: number; bytes: number };
      const returned = this.#hooks.read[slot]?.(index);
      if (typeof returned === 'number') {
        value = (returned & lowMask(bytes * 8)) >>> 0;
        high = wide ? Math.floor(returned / 0x1_0000_0000) >>> 0 : 0;
      }
    }
    const { readable } = this.map.masks;
    coverage.saw(slot, lane, value, carriedLow & (readable[lane] as number));
    if (wide) coverage.saw(slot, lane + 1, high, carriedHigh & (readable[lane + 1] as number));
    let effect = this.#readEffect(slot, lane);
    if (wide && this.#readEffect(slot, lane + 1)) effect = true;
    if ((info & GAP) !== 0) this.#touchGaps(slot, 'read', carriedLow, carriedHigh);
    this.high = high;
    if ((effect || (info & READ_HOOK) !== 0) && this.#settled !== undefined) this.#settled();
    return value;
  }

  /** Whether the read changed anything. */
  #readEffect(slot: number, lane: number): boolean {
    const base = lane << STRIDE_BITS;
    const state = this.state[lane] as number;
    const clear = this.#table[base + READ_CLEAR] as number;
    const set = this.#table[base + READ_SET] as number;
    if ((state & clear) !== 0) this.coverage.effect(slot, Effect.READ_CLEAR);
    if ((~state & set) !== 0) this.coverage.effect(slot, Effect.READ_SET);
    this.state[lane] = (state & ~clear) | set;
    return this.state[lane] !== state;
  }

  /** Applies the declared write effects to the bits that the access carries, then the hook. */
  #store(slot: number, low: number, high: number, carriedLow: number, carriedHigh: number): void {
    const info = this.#info[slot + 1] as number;
    const lane = info >>> LANE_SHIFT;
    const wide = (info & WIDE) !== 0;
    const { state } = this;
    const oldLow = state[lane] as number;
    const oldHigh = wide ? (state[lane + 1] as number) : 0;
    if (this.observer !== undefined) {
      const changedHigh = wide ? carriedHigh & (high ^ oldHigh) : 0;
      this.#touchGaps(slot, 'write', carriedLow & (low ^ oldLow), changedHigh);
    }
    this.#storeLane(slot, lane, low, carriedLow);
    if (wide) this.#storeLane(slot, lane + 1, high, carriedHigh);
    if ((info & WRITE_HOOK) === 0) return;
    this.#before[lane] = oldLow;
    // Bits that the access did not carry read as they were.
    this.#written[lane] = (low & carriedLow) | (oldLow & ~carriedLow);
    if (wide) {
      this.#before[lane + 1] = oldHigh;
      this.#written[lane + 1] = (high & carriedHigh) | (oldHigh & ~carriedHigh);
    }
    const { index } = this.map.registers[slot] as { index: number };
    const written = this.#writtenViews[slot] as object;
    this.#hooks.write[slot]?.(written, this.#beforeViews[slot] as object, index);
  }

  #storeLane(slot: number, lane: number, value: number, carried: number): void {
    const base = lane << STRIDE_BITS;
    const before = this.state[lane] as number;
    const written = (this.#table[base + WRITABLE] as number) & carried;
    const next = (before & ~carried) | (nextOnWrite(this.#table, base, before, value) & carried);
    this.coverage.saw(slot, lane, value, written);
    this.coverage.wrote(slot, lane, before ^ next, before);
    this.state[lane] = this.#storeOnce(slot, lane, next, value, carried);
  }

  #storeOnce(slot: number, lane: number, next: number, value: number, carried: number): number {
    const once = (this.#table[(lane << STRIDE_BITS) + ONCE] as number) & carried;
    if (once === 0) return next;
    const spent = this.#spent[lane] as number;
    const open = once & ~spent;
    this.coverage.effect(slot, open === 0 ? Effect.ONCE_IGNORED : Effect.WRITE_ONCE);
    this.#spent[lane] = spent | once;
    return (next & ~open) | (value & open);
  }

  #touchGaps(slot: number, side: Side, low: number, high: number): void {
    const { observer } = this;
    if (observer === undefined) return;
    const register = this.map.registers[slot] as Register;
    for (const word of touchedGaps(this.map, register, side, joined(low, high))) {
      observer.gap(register, word, side);
    }
  }

  /** Narrow, merged, unaligned and refused reads. */
  #readOdd(page: number, offset: number, size: AccessSize): number {
    const refused = refusal(this.map, 'read', page, offset, size);
    if (refused !== undefined) {
      this.coverage.refuse(refused);
      this.observer?.refused(offset, size, 'read', refused);
      const value = this.map.map.refused === 'zeros' ? 0 : ALL;
      this.high = size === 8 ? value : 0;
      return (value & lowMask(size * 8)) >>> 0;
    }
    let whole = 0n;
    for (const piece of split(this.map, 'read', page, offset, size)) {
      const { register, inAccess, inRegister, ones } = piece;
      // A write-only neighbour reads as zeros.
      if (!piece.reached) continue;
      const [carriedLow, carriedHigh] = halves(ones << inRegister);
      this.coverage.read(register.slot, size, register.bytes);
      const low = this.#readSlow(register.slot, carriedLow, carriedHigh);
      whole |= ((joined(low, this.high) >> inRegister) & ones) << inAccess;
    }
    const [low, high] = halves(whole);
    this.high = high;
    return low;
  }

  #writeOdd(page: number, offset: number, size: AccessSize, value: number, high: number): void {
    const refused = refusal(this.map, 'write', page, offset, size);
    if (refused !== undefined) {
      this.coverage.refuse(refused);
      this.observer?.refused(offset, size, 'write', refused);
      return;
    }
    const whole = joined(value, high);
    for (const piece of split(this.map, 'write', page, offset, size)) {
      const { register, inAccess, inRegister, ones } = piece;
      // A read-only neighbour ignores its part.
      if (!piece.reached) continue;
      const [low, upper] = halves(((whole >> inAccess) & ones) << inRegister);
      const [carriedLow, carriedHigh] = halves(ones << inRegister);
      this.coverage.write(register.slot, size, register.bytes);
      this.#store(register.slot, low, upper, carriedLow, carriedHigh);
    }
    if (this.#settled !== undefined) this.#settled();
  }
}
