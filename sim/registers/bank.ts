/**
 * The registers of one device: state, and the two planes on which it is reached. The *access*
 * plane (`read`, `write`) is the bus's: side effects, coverage, hooks. The *inspect* plane
 * (`registers`, `peek`, `snapshot`) is the model's and the tests': none of these.
 */
import { type CompiledMap, type Register, BLOCK_BITS, compile } from './compile.ts';
import { RegisterCoverage, type Refusal } from './coverage.ts';
import type { AccessSize, GapWord, RegisterMap } from './declare.ts';
import { type View, type Views, viewsByName, viewsBySlot } from './views.ts';

type Names<M extends RegisterMap> = keyof M['registers'] & string;

/** What the table cannot say. A register without a hook behaves as its declaration says. */
export interface Behaviour<M extends RegisterMap> {
  /** The page that is selected now; only for maps with pages. */
  page?(registers: Views<M>): string;
  /** Composes a status register from state before it is read or peeked at; no side effects. */
  compose?: { [N in Names<M>]?: (register: View<M, M['registers'][N]>, index: number) => void };
  /** A read with an effect (taking from a FIFO); a returned number is what the bus sees. */
  read?: { [N in Names<M>]?: (index: number) => number | void };
  /** After the declared write effect: what was written, and the register before the write. */
  write?: {
    [N in Names<M>]?: (
      written: View<M, M['registers'][N]>,
      before: View<M, M['registers'][N]>,
      index: number,
    ) => void;
  };
  /** Ends every access that may have changed something: the place that drives interrupt lines. */
  settled?(): void;
}

/** Hears what an access did wrong or which gap it touched. */
export interface BankObserver {
  refused(offset: number, size: number, access: 'read' | 'write', why: Refusal): void;
  gap(register: Register, word: GapWord, access: 'read' | 'write'): void;
}

type ReadHook = (index: number) => number | void;
type WriteHook = (written: object, before: object, index: number) => void;
type ComposeHook = (register: object, index: number) => void;

const COMPOSED = 1;
const READ_HOOK = 2;
const READ_EFFECT = 4;
const GAP = 8;
const WRITE_HOOK = 16;
const WRITE_EFFECT = 32;
const ENUMERATED = 64;
const SLOW_READ = COMPOSED | READ_HOOK | READ_EFFECT | GAP | ENUMERATED;

const ALL = 0xffffffff;

export class RegisterBank<const M extends RegisterMap> {
  readonly map: CompiledMap;
  /** One word per lane; a 64-bit register has its low half first. */
  readonly state: Uint32Array;
  readonly registers: Views<M>;
  readonly coverage: RegisterCoverage;
  observer: BankObserver | undefined;
  /** The upper half that the last 64-bit read returned. */
  high = 0;

  readonly #bySlot: readonly object[];
  readonly #written: Uint32Array;
  readonly #before: Uint32Array;
  readonly #writtenViews: readonly object[];
  readonly #beforeViews: readonly object[];
  readonly #compose: (ComposeHook | undefined)[];
  readonly #read: (ReadHook | undefined)[];
  readonly #write: (WriteHook | undefined)[];
  readonly #index: Uint16Array;
  readonly #flags: Uint8Array;
  readonly #at: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #lane: Uint16Array;
  readonly #onceDone: Uint32Array;
  readonly #page: (() => number) | undefined;
  readonly #settled: () => void;

