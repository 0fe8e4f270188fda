/**
 * Drives a target and judges every read by the mirror of its map: a check is nothing but the
 * accesses that it makes.
 */
import type { Random } from '../../../sim/kernel/random.ts';
import { type Register, fieldMask } from '../../../sim/registers/compile.ts';
import type { AccessSize, RegisterTest } from '../../../sim/registers/declare.ts';
import {
  type MirrorFinding,
  RegisterMirror,
  describeFinding,
} from '../../../sim/registers/mirror.ts';
import { halves, joined, part, placed } from '../../../sim/registers/split.ts';
import { included, unit } from './exclusions.ts';
import type { RegisterTarget } from './target.ts';

/** What a check did, in order. */
export type Step =
  | { readonly kind: 'reset'; readonly domain: string }
  | {
      readonly kind: 'read' | 'write';
      /** Undefined for an access to no register. */
      readonly register: string | undefined;
      readonly offset: number;
      readonly size: AccessSize;
      readonly value: bigint;
    };

export interface RegisterFinding {
  readonly register: string;
  readonly fields: readonly string[];
  /** The bits in question. */
  readonly expected: bigint;
  readonly seen: bigint;
  /** The difference as a sentence. */
  readonly text: string;
  /** The last accesses up to the one that showed it. */
  readonly sequence: readonly Step[];
}

/** Steps that a finding shows. */
const SHOWN_STEPS = 32;

export class RegisterProbe {
  readonly target: RegisterTarget;
  readonly findings: RegisterFinding[] = [];
  readonly #mirror: RegisterMirror;
  readonly #steps: Step[] = [];
  readonly #random: Random;

  constructor(target: RegisterTarget, random: Random) {
    this.target = target;
    this.#random = random;
    this.#mirror = new RegisterMirror(target.map, (finding) => this.#judge(finding));
  }

  /** The registers that none of these tests excludes. */
  registers(...tests: RegisterTest[]): Register[] {
    const { map } = this.target;
    return map.registers.filter((register) => tests.every((test) => included(map, register, test)));
  }

  reset(domain: string = this.target.map.domains[0] ?? 'power'): void {
    const done = this.target.reset(domain) ?? domain;
    this.#note({ kind: 'reset', domain: done });
    this.#mirror.reset(done);
  }

  /** Reads a register whole, by the widest accesses that it takes; the mirror judges them. */
  read(register: Register): bigint {
    this.#select(register);
    return this.#parts(register).reduce((all, { offset, size, lsb }) => {
      return all | placed(this.readAt(offset, size, register), lsb);
    }, 0n);
  }

  write(register: Register, value: bigint): void {
    this.#select(register);
    for (const { offset, size, lsb } of this.#parts(register)) {
      this.writeAt(offset, size, part(value, lsb, size * 8), register);
    }
  }

  readAt(offset: number, size: AccessSize, register?: Register): bigint {
    const { target } = this;
    const value = size === 8 ? target.read64(offset) : BigInt(target.read(offset, size));
    this.#note({ kind: 'read', register: register?.name, offset, size, value });
    const [low, high] = halves(value);
    this.#mirror.read(offset, size, low, high);
    return value;
  }

  writeAt(offset: number, size: AccessSize, value: bigint, register?: Register): void {
    const { target } = this;
    if (size === 8) target.write64(offset, value);
    else target.write(offset, size, Number(value));
    this.#note({ kind: 'write', register: register?.name, offset, size, value });
    const [low, high] = halves(value);
    this.#mirror.write(offset, size, low, high);
  }

  /** A random value, of as many bits as an access of `size` bytes carries. */
  random(size: AccessSize): bigint {
    const value = joined(this.#random.uint32(), this.#random.uint32());
    return value & fieldMask(size * 8 - 1, 0);
  }

  /** What a write must carry that changes no field, as far as that is possible. */
  quiet(register: Register): bigint {
    const { value } = this.#mirror.expected(register.name);
    return register.fields.reduce((all, { write, mask, gap }) => {
      if (write === 'w0c' || write === 'w0s' || write === 'w0t') return all | mask;
      const held = write === 'value' || write === 'value-once' || gap?.word === 'reserved';
      return held ? all | (value & mask) : all;
    }, 0n);
  }

  /** Reports what the mirror does not judge. */
  found(register: Register, expected: bigint, seen: bigint, text: string): void {
    const sequence = this.#steps.slice(-SHOWN_STEPS);
    this.findings.push({ register: register.name, fields: [], expected, seen, text, sequence });
  }

  /** Brings a paged register onto the bus. */
  #select(register: Register): void {
    const { map } = this.target;
    const [registerName, fieldName] = map.map.pageBy ?? [];
    if (register.page < 0 || registerName === undefined) return;
    const selector = map.byName.get(registerName) as Register;
    const field = selector.fields.find(({ name }) => name === fieldName);
    const { value, known } = this.#mirror.expected(selector.name);
    const mask = field?.mask ?? 0n;
    const wanted = placed(BigInt(register.page), field?.lsb ?? 0);
    if ((known & mask) === mask && (value & mask) === wanted) return;
    this.write(selector, (this.quiet(selector) & ~mask) | wanted);
  }

  #parts(register: Register): { offset: number; size: AccessSize; lsb: number }[] {
    const { map } = this.target;
    const { at, bytes } = register;
    const size = unit(map, register) ?? bytes;
    return Array.from({ length: bytes / size }, (_, index) => {
      const from = index * size;
      const place = map.map.endian === 'big' ? bytes - size - from : from;
      return { offset: at + from, size, lsb: place * 8 };
    });
  }

  #note(step: Step): void {
    this.#steps.push(step);
    if (this.#steps.length > SHOWN_STEPS * 2) this.#steps.splice(0, SHOWN_STEPS);
  }

  #judge(finding: MirrorFinding): void {
    // What a check does against the map, it does on purpose.
    if (finding.subject === 'driver' || finding.register === undefined) return;
    const { register, fields, expected, seen } = finding;
    const again = ({ register: name, fields: names }: RegisterFinding) =>
      name === register && names.join() === fields.join();
    if (this.findings.some(again)) return;
    const sequence = this.#steps.slice(-SHOWN_STEPS);
    this.findings.push({
      register,
      fields,
      expected,
      seen,
      text: describeFinding(finding),
      sequence,
    });
  }
}
