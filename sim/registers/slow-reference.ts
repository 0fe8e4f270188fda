/**
 * A second opinion for the tests: a register file of single bits that follows the table of access
 * policies word by word (UVM's 25 names and the combinations that have none), byte by byte. It
 * shares nothing with the bank but the declaration.
 */
import type { FieldDeclaration, RegisterDeclaration, RegisterMap } from './declare.ts';
import type { ReadEffect, WriteEffect } from './effects.ts';

interface Bit {
  state: boolean;
  written: boolean;
  readonly reset: boolean;
  readonly read: ReadEffect;
  readonly write: WriteEffect;
  readonly keptBy: readonly string[];
}
interface Slow {
  readonly at: number;
  readonly bytes: number;
  readonly sizes: readonly number[];
  /** Least significant first; undefined where no field lies. */
  readonly bits: readonly (Bit | undefined)[];
}

const AFTER_READ: Record<ReadEffect, (c: boolean) => boolean> = {
  none: (c) => c,
  value: (c) => c,
  clear: () => false,
  set: () => true,
};
const AFTER_WRITE: Record<WriteEffect, (c: boolean, w: boolean, first: boolean) => boolean> = {
  ignore: (c) => c,
  value: (_, w) => w,
  clear: () => false,
  set: () => true,
  w1c: (c, w) => c && !w,
  w1s: (c, w) => c || w,
  w1t: (c, w) => c !== w,
  w0c: (c, w) => c && w,
  w0s: (c, w) => c || !w,
  w0t: (c, w) => c === w,
  'value-once': (c, w, first) => (first ? w : c),
};

export class SlowRegisters {
  readonly #map: RegisterMap;
  readonly #registers: readonly Slow[];

  /** Only declarations with both axes written out, without pages and arrays. */
  constructor(map: RegisterMap) {
    this.#map = map;
    this.#registers = Object.values(map.registers).map((register) => slow(map, register));
  }

  reset(domain: string): void {
    for (const { bits } of this.#registers) {
      for (const bit of bits) {
        if (bit === undefined || bit.keptBy.includes(domain)) continue;
        bit.state = bit.reset;
        bit.written = false;
      }
    }
  }

  read(offset: number, size: number): bigint {
    const touched = this.#touched(offset, size, 'read');
    if (touched === undefined)
      return this.#map.refused === 'zeros' ? 0n : 2n ** BigInt(size * 8) - 1n;
    const bytes = Array.from({ length: size }, (_, index) => this.#byte(offset + index));
    for (const register of touched) {
      for (const bit of register.bits) if (bit) bit.state = AFTER_READ[bit.read](bit.state);
    }
    if (this.#map.endian !== 'big') bytes.reverse();
    return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
  }

  write(offset: number, size: number, value: bigint): void {
    const touched = this.#touched(offset, size, 'write');
    if (touched === undefined) return;
    for (let index = 0; index < size; index++) {
      const place = this.#map.endian === 'big' ? size - 1 - index : index;
      const byte = (value / 256n ** BigInt(place)) % 256n;
      this.#bitsAt(offset + index).forEach((bit, number) => {
        if (bit === undefined) return;
        const one = (byte / 2n ** BigInt(number)) % 2n === 1n;
        bit.state = AFTER_WRITE[bit.write](bit.state, one, !bit.written);
        bit.written = true;
      });
    }
  }

  /** Undefined when the access is refused; else the registers that it reaches. */
  #touched(offset: number, size: number, side: 'read' | 'write'): Slow[] | undefined {
    const covering = Array.from({ length: size }, (_, index) => this.#at(offset + index));
    if (covering.includes(undefined)) return undefined;
    const registers = [...new Set(covering as Slow[])];
    if (registers.some(({ sizes }) => !sizes.includes(size))) return undefined;
    const [first] = registers;
    const whole = first?.at === offset && first.bytes === size;
    if (!whole && offset % size !== 0 && this.#map.unaligned !== true) return undefined;
    const reached = registers.filter(({ bits }) =>
      side === 'read' ? canRead(bits) : canWrite(bits),
    );
    // A register that can neither be read nor written answers all the same.
    const dead = registers.filter(({ bits }) => !canRead(bits) && !canWrite(bits));
    return reached.length + dead.length === 0 ? undefined : reached;
  }

  #at(offset: number): Slow | undefined {
    return this.#registers.find(({ at, bytes }) => offset >= at && offset < at + bytes);
  }

  #bitsAt(offset: number): readonly (Bit | undefined)[] {
    const { at, bytes, bits } = this.#at(offset) as Slow;
    const byte = this.#map.endian === 'big' ? bytes - 1 - (offset - at) : offset - at;
    return bits.slice(byte * 8, byte * 8 + 8);
  }

  #byte(offset: number): number {
    return this.#bitsAt(offset).reduce(
      (sum, bit, number) => sum + (bit?.state && bit.read !== 'none' ? 2 ** number : 0),
      0,
    );
  }
}

function canRead(bits: Slow['bits']): boolean {
  return bits.some((bit) => bit !== undefined && bit.read !== 'none');
}

function canWrite(bits: Slow['bits']): boolean {
  return bits.some((bit) => bit !== undefined && bit.write !== 'ignore');
}

function slow(map: RegisterMap, register: RegisterDeclaration): Slow {
  const width = register.width ?? map.width;
  const whole: FieldDeclaration = { ...(register as object), bits: [width - 1, 0] };
  const bits: (Bit | undefined)[] = Array.from({ length: width });
  for (const field of Object.values(register.fields ?? { whole })) {
    const [msb, lsb] = field.bits;
    for (let at = lsb; at <= msb; at++) {
      const reset = (BigInt(field.reset ?? 0) / 2n ** BigInt(at - lsb)) % 2n === 1n;
      const { read = 'value', write = 'value', keptBy = [] } = field;
      bits[at] = { state: reset, written: false, reset, read, write, keptBy };
    }
  }
  return {
    at: register.at,
    bytes: width / 8,
    sizes: register.sizes ?? map.sizes ?? [width / 8],
    bits,
  };
}