  constructor(declaration: M, behaviour: Behaviour<M> = {}) {
    const map = compile(declaration);
    const tables = tablesOf(map);
    this.map = map;
    this.state = new Uint32Array(map.lanes);
    this.#written = new Uint32Array(map.lanes);
    this.#before = new Uint32Array(map.lanes);
    this.#onceDone = new Uint32Array(map.lanes);
    this.#bySlot = viewsBySlot(map, this.state);
    this.#writtenViews = viewsBySlot(map, this.#written);
    this.#beforeViews = viewsBySlot(map, this.#before);
    this.registers = viewsByName(map, this.#bySlot) as Views<M>;
    this.coverage = new RegisterCoverage(map);
    this.#compose = hooksBySlot(map, behaviour.compose as Record<string, ComposeHook> | undefined);
    this.#read = hooksBySlot(map, behaviour.read as Record<string, ReadHook> | undefined);
    this.#write = hooksBySlot(map, behaviour.write as Record<string, WriteHook> | undefined);
    this.#at = tables.at;
    this.#bytes = tables.bytes;
    this.#lane = tables.lane;
    this.#index = tables.index;
    this.#flags = tables.flags.map(
      (flags, slot) =>
        flags |
        (this.#compose[slot] ? COMPOSED : 0) |
        (this.#read[slot] ? READ_HOOK : 0) |
        (this.#write[slot] ? WRITE_HOOK : 0),
    );
    const { page } = behaviour;
    if (page !== undefined) this.#page = () => map.pages.indexOf(page(this.registers));
    this.#settled = behaviour.settled === undefined ? () => {} : () => behaviour.settled?.();
    this.reset();
  }

  /**
   * A read by the bus: `size` in bytes. Returns the low 32 bits; of eight bytes the upper half is
   * left in `high`. A refused read returns all ones, or what the map says.
   */
  read(offset: number, size: AccessSize): number {
    const page = this.#page === undefined ? 0 : this.#page();
    const block = this.map.decode.read[page]?.[offset >>> BLOCK_BITS];
    const slot = block === undefined ? -1 : (block[offset & 4095] as number) - 1;
    if (slot >= 0 && this.#at[slot] === offset && this.#bytes[slot] === size && size !== 8) {
      const lane = this.#lane[slot] as number;
      const { coverage } = this;
      const flags = this.#flags[slot] as number;
      let value: number;
      if ((flags & SLOW_READ) === 0) {
        value = ((this.state[lane] as number) & (this.map.masks.readable[lane] as number)) >>> 0;
      } else {
        value = this.#readSlow(slot, lane, flags);
      }
      coverage.reads[slot] = (coverage.reads[slot] as number) + 1;
      coverage.ones[lane] = (coverage.ones[lane] as number) | value;
      coverage.zeros[lane] = (coverage.zeros[lane] as number) | ~value;
      const at = slot * 4 + (size >>> 1);
      coverage.sizes[at] = (coverage.sizes[at] as number) + 1;
      return value;
    }
    return this.#readOdd(page, offset, size);
  }

  /** A write by the bus; `high` is the upper half of eight bytes. */
  write(offset: number, size: AccessSize, value: number, high = 0): void {
    const page = this.#page === undefined ? 0 : this.#page();
    const block = this.map.decode.write[page]?.[offset >>> BLOCK_BITS];
    const slot = block === undefined ? -1 : (block[offset & 4095] as number) - 1;
    if (slot >= 0 && this.#at[slot] === offset && this.#bytes[slot] === size && size !== 8) {
      const lane = this.#lane[slot] as number;
      const { coverage } = this;
      const { masks } = this.map;
      const flags = this.#flags[slot] as number;
      if ((flags & ~(COMPOSED | READ_HOOK | READ_EFFECT)) === 0) {
        const mask = masks.value[lane] as number;
        this.state[lane] = ((this.state[lane] as number) & ~mask) | (value & mask);
      } else {
        this.#store(slot, value, 0, ALL, 0);
      }
      coverage.writes[slot] = (coverage.writes[slot] as number) + 1;
      coverage.ones[lane] = (coverage.ones[lane] as number) | value;
      coverage.zeros[lane] = (coverage.zeros[lane] as number) | ~value;
      const at = slot * 4 + (size >>> 1);
      coverage.sizes[at] = (coverage.sizes[at] as number) + 1;
      this.#settled();
      return;
    }
    this.#writeOdd(page, offset, size, value, high);
  }

  /** The value of a register as a read would return it, without any effect. */
  peek(name: Names<M> | (string & {})): bigint {
    const register = this.map.byName.get(name);
    if (register === undefined) {
      throw new RangeError(`${this.map.map.name} has no register named ${name}.`);
    }
    this.#composed(register.slot);
    const { lane } = register;
    const { readable } = this.map.masks;
    const low = ((this.state[lane] as number) & (readable[lane] as number)) >>> 0;
    if (register.bytes !== 8) return BigInt(low);
    const high = ((this.state[lane + 1] as number) & (readable[lane + 1] as number)) >>> 0;
    return (BigInt(high) << 32n) | BigInt(low);
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
      this.#onceDone[lane] = (this.#onceDone[lane] as number) & ~bits;
    }
  }

  /** Everything that the declaration keeps, as words. */
  snapshot(): Uint32Array {
    const words = new Uint32Array(this.state.length * 2);
    words.set(this.state);
    words.set(this.#onceDone, this.state.length);
    return words;
  }

  restore(words: Uint32Array): void {
    if (words.length !== this.state.length * 2) {
      throw new RangeError(`${this.map.map.name}: this snapshot belongs to another map.`);
    }
    this.state.set(words.subarray(0, this.state.length));
    this.#onceDone.set(words.subarray(this.state.length));
  }

  /** Names of the registers whose state differs from a snapshot's. */
  diff(words: Uint32Array): string[] {
    return this.map.registers
      .filter(({ lane, bytes }) => {
        const differs = (at: number) => this.state[at] !== words[at];
        return differs(lane) || (bytes === 8 && differs(lane + 1));
      })
      .map(({ name }) => name);
  }

  /** Drives outputs again after the model changed state by itself. */
  settle(): void {
    this.#settled();
  }

  #composed(slot: number): void {
    this.#compose[slot]?.(this.#bySlot[slot] as object, this.#index[slot] as number);
  }

  #readSlow(slot: number, lane: number, flags: number): number {
    if ((flags & COMPOSED) !== 0) this.#composed(slot);
    const { masks } = this.map;
    const before = ((this.state[lane] as number) & (masks.readable[lane] as number)) >>> 0;
    let value = before;
    if ((flags & READ_HOOK) !== 0) {
      const returned = this.#read[slot]?.(this.#index[slot] as number);
      if (typeof returned === 'number') value = returned >>> 0;
    }
    if ((flags & READ_EFFECT) !== 0) this.#readEffect(slot, lane);
    if ((flags & GAP) !== 0) this.#touchGap(slot, lane, 'read', ALL);
    if ((flags & ENUMERATED) !== 0) this.coverage.sawValues(slot, lane, value);
    if ((flags & (READ_HOOK | READ_EFFECT)) !== 0) this.#settled();
    return value;
  }

  #readEffect(slot: number, lane: number): void {
    const state = this.state[lane] as number;
    const clear = this.map.masks.readClear[lane] as number;
    const set = this.map.masks.readSet[lane] as number;
    if ((state & clear) !== 0) this.coverage.effect(slot, 'read-clear');
    if ((~state & set) !== 0) this.coverage.effect(slot, 'read-set');
    this.state[lane] = (state & ~clear) | set;
  }

