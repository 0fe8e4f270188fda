/**
 * The registers of one device: state, and the two planes on which it is reached. The *access*
 * plane (`read`, `write`) is the bus's: side effects, coverage, hooks. The *inspect* plane
 * (`registers`, `peek`, `snapshot`) is the model's and the tests': none of these.
 */
import { hashWords } from '../kernel/hash.ts';
import {
  COMPOSED,
  GAP,
  READ_EFFECT,
  READ_HOOK,
  SLOW_READ,
  SLOW_WRITE,
  WIDE,
  WRITE_EFFECT,
  WRITE_HOOK,
  tablesOf,
} from './bank-tables.ts';
import { type BankObserver, type Behaviour, type Hooks, hooksBySlot } from './behaviour.ts';
import { type CompiledMap, type Masks, BLOCK_BITS, compile } from './compile.ts';
import { RegisterCoverage } from './coverage.ts';
import type { AccessSize, GapWord, RegisterMap } from './declare.ts';
import { type Side, halves, joined, refusal, split } from './split.ts';
import { type Views, lowMask, viewsByName, viewsBySlot } from './views.ts';
import { clearedBy, setBy, toggledBy } from './write-masks.ts';

export type { BankObserver, Behaviour } from './behaviour.ts';

const ALL = 0xffffffff;
const BLOCK_MASK = (1 << BLOCK_BITS) - 1;

export class RegisterBank<const M extends RegisterMap> {
  readonly map: CompiledMap;
  /** One word per lane; a 64-bit register has its low half first. */
  readonly state: Uint32Array;
  readonly registers: Views<M>;
  readonly coverage: RegisterCoverage;
  observer: BankObserver | undefined;
  /** The upper half that the last 64-bit read returned. */
  high = 0;

  readonly #masks: Masks;
  readonly #bySlot: readonly object[];
  readonly #written: Uint32Array;
  readonly #before: Uint32Array;
  readonly #writtenViews: readonly object[];
  readonly #beforeViews: readonly object[];
  readonly #hooks: Hooks;
  readonly #flags: Uint8Array;
  readonly #at: Uint32Array;
  readonly #whole: Uint8Array;
  readonly #lane: Uint32Array;
  /** Write-once bits that were written since their reset. */
  readonly #spent: Uint32Array;
  readonly #page: (() => number) | undefined;
  readonly #settled: (() => void) | undefined;

