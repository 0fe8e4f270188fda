/**
 * Typed views of a bank's state: `registers.CTRL.EN` reads and writes the inspect plane, without
 * side effects. Names and shapes are inferred from the declaration.
 */
import { type CompiledMap, type Field, type Register, laneCount } from './compile.ts';
import type { RegisterMap } from './declare.ts';

type WidthOf<M extends RegisterMap, R> = R extends { readonly width: infer W } ? W : M['width'];
/** Registers of 64 bits are bigint as a whole; their fields are numbers up to 53 bits. */
export type ValueOf<M extends RegisterMap, R> = WidthOf<M, R> extends 64 ? bigint : number;

export type FieldNames<R> = R extends { readonly fields: infer F } ? keyof F & string : never;

export type View<M extends RegisterMap, R> = { value: ValueOf<M, R> } & {
  [F in FieldNames<R>]: number;
};

export type Views<M extends RegisterMap> = {
  readonly [N in keyof M['registers']]: M['registers'][N] extends { readonly array: object }
    ? readonly View<M, M['registers'][N]>[]
    : View<M, M['registers'][N]>;
};

interface ViewInstance {
  readonly state: Uint32Array;
}
type ViewClass = new (state: Uint32Array) => ViewInstance;

const classes = new WeakMap<CompiledMap, readonly ViewClass[]>();

/** One view per register over `state` (one word per lane), in slot order. */
export function viewsBySlot(map: CompiledMap, state: Uint32Array): readonly object[] {
  let known = classes.get(map);
  if (known === undefined) {
    known = map.registers.map((register) => viewClass(register));
    classes.set(map, known);
  }
  return known.map((View) => new View(state));
}

/** The same views by name; arrays of registers become arrays of views. */
export function viewsByName(map: CompiledMap, bySlot: readonly object[]): Record<string, unknown> {
  const views: Record<string, unknown> = {};
  let slot = 0;
  for (const [name, declaration] of Object.entries(map.map.registers)) {
    const count = declaration.array?.count;
    views[name] = count === undefined ? bySlot[slot] : bySlot.slice(slot, slot + count);
    slot += count ?? 1;
  }
  return views;
}

function viewClass(register: Register): ViewClass {
  class RegisterView {
    readonly state: Uint32Array;
    constructor(state: Uint32Array) {
      this.state = state;
    }
  }
  const { lane } = register;
  Object.defineProperty(RegisterView.prototype, 'value', {
    get: laneCount(register) === 2 ? wideGetter(lane) : narrowGetter(lane, 0, 0xffffffff),
    set:
      laneCount(register) === 2
        ? wideSetter(lane)
        : narrowSetter(lane, 0, lowMask(register.bytes * 8)),
  });
  for (const field of register.fields) {
    Object.defineProperty(RegisterView.prototype, field.name, fieldProperty(lane, field));
  }
  return RegisterView;
}

export function lowMask(size: number): number {
  return size >= 32 ? 0xffffffff : (1 << size) - 1;
}

function fieldProperty(lane: number, { msb, lsb }: Field): PropertyDescriptor {
  const size = msb - lsb + 1;
  if (msb < 32 || lsb >= 32) {
    const at = lsb >= 32 ? lane + 1 : lane;
    const shift = lsb % 32;
    const mask = lowMask(size);
    return { get: narrowGetter(at, shift, mask), set: narrowSetter(at, shift, mask) };
  }
  const shift = BigInt(lsb);
  const mask = (1n << BigInt(size)) - 1n;
  const whole = wideGetter(lane);
  const store = wideSetter(lane);
  return {
    get(this: ViewInstance) {
      return Number((whole.call(this) >> shift) & mask);
    },
    set(this: ViewInstance, next: number) {
      store.call(this, (whole.call(this) & ~(mask << shift)) | ((BigInt(next) & mask) << shift));
    },
  };
}

function narrowGetter(lane: number, shift: number, mask: number) {
  return function get(this: ViewInstance): number {
    return (((this.state[lane] as number) >>> shift) & mask) >>> 0;
  };
}

function narrowSetter(lane: number, shift: number, mask: number) {
  const keep = ~(mask << shift);
  return function set(this: ViewInstance, next: number): void {
    this.state[lane] = ((this.state[lane] as number) & keep) | ((next & mask) << shift);
  };
}

function wideGetter(lane: number) {
  return function get(this: ViewInstance): bigint {
    return (BigInt(this.state[lane + 1] as number) << 32n) | BigInt(this.state[lane] as number);
  };
}

function wideSetter(lane: number) {
  return function set(this: ViewInstance, next: bigint): void {
    this.state[lane] = Number(next & 0xffffffffn);
    this.state[lane + 1] = Number((next >> 32n) & 0xffffffffn);
  };
}