  /** Applies the declared write effects under a byte mask, then the hook. */
  #store(slot: number, low: number, high: number, maskLow: number, maskHigh: number): void {
    const lane = this.#lane[slot] as number;
    const flags = this.#flags[slot] as number;
    const wide = this.#bytes[slot] === 8;
    this.#before[lane] = this.state[lane] as number;
    if (wide) this.#before[lane + 1] = this.state[lane + 1] as number;
    if ((flags & GAP) !== 0) {
      this.#touchGap(slot, lane, 'write', maskLow & (low ^ (this.state[lane] as number)));
    }
    this.#storeLane(slot, lane, low, maskLow);
    if (wide) this.#storeLane(slot, lane + 1, high, maskHigh);
    if ((flags & ENUMERATED) !== 0) this.coverage.sawValues(slot, lane, low);
    const hook = this.#write[slot];
    if (hook === undefined) return;
    // Bytes that the access did not carry read as they were.
    this.#written[lane] = (low & maskLow) | ((this.#before[lane] as number) & ~maskLow);
    if (wide) {
      const kept = (this.#before[lane + 1] as number) & ~maskHigh;
      this.#written[lane + 1] = (high & maskHigh) | kept;
    }
    const index = this.#index[slot] as number;
    hook(this.#writtenViews[slot] as object, this.#beforeViews[slot] as object, index);
  }

  #storeLane(slot: number, lane: number, value: number, bytes: number): void {
    const { masks } = this.map;
    const before = this.state[lane] as number;
    const plain = (masks.value[lane] as number) & bytes;
    let next = (before & ~plain) | (value & plain);
    if (((this.#flags[slot] as number) & WRITE_EFFECT) !== 0) {
      const ones = value & bytes;
      const zeros = ~value & bytes;
      const cleared =
        (masks.clear[lane]! & bytes) | (masks.w1c[lane]! & ones) | (masks.w0c[lane]! & zeros);
      const set =
        (masks.set[lane]! & bytes) | (masks.w1s[lane]! & ones) | (masks.w0s[lane]! & zeros);
      const toggled = (masks.w1t[lane]! & ones) | (masks.w0t[lane]! & zeros);
      next = ((next & ~cleared) | set) ^ toggled;
      if ((before & cleared) !== 0) this.coverage.effect(slot, 'write-clear');
      if ((~before & set) !== 0) this.coverage.effect(slot, 'write-set');
      if (toggled !== 0) this.coverage.effect(slot, 'write-toggle');
      next = this.#storeOnce(slot, lane, next, value, bytes);
    }
    this.state[lane] = next;
  }

  #storeOnce(slot: number, lane: number, next: number, value: number, bytes: number): number {
    const once = (this.map.masks.once[lane] as number) & bytes;
    if (once === 0) return next;
    const done = this.#onceDone[lane] as number;
    const open = once & ~done;
    this.coverage.effect(slot, open === 0 ? 'write-once-ignored' : 'write-once');
    this.#onceDone[lane] = done | once;
    return (next & ~open) | (value & open);
  }

  #touchGap(slot: number, lane: number, access: 'read' | 'write', bits: number): void {
    const register = this.map.registers[slot] as Register;
    if (this.observer === undefined || (bits & (this.map.masks.gap[lane] as number)) === 0) return;
    for (const { gap } of register.fields) {
      if (gap !== undefined) {
        this.observer.gap(register, gap.word, access);
        return;
      }
    }
  }