  constructor(declaration: M, behaviour: Behaviour<M> = {}) {
    const map = compile(declaration);
    const tables = tablesOf(map);
    const hooks = hooksBySlot(map, behaviour);
    this.map = map;
    this.#masks = map.masks;
    this.state = new Uint32Array(map.lanes);
    this.#written = new Uint32Array(map.lanes);
    this.#before = new Uint32Array(map.lanes);
    this.#spent = new Uint32Array(map.lanes);
    this.#bySlot = viewsBySlot(map, this.state);
    this.#writtenViews = viewsBySlot(map, this.#written);
    this.#beforeViews = viewsBySlot(map, this.#before);
    this.registers = viewsByName(map, this.#bySlot) as Views<M>;
    this.coverage = new RegisterCoverage(map);
    this.#hooks = hooks;
    this.#at = tables.at;
    this.#whole = tables.whole;
    this.#lane = tables.lane;
    this.#flags = tables.flags.map(
      (flags, slot) =>
        flags |
        (hooks.compose[slot] ? COMPOSED : 0) |
        (hooks.read[slot] ? READ_HOOK : 0) |
        (hooks.write[slot] ? WRITE_HOOK : 0),
    );
    this.#page = this.#pageSelector(behaviour);
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
    const block = this.map.decode.read[page]?.[offset >>> BLOCK_BITS];
    const slot = block === undefined ? -1 : (block[offset & BLOCK_MASK] as number) - 1;
    if (slot < 0 || this.#at[slot] !== offset || this.#whole[slot] !== size) {
      return this.#readOdd(page, offset, size);
    }
    const { coverage } = this;
    coverage.reads[slot] = (coverage.reads[slot] as number) + 1;
    if (((this.#flags[slot] as number) & SLOW_READ) !== 0) {
      const value = this.#readSlow(slot, ALL, ALL);
      this.#settleRead(slot);
      return value;
    }
    const lane = this.#lane[slot] as number;
    const readable = this.#masks.readable[lane] as number;
    const value = ((this.state[lane] as number) & readable) >>> 0;
    coverage.ones[lane] = (coverage.ones[lane] as number) | value;
    coverage.zeros[lane] = (coverage.zeros[lane] as number) | (~value & readable);
    return value;
  }

  /** A write by the bus; `high` is the upper half of eight bytes. */
  write(offset: number, size: AccessSize, value: number, high = 0): void {
    const page = this.#page === undefined ? 0 : this.#page();
    const block = this.map.decode.write[page]?.[offset >>> BLOCK_BITS];
    const slot = block === undefined ? -1 : (block[offset & BLOCK_MASK] as number) - 1;
    if (slot < 0 || this.#at[slot] !== offset || this.#whole[slot] !== size) {
      this.#writeOdd(page, offset, size, value, high);
      return;
    }
    const { coverage } = this;
    coverage.writes[slot] = (coverage.writes[slot] as number) + 1;
    const lane = this.#lane[slot] as number;
    const plain = this.#masks.value[lane] as number;
    // Ones in bits that do not simply store them may touch a gap: not plain.
    if (((this.#flags[slot] as number) & SLOW_WRITE) !== 0 || (value & ~plain) !== 0) {
      this.#store(slot, value, high, ALL, ALL);
    } else {
      this.state[lane] = ((this.state[lane] as number) & ~plain) | value;
      coverage.ones[lane] = (coverage.ones[lane] as number) | value;
      coverage.zeros[lane] = (coverage.zeros[lane] as number) | (~value & plain);
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
    const { reset } = this.#masks;
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

  #pageSelector({ page }: Behaviour<M>): (() => number) | undefined {
    const { map, state } = this;
    const { pages, pageField } = map;
    if (page !== undefined) {
      return () => {
        const name = page(this.registers);
        const index = pages.indexOf(name);
        if (index < 0) throw new RangeError(`${map.map.name}: ${name} is no page.`);
        return index;
      };
    }
    if (pageField === undefined) return undefined;
    const { lane, lsb, mask } = pageField;
    return () => ((state[lane] as number) >>> lsb) & mask;
  }

  #compose(slot: number): void {
    const { index } = this.map.registers[slot] as { index: number };
    this.#hooks.compose[slot]?.(this.#bySlot[slot] as object, index);
  }

  #readable(lane: number): number {
    return ((this.state[lane] as number) & (this.#masks.readable[lane] as number)) >>> 0;
  }

  /** Reads one register with everything that is declared; leaves the upper half in `high`. */
  #readSlow(slot: number, carriedLow: number, carriedHigh: number): number {
    const { coverage } = this;
    const flags = this.#flags[slot] as number;
    const lane = this.#lane[slot] as number;
    const wide = (flags & WIDE) !== 0;
    if ((flags & COMPOSED) !== 0) this.#compose(slot);
    let value = this.#readable(lane);
    let high = wide ? this.#readable(lane + 1) : 0;
    if ((flags & READ_HOOK) !== 0) {
      const { index, bytes } = this.map.registers[slot] as { index: number; bytes: number };
      const returned = this.#hooks.read[slot]?.(index);
      if (typeof returned === 'number') {
        value = (returned & lowMask(bytes * 8)) >>> 0;
        high = wide ? Math.floor(returned / 0x1_0000_0000) >>> 0 : 0;
      }
    }
    const { readable } = this.#masks;
    coverage.saw(slot, lane, value, carriedLow & (readable[lane] as number));
    if (wide) coverage.saw(slot, lane + 1, high, carriedHigh & (readable[lane + 1] as number));
    if ((flags & READ_EFFECT) !== 0) {
      this.#readEffect(slot, lane);
      if (wide) this.#readEffect(slot, lane + 1);
    }
    if ((flags & GAP) !== 0) this.#touchGaps(slot, 'read', carriedLow, carriedHigh);
    this.high = high;
    return value;
  }

  #settleRead(slot: number): void {
    if (this.#settled === undefined) return;
    if (((this.#flags[slot] as number) & (READ_HOOK | READ_EFFECT)) !== 0) this.#settled();
  }

  #readEffect(slot: number, lane: number): void {
    const state = this.state[lane] as number;
    const clear = this.#masks.readClear[lane] as number;
    const set = this.#masks.readSet[lane] as number;
    if ((state & clear) !== 0) this.coverage.effect(slot, 'read-clear');
    if ((~state & set) !== 0) this.coverage.effect(slot, 'read-set');
    this.state[lane] = (state & ~clear) | set;
  }

  /** Applies the declared write effects to the bits that the access carries, then the hook. */
  #store(slot: number, low: number, high: number, carriedLow: number, carriedHigh: number): void {
    const lane = this.#lane[slot] as number;
    const flags = this.#flags[slot] as number;
    const wide = (flags & WIDE) !== 0;
    const { state } = this;
    const oldLow = state[lane] as number;
    const oldHigh = wide ? (state[lane + 1] as number) : 0;
    if (this.observer !== undefined) {
      const changedHigh = wide ? carriedHigh & (high ^ oldHigh) : 0;
      this.#touchGaps(slot, 'write', carriedLow & (low ^ oldLow), changedHigh);
    }
    this.#storeLane(slot, lane, low, carriedLow);
    if (wide) this.#storeLane(slot, lane + 1, high, carriedHigh);
    if ((flags & WRITE_HOOK) === 0) return;
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
    const masks = this.#masks;
    const flags = this.#flags[slot] as number;
    const before = this.state[lane] as number;
    const plain = (masks.value[lane] as number) & carried;
    this.coverage.saw(slot, lane, value, (masks.writable[lane] as number) & carried);
    let next = (before & ~plain) | (value & plain);
    if ((flags & WRITE_EFFECT) !== 0) {
      const cleared = clearedBy(masks, lane, value, carried);
      const set = setBy(masks, lane, value, carried);
      const toggled = toggledBy(masks, lane, value, carried);
      next = ((next & ~cleared) | set) ^ toggled;
      if ((before & cleared) !== 0) this.coverage.effect(slot, 'write-clear');
      if ((~before & set) !== 0) this.coverage.effect(slot, 'write-set');
      if (toggled !== 0) this.coverage.effect(slot, 'write-toggle');
      next = this.#storeOnce(slot, lane, next, value, carried);
    }
    this.state[lane] = next;
  }

  #storeOnce(slot: number, lane: number, next: number, value: number, carried: number): number {
    const once = (this.#masks.once[lane] as number) & carried;
    if (once === 0) return next;
    const spent = this.#spent[lane] as number;
    const open = once & ~spent;
    this.coverage.effect(slot, open === 0 ? 'write-once-ignored' : 'write-once');
    this.#spent[lane] = spent | once;
    return (next & ~open) | (value & open);
  }

  /** Tells the observer once per word which gaps lie in these bits. */
  #touchGaps(slot: number, side: Side, low: number, high: number): void {
    const { observer, map } = this;
    const register = map.registers[slot];
    if (observer === undefined || register === undefined) return;
    const { reserved, gap } = this.#masks;
    const { lane } = register;
    const wide = register.bytes === 8;
    const touches = (mask: Uint32Array) =>
      (low & (mask[lane] as number)) !== 0 || (wide && (high & (mask[lane + 1] as number)) !== 0);
    const words = new Set<GapWord>();
    if (side === 'write' && touches(reserved)) words.add('reserved');
    if (touches(gap)) {
      const bits = joined(low, high);
      for (const field of register.fields) {
        if (field.gap !== undefined && (field.mask & bits) !== 0n) words.add(field.gap.word);
      }
    }
    if (side === 'read') words.delete('reserved');
    for (const word of words) observer.gap(register, word, side);
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
      this.#settleRead(register.slot);
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
