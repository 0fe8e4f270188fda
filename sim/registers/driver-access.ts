/**
 * Typed register access for drivers and suites: `registers.CTRL.write({ EN: 1 })` over any port.
 * What a declaration does not allow does not compile: no write to a read-only field, no read of a
 * write-only one.
 */
import { type CompiledMap, type Register, compile, fieldMask } from './compile.ts';
import type { AccessSize, RegisterMap } from './declare.ts';
import type { ACCESS, AccessName } from './effects.ts';

/** How a driver reaches registers: a BAR, a bus adapter, a probe. `size` in bytes, never 8. */
export interface RegisterPort {
  read(offset: number, size: AccessSize): number;
  write(offset: number, size: AccessSize, value: number): void;
  read64(offset: number): bigint;
  write64(offset: number, value: bigint): void;
}

type Named<R> = R extends { readonly access: infer A extends AccessName } ? A : 'RW';
type ReadOf<R, F> = F extends { readonly read: infer E }
  ? E
  : F extends { readonly access: infer A extends AccessName }
    ? (typeof ACCESS)[A]['read']
    : R extends { readonly read: infer E }
      ? E
      : (typeof ACCESS)[Named<R>]['read'];
type WriteOf<R, F> = F extends { readonly write: infer E }
  ? E
  : F extends { readonly access: infer A extends AccessName }
    ? (typeof ACCESS)[A]['write']
    : R extends { readonly write: infer E }
      ? E
      : (typeof ACCESS)[Named<R>]['write'];

type FieldsOf<R> = R extends { readonly fields: infer F } ? F : Record<never, never>;
type ReadableFields<R> = {
  [F in keyof FieldsOf<R>]: ReadOf<R, FieldsOf<R>[F]> extends 'none' ? never : F;
}[keyof FieldsOf<R>] &
  string;
type WritableFields<R> = {
  [F in keyof FieldsOf<R>]: WriteOf<R, FieldsOf<R>[F]> extends 'ignore' ? never : F;
}[keyof FieldsOf<R>] &
  string;

type Wide<M extends RegisterMap, R> = R extends { readonly width: infer W }
  ? W extends 64
    ? true
    : false
  : M['width'] extends 64
    ? true
    : false;
type Value<M extends RegisterMap, R> = Wide<M, R> extends true ? bigint : number;

type CanRead<R> = R extends { readonly fields: object }
  ? ReadableFields<R> extends never
    ? false
    : true
  : ReadOf<R, object> extends 'none'
    ? false
    : true;
type CanWrite<R> = R extends { readonly fields: object }
  ? WritableFields<R> extends never
    ? false
    : true
  : WriteOf<R, object> extends 'ignore'
    ? false
    : true;

interface Readable<M extends RegisterMap, R> {
  /** One access; the whole value. */
  read(): Value<M, R>;
  /** One access; one field of it. */
  get(field: ReadableFields<R>): number;
  /** One access; every readable field of it. */
  fields(): Readonly<Record<ReadableFields<R>, number>>;
}
interface Writable<M extends RegisterMap, R> {
  /** One access. Fields that are not named are written as zero. */
  write(value: Value<M, R> | Readonly<Partial<Record<WritableFields<R>, number>>>): void;
}
interface Updatable<R> {
  /** A read and a write: the named fields change, the others are written back as read. */
  update(fields: Readonly<Partial<Record<WritableFields<R>, number>>>): void;
}

export type RegisterAccess<M extends RegisterMap, R> = {
  readonly at: number;
} & (CanRead<R> extends true ? Readable<M, R> : unknown) &
  (CanWrite<R> extends true ? Writable<M, R> : unknown) &
  (CanRead<R> & CanWrite<R> extends true ? Updatable<R> : unknown);

export type DriverRegisters<M extends RegisterMap> = {
  readonly [N in keyof M['registers']]: M['registers'][N] extends { readonly array: object }
    ? readonly RegisterAccess<M, M['registers'][N]>[]
    : RegisterAccess<M, M['registers'][N]>;
};

/** Typed accessors for every register of a declaration, over one port. */
export function driverAccess<const M extends RegisterMap>(
  declaration: M,
  port: RegisterPort,
): DriverRegisters<M> {
  const map = compile(declaration);
  const bySlot = map.registers.map((register) => new Access(register, port));
  return groupArrays(map, bySlot) as DriverRegisters<M>;
}

function groupArrays(map: CompiledMap, bySlot: readonly Access[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let slot = 0;
  for (const [name, declaration] of Object.entries(map.map.registers)) {
    const count = declaration.array?.count;
    result[name] = count === undefined ? bySlot[slot] : bySlot.slice(slot, slot + count);
    slot += count ?? 1;
  }
  return result;
}

/** Value of one field inside a register's value. */
export function extract(value: number | bigint, msb: number, lsb: number): number {
  if (typeof value === 'number' && msb < 32) {
    return (value >>> lsb) & (msb - lsb === 31 ? -1 : (1 << (msb - lsb + 1)) - 1);
  }
  return Number((BigInt(value) & fieldMask(msb, lsb)) >> BigInt(lsb));
}

class Access {
  readonly at: number;
  readonly #register: Register;
  readonly #port: RegisterPort;

  constructor(register: Register, port: RegisterPort) {
    this.at = register.at;
    this.#register = register;
    this.#port = port;
  }

  read(): number | bigint {
    const { bytes } = this.#register;
    return bytes === 8 ? this.#port.read64(this.at) : this.#port.read(this.at, bytes);
  }

  get(name: string): number {
    const { msb, lsb } = this.#field(name);
    return extract(this.read(), msb, lsb) >>> 0;
  }

  fields(): Record<string, number> {
    const value = this.read();
    const readable = this.#register.fields.filter(({ read }) => read !== 'none');
    return Object.fromEntries(
      readable.map(({ name, msb, lsb }) => [name, extract(value, msb, lsb) >>> 0]),
    );
  }

  write(value: number | bigint | Record<string, number>): void {
    this.#put(typeof value === 'object' ? this.#join(0n, value) : value);
  }

  update(fields: Record<string, number>): void {
    this.#put(this.#join(BigInt(this.read()), fields));
  }

  #put(value: number | bigint): void {
    const { bytes } = this.#register;
    if (bytes === 8) this.#port.write64(this.at, BigInt(value));
    else this.#port.write(this.at, bytes, Number(value));
  }

  #join(base: bigint, fields: Record<string, number>): bigint {
    let value = base;
    for (const [name, next] of Object.entries(fields)) {
      const { msb, lsb } = this.#field(name);
      const mask = fieldMask(msb, lsb);
      value = (value & ~mask) | ((BigInt(next) << BigInt(lsb)) & mask);
    }
    return value;
  }

  #field(name: string) {
    const field = this.#register.fields.find((candidate) => candidate.name === name);
    if (field === undefined) {
      throw new RangeError(`Register ${this.#register.name} has no field named ${name}.`);
    }
    return field;
  }
}