  /** Narrow, wide, merged, unaligned and refused reads; see `odd-access.ts` for the arithmetic. */
  #readOdd(page: number, offset: number, size: AccessSize): number {
    const refusal = this.#refusal('read', page, offset, size);
    if (refusal !== undefined) {
      this.coverage.refuse(refusal);
      this.observer?.refused(offset, size, 'read', refusal);
      const value = this.map.map.refused === 'zeros' ? 0 : ALL;
      this.high = size === 8 ? value : 0;
      return size < 4 ? value & ((1 << (size * 8)) - 1) : value;
    }
    let result = 0n;
    const big = this.map.map.endian === 'big';
    for (let done = 0; done < size;) {
      const register = this.map.find('read', page, offset + done) as Register;
      const from = offset + done - register.at;
      const count = Math.min(register.bytes - from, size - done);
      const value = this.#readWhole(register);
      const shift = big ? register.bytes - from - count : from;
      const part = (value >> BigInt(shift * 8)) & ((1n << BigInt(count * 8)) - 1n);
      result |= part << BigInt((big ? size - done - count : done) * 8);
      done += count;
      this.#countSize(register.slot, size);
    }
    this.high = Number(result >> 32n);
    return Number(result & 0xffffffffn);
  }

  #readWhole({ slot, lane, bytes }: Register): bigint {
    const { coverage } = this;
    coverage.reads[slot] = (coverage.reads[slot] as number) + 1;
    const flags = this.#flags[slot] as number;
    let value = 0n;
    for (let at = lane; at < lane + (bytes === 8 ? 2 : 1); at++) {
      const word = this.#readSlow(slot, at, flags);
      coverage.ones[at] = (coverage.ones[at] as number) | word;
      coverage.zeros[at] = (coverage.zeros[at] as number) | ~word;
      value |= BigInt(word) << BigInt((at - lane) * 32);
    }
    return value;
  }

  #writeOdd(page: number, offset: number, size: AccessSize, value: number, high: number): void {
    const refusal = this.#refusal('write', page, offset, size);
    if (refusal !== undefined) {
      this.coverage.refuse(refusal);
      this.observer?.refused(offset, size, 'write', refusal);
      return;
    }
    const whole = (BigInt(high >>> 0) << 32n) | BigInt(value >>> 0);
    const big = this.map.map.endian === 'big';
    for (let done = 0; done < size;) {
      const register = this.map.find('write', page, offset + done) as Register;
      const from = offset + done - register.at;
      const count = Math.min(register.bytes - from, size - done);
      const ones = (1n << BigInt(count * 8)) - 1n;
      const part = (whole >> BigInt((big ? size - done - count : done) * 8)) & ones;
      const shift = BigInt((big ? register.bytes - from - count : from) * 8);
      this.#storeWide(register, part << shift, ones << shift);
      done += count;
      this.#countSize(register.slot, size);
    }
    this.#settled();
  }

  #storeWide({ slot, lane, bytes }: Register, value: bigint, mask: bigint): void {
    const { coverage } = this;
    const [low, high] = halves(value);
    const [maskLow, maskHigh] = halves(mask);
    this.#store(slot, low, high, maskLow, maskHigh);
    coverage.writes[slot] = (coverage.writes[slot] as number) + 1;
    coverage.ones[lane] = (coverage.ones[lane] as number) | (low & maskLow);
    coverage.zeros[lane] = (coverage.zeros[lane] as number) | (~low & maskLow);
    if (bytes !== 8) return;
    coverage.ones[lane + 1] = (coverage.ones[lane + 1] as number) | (high & maskHigh);
    coverage.zeros[lane + 1] = (coverage.zeros[lane + 1] as number) | (~high & maskHigh);
  }

  #countSize(slot: number, size: AccessSize): void {
    const at = slot * 4 + Math.log2(size);
    this.coverage.sizes[at] = (this.coverage.sizes[at] as number) + 1;
  }

  /** Why an access is not answered, or undefined. */
  #refusal(
    access: 'read' | 'write',
    page: number,
    offset: number,
    size: AccessSize,
  ): Refusal | undefined {
    const first = this.map.find(access, page, offset);
    if (first === undefined) {
      const other = this.map.find(access === 'read' ? 'write' : 'read', page, offset);
      if (other === undefined) return 'undefined';
      return access === 'read' ? 'write-only' : 'read-only';
    }
    if (offset % size !== 0 && this.map.map.unaligned !== true) return 'unaligned';
    for (let at = offset; at < offset + size;) {
      const register = this.map.find(access, page, at);
      if (register === undefined) return 'undefined';
      if (!register.sizes.includes(size)) return 'size';
      at = register.at + register.bytes;
    }
    return undefined;
  }
}

