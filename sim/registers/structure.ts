/**
 * Structures in memory: fields of little-endian bytes, declared once as a table and reached without
 * allocation. Registers of a device are declared in maps; this is for what lies in host memory.
 */

/** Byte offset, first bit counted from that byte, width in bits. */
export type FieldPlace = readonly [byte: number, bit: number, width: number];

export interface StructureDeclaration {
  readonly name: string;
  readonly bytes: number;
  readonly fields: Readonly<Record<string, FieldPlace>>;
}

export type Structure<D extends StructureDeclaration> = {
  readonly [N in keyof D['fields']]: StructureField;
} & { readonly bytes: number; readonly names: readonly (keyof D['fields'] & string)[] };

const WORD = 0x1_0000_0000;

/** A field of up to 32 bits within four bytes, of 64 bits, or of whole bytes of any number. */
export class StructureField {
  readonly byte: number;
  readonly bit: number;
  readonly width: number;
  /** First byte that is touched, and how many; a field of few bits touches as few bytes. */
  readonly #first: number;
  readonly #count: number;
  readonly #shift: number;
  readonly #mask: number;

  constructor(byte: number, bit: number, width: number) {
    this.byte = byte + (bit >>> 3);
    this.bit = bit & 7;
    this.width = width;
    this.#first = this.byte;
    this.#shift = this.bit;
    this.#count = (this.bit + width + 7) >>> 3;
    this.#mask = width >= 32 ? 0xffffffff : 2 ** width - 1;
  }

  /** The value in the structure at `at`; of more than 64 bits the low 64, as far as 2^53. */
  get(bytes: Uint8Array, at = 0): number {
    const from = at + this.#first;
    const count = this.#count;
    if (count === 1) return ((bytes[from] as number) >>> this.#shift) & this.#mask;
    if (count === 2) {
      const both = (bytes[from] as number) | ((bytes[from + 1] as number) << 8);
      return (both >>> this.#shift) & this.#mask;
    }
    const low = wordAt(bytes, from);
    if (count <= 4) return ((low >>> this.#shift) & this.#mask) >>> 0;
    return wordAt(bytes, from + 4) * WORD + low;
  }

  /** Sets the field and leaves its neighbours; of more than 64 bits the low 64. */
  set(bytes: Uint8Array, at: number, value: number): void {
    const from = at + this.#first;
    const count = this.#count;
    if (count > 4) {
      setWord(bytes, from, value % WORD);
      setWord(bytes, from + 4, Math.floor(value / WORD));
      return;
    }
    let word = (value & this.#mask) << this.#shift;
    let kept = ~(this.#mask << this.#shift);
    for (let index = from; index < from + count; index++) {
      bytes[index] = ((bytes[index] as number) & kept) | word;
      word >>= 8;
      kept >>= 8;
    }
  }

  /** All 64 bits. */
  getBig(bytes: Uint8Array, at = 0): bigint {
    const from = at + this.#first;
    if (this.#count <= 4) return BigInt(this.get(bytes, at));
    return BigInt(wordAt(bytes, from + 4)) * BigInt(WORD) + BigInt(wordAt(bytes, from));
  }

  setBig(bytes: Uint8Array, at: number, value: bigint): void {
    const from = at + this.#first;
    if (this.#count <= 4) {
      this.set(bytes, at, Number(value));
      return;
    }
    setWord(bytes, from, Number(value & 0xffffffffn));
    setWord(bytes, from + 4, Number((value >> 32n) & 0xffffffffn));
  }

  /** The bytes themselves, of a field of whole bytes. */
  view(bytes: Uint8Array, at = 0): Uint8Array {
    return bytes.subarray(at + this.byte, at + this.byte + this.width / 8);
  }

  /** ASCII, filled with spaces. */
  setText(bytes: Uint8Array, at: number, text: string): void {
    const view = this.view(bytes, at);
    for (let index = 0; index < view.length; index++) {
      view[index] = index < text.length ? text.charCodeAt(index) & 0x7f : 0x20;
    }
  }

  /** ASCII without the spaces (or zeros) at its end. */
  getText(bytes: Uint8Array, at = 0): string {
    return String.fromCharCode(...this.view(bytes, at)).replace(/[ \0]+$/, '');
  }
}

/**
 * `Command.OPC.get(bytes, at)` reads a field of the structure that begins at byte `at`.
 * @throws RangeError naming the field that overlaps another, leaves the structure or crosses a word
 */
export function structure<const D extends StructureDeclaration>(declaration: D): Structure<D> {
  const { name, bytes, fields } = declaration;
  const taken = new Set<number>();
  const made = Object.entries(fields).map(([field, [byte, bit, width]]) => {
    const where = `${name}.${field}`;
    const first = byte * 8 + bit;
    if (first < 0 || width < 1 || first + width > bytes * 8) {
      throw new RangeError(`${where} leaves the ${bytes} bytes of its structure.`);
    }
    if (width > 32 && (first % 8 !== 0 || width % 8 !== 0 || width < 64)) {
      throw new RangeError(`${where}: more than 32 bits are whole bytes, from 8 on.`);
    }
    if (width <= 32 && (first % 8) + width > 32) {
      throw new RangeError(`${where}: a field of ${width} bits must lie within four bytes.`);
    }
    for (let at = first; at < first + width; at++) {
      if (taken.has(at)) throw new RangeError(`${where} overlaps another field at bit ${at}.`);
      taken.add(at);
    }
    return [field, new StructureField(byte, bit, width)] as const;
  });
  const names = Object.keys(fields);
  return { ...Object.fromEntries(made), bytes, names } as unknown as Structure<D>;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)) >>>
    0
  );
}

function setWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 0xff;
  bytes[at + 1] = (value >>> 8) & 0xff;
  bytes[at + 2] = (value >>> 16) & 0xff;
  bytes[at + 3] = value >>> 24;
}