function halves(value: bigint): [low: number, high: number] {
  return [Number(value & 0xffffffffn), Number(value >> 32n)];
}

function hooksBySlot<H>(map: CompiledMap, hooks: Record<string, H> | undefined): (H | undefined)[] {
  const bySlot: (H | undefined)[] = Array.from({ length: map.registers.length });
  if (hooks === undefined) return bySlot;
  for (const [name, hook] of Object.entries(hooks)) {
    for (const register of map.registers) {
      if (register.declaration === map.map.registers[name]) bySlot[register.slot] = hook;
    }
  }
  return bySlot;
}

interface Tables {
  readonly at: Uint32Array;
  readonly bytes: Uint8Array;
  readonly lane: Uint16Array;
  readonly index: Uint16Array;
  readonly flags: Uint8Array;
}
const tables = new WeakMap<CompiledMap, Tables>();

/** What every bank of a map shares: positions, and the flags that the declaration alone gives. */
function tablesOf(map: CompiledMap): Tables {
  const known = tables.get(map);
  if (known !== undefined) return known;
  const { registers, masks } = map;
  const flags = registers.map((register) => {
    const { lane, bytes, fields } = register;
    const lanes = bytes === 8 ? [lane, lane + 1] : [lane];
    const any = (...names: (keyof typeof masks)[]) =>
      lanes.some((at) => names.some((name) => masks[name][at] !== 0));
    return (
      (any('readClear', 'readSet') ? READ_EFFECT : 0) |
      (any('gap') ? GAP : 0) |
      (any('clear', 'set', 'w1c', 'w1s', 'w1t', 'w0c', 'w0s', 'w0t', 'once') ? WRITE_EFFECT : 0) |
      (fields.some(({ values }) => values !== undefined) ? ENUMERATED : 0)
    );
  });
  const first = new Map<object, number>();
  for (const { declaration, slot } of registers) {
    if (!first.has(declaration)) first.set(declaration, slot);
  }
  const made = {
    at: Uint32Array.from(registers, ({ at }) => at),
    bytes: Uint8Array.from(registers, ({ bytes }) => bytes),
    lane: Uint16Array.from(registers, ({ lane }) => lane),
    index: Uint16Array.from(
      registers,
      ({ slot, declaration }) => slot - (first.get(declaration) ?? 0),
    ),
    flags: Uint8Array.from(flags),
  };
  tables.set(map, made);
  return made;
}
