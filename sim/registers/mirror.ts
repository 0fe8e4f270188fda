/**
 * The passive predictor: from the reads and writes seen on a bus it keeps what each register must
 * hold, reports what the device or the driver does against the map, and feeds register coverage.
 * It works on any target, since it sees nothing but offsets, sizes and values.
 *
 * What it does not know it does not judge: volatile fields, everything before the first reset or
 * read, registers of a page whose selection is unknown.
 */
import { type BankTables, Info, tablesOf } from './bank-tables.ts';
import { type CompiledMap, type Register, fieldMask } from './compile.ts';
import { Effect, RegisterCoverage, type Refusal } from './coverage.ts';
import type { AccessSize } from './declare.ts';
import { Column, fixedByWrite, nextOnWrite } from './lane-table.ts';
import { type Piece, type Side, halves, joined, refusal, split } from './split.ts';

export interface MirrorFinding {
  /** Who is at fault. */
  readonly subject: 'device' | 'driver';
  /**
   * `value`: a read returned what no policy allows. `read-only`: a write tries to change bits that
   * it cannot change; `reserved`: bits that nothing names. The others: the map refuses the access.
   */
  readonly kind: 'value' | 'reserved' | Refusal;
  readonly access: Side;
  readonly offset: number;
  readonly size: AccessSize;
  /** Undefined where no register lies. */
  readonly register: string | undefined;
  /** The fields concerned; none for unnamed bits. */
  readonly fields: readonly string[];
  /** The bits of the register that are concerned, and their values there. */
  readonly bits: bigint;
  readonly expected: bigint;
  readonly seen: bigint;
}

type Report = (finding: MirrorFinding) => void;

const { STRIDE_BITS } = Column;
const { SIZE, WIDE, LANE_SHIFT } = Info;
const ALL = 0xffffffff;
const UNKNOWN_PAGE = -1;

export class RegisterMirror {
  readonly map: CompiledMap;
  readonly coverage: RegisterCoverage;
  readonly #report: Report;
  readonly #tables: BankTables;
  /** By lane: what is held, and which bits of it are certain. */
  readonly #state: Uint32Array;
  readonly #known: Uint32Array;
  /** Write-once bits that are spent, and those of which that is certain. */
  readonly #spent: Uint32Array;
  readonly #spentKnown: Uint32Array;

  /** Nothing is known until a `reset` or what the accesses tell. */
  constructor(map: CompiledMap, report: Report = () => {}) {
    this.map = map;
    this.coverage = new RegisterCoverage(map);
    this.#report = report;
    this.#tables = tablesOf(map);
    this.#state = new Uint32Array(map.lanes);
    this.#known = new Uint32Array(map.lanes);
    this.#spent = new Uint32Array(map.lanes);
    this.#spentKnown = new Uint32Array(map.lanes);
  }

  /** The device was reset; without a name, by the strongest domain. */
  reset(domain: string = this.map.domains[0] ?? 'power'): void {
    const mask = this.map.resettable.get(domain);
    if (mask === undefined) {
      throw new RangeError(`${this.map.map.name} has no reset domain named ${domain}.`);
    }
    const { reset, resetKnown, volatile, defined } = this.map.masks;
    for (let lane = 0; lane < mask.length; lane++) {
      // Bits that nothing names are taken for zero until they are read.
      const bits = mask[lane]! | ~defined[lane]!;
      this.#state[lane] = (this.#state[lane]! & ~bits) | (reset[lane]! & bits);
      this.#known[lane] =
        (this.#known[lane]! & ~bits) | (bits & resetKnown[lane]! & ~volatile[lane]!);
      this.#spent[lane] = this.#spent[lane]! & ~bits;
      this.#spentKnown[lane] = this.#spentKnown[lane]! | bits;
    }
  }

  /** Something that the bus does not show may have changed everything. */
  forget(): void {
    this.#known.fill(0);
    this.#spentKnown.fill(0);
  }

  /** A read was seen; `high` is the upper half of eight bytes. */
  read(offset: number, size: AccessSize, value: number, high = 0): void {
    this.#access('read', offset, size, value, high);
  }

  /** A write was seen. */
  write(offset: number, size: AccessSize, value: number, high = 0): void {
    this.#access('write', offset, size, value, high);
  }

  /** What a register must hold, and which bits of that are certain. */
  expected(name: string): { value: bigint; known: bigint } {
    const register = this.map.byName.get(name);
    if (register === undefined) {
      throw new RangeError(`${this.map.map.name} has no register named ${name}.`);
    }
    const known = this.#of(this.#known, register);
    return { value: this.#of(this.#state, register) & known, known };
  }

  #access(side: Side, offset: number, size: AccessSize, value: number, high: number): void {
    if (this.#whole(side, offset, size, value)) return;
    const page = this.#page(offset, size);
    if (page === UNKNOWN_PAGE) return;
    const refused = refusal(this.map, side, page, offset, size);
    if (refused !== undefined) {
      this.#refused(refused, page, { side, offset, size, whole: joined(value, high) });
      return;
    }
    const whole = joined(value, high);
    for (const piece of split(this.map, side, page, offset, size)) {
      const { register, inAccess, inRegister, ones } = piece;
      const part = ((whole >> inAccess) & ones) << inRegister;
      const seen: Seen = { side, offset, size, register, part, carried: ones << inRegister };
      if (side === 'read') this.#sawRead(seen, piece.reached);
      else this.#sawWrite(seen, piece);
    }
  }

  /** The common case, without BigInt: exactly one register of up to 32 bits, on a single page. */
  #whole(side: Side, offset: number, size: AccessSize, value: number): boolean {
    if (this.map.pages.length !== 1) return false;
    const entry = this.#tables[side][0]?.[offset] ?? 0;
    const info = this.#tables.info[entry] ?? 0;
    if ((info & SIZE) !== size || (info & WIDE) !== 0) return false;
    const slot = entry - 1;
    const lane = info >>> LANE_SHIFT;
    const carried = size === 4 ? ALL : (1 << (size * 8)) - 1;
    const access = { side, offset, size };
    if (side === 'read') this.#readWhole(access, slot, lane, value & carried, carried);
    else this.#writeWhole(access, slot, lane, value & carried, carried);
    return true;
  }

  #readWhole(access: Where, slot: number, lane: number, value: number, carried: number): void {
    this.coverage.read(slot, access.size, access.size);
    const wrong = this.#readLane(slot, lane, value, carried);
    if (wrong !== 0) this.#foundWhole('device', 'value', access, slot, value, wrong);
    this.#learnLane(slot, lane, value, carried);
  }

  #writeWhole(access: Where, slot: number, lane: number, value: number, carried: number): void {
    const readOnly = this.#attempted(lane, value, carried);
    const reserved = this.#disturbed(lane, value, carried);
    if (readOnly !== 0) this.#foundWhole('driver', 'read-only', access, slot, value, readOnly);
    if (reserved !== 0) this.#foundWhole('driver', 'reserved', access, slot, value, reserved);
    this.coverage.write(slot, access.size, access.size);
    this.#storeLane(slot, lane, value, carried);
  }

  /** The selected page; unknown where the offset means something else on different pages. */
  #page(offset: number, size: AccessSize): number {
    const { pages, pageField } = this.map;
    if (pages.length === 1) return 0;
    if (pageField !== undefined) {
      const { lane, lsb, mask } = pageField;
      const known = (this.#known[lane]! >>> lsb) & mask;
      if (known === mask) return (this.#state[lane]! >>> lsb) & mask;
    }
    for (let byte = offset; byte < offset + size; byte++) {
      for (const each of ['read', 'write'] as const) {
        const register = this.map.find(each, 0, byte);
        if (pages.some((_, page) => this.map.find(each, page, byte) !== register)) {
          return UNKNOWN_PAGE;
        }
      }
    }
    return 0;
  }

  #refused(why: Refusal, page: number, access: Access): void {
    this.coverage.refuse(why);
    const { side, offset, size, whole } = access;
    const register = this.map.find('read', page, offset) ?? this.map.find('write', page, offset);
    if (why === 'read-only' && register !== undefined && size === register.bytes) {
      const { value, known } = this.expected(register.name);
      // Writing back what a read-only register holds changes nothing.
      if (known === fieldMask(size * 8 - 1, 0) && value === whole) return;
    }
    this.#report({
      subject: 'driver',
      kind: why,
      access: side,
      offset,
      size,
      register: register?.name,
      fields: [],
      bits: 0n,
      expected: 0n,
      seen: whole,
    });
  }

  #sawRead(seen: Seen, reached: boolean): void {
    if (!reached) return;
    const { register, part, carried } = seen;
    const { slot, lane, bytes } = register;
    this.coverage.read(slot, seen.size, bytes);
    const values = halves(part);
    const masks = halves(carried);
    let wrong = 0n;
    for (let index = 0; index < (bytes === 8 ? 2 : 1); index++) {
      const bits = this.#readLane(slot, lane + index, values[index]!, masks[index]!);
      wrong |= BigInt(bits) << BigInt(index * 32);
    }
    if (wrong !== 0n) this.#found('device', 'value', seen, wrong);
    for (let index = 0; index < (bytes === 8 ? 2 : 1); index++) {
      this.#learnLane(slot, lane + index, values[index]!, masks[index]!);
    }
  }

  /** Returns the bits that no policy allows. */
  #readLane(slot: number, lane: number, value: number, carried: number): number {
    const { readable, volatile } = this.map.masks;
    this.coverage.saw(slot, lane, value, carried & readable[lane]!);
    const judged = this.#known[lane]! & readable[lane]! & ~volatile[lane]! & carried;
    return ((value ^ this.#state[lane]!) & judged) >>> 0;
  }

  /** What was read is held, until the read's own effect. */
  #learnLane(slot: number, at: number, value: number, carried: number): void {
    const { readable, reserved, readClear, readSet, volatile } = this.map.masks;
    const learnt = (readable[at]! | reserved[at]!) & carried;
    const held = (this.#state[at]! & ~learnt) | (value & learnt);
    const known = this.#known[at]! | (learnt & ~volatile[at]!);
    if ((held & known & readClear[at]!) !== 0) this.coverage.effect(slot, Effect.READ_CLEAR);
    if ((~held & known & readSet[at]!) !== 0) this.coverage.effect(slot, Effect.READ_SET);
    const forced = (readClear[at]! | readSet[at]!) & ~volatile[at]!;
    this.#state[at] = (held & ~readClear[at]!) | readSet[at]!;
    this.#known[at] = known | forced;
  }

  #sawWrite(seen: Seen, { reached }: Piece): void {
    const { register, part, carried } = seen;
    const { slot, lane, bytes } = register;
    const values = halves(part);
    const masks = halves(carried);
    let readOnly = 0n;
    let reserved = 0n;
    for (let index = 0; index < (bytes === 8 ? 2 : 1); index++) {
      const at = lane + index;
      const shift = BigInt(index * 32);
      readOnly |= BigInt(this.#attempted(at, values[index]!, masks[index]!)) << shift;
      reserved |= BigInt(this.#disturbed(at, values[index]!, masks[index]!)) << shift;
    }
    if (readOnly !== 0n) this.#found('driver', 'read-only', seen, readOnly);
    if (reserved !== 0n) this.#found('driver', 'reserved', seen, reserved);
    if (!reached) return;
    this.coverage.write(slot, seen.size, bytes);
    for (let index = 0; index < (bytes === 8 ? 2 : 1); index++) {
      this.#storeLane(slot, lane + index, values[index]!, masks[index]!);
    }
  }

  /**
   * Read-only bits that a write tries to set. Zeros are what a driver writes that does not mean
   * a bit, so zeros over ones count nowhere.
   */
  #attempted(lane: number, value: number, carried: number): number {
    const { defined, writable, reserved } = this.map.masks;
    const readOnly = defined[lane]! & ~writable[lane]! & ~reserved[lane]! & carried;
    return (value & ~this.#state[lane]! & this.#known[lane]! & readOnly) >>> 0;
  }

  /** Reserved bits that a write does not preserve: as they were read, or zero if unread. */
  #disturbed(lane: number, value: number, carried: number): number {
    return ((value ^ this.#state[lane]!) & this.map.masks.reserved[lane]! & carried) >>> 0;
  }

  #storeLane(slot: number, lane: number, value: number, carried: number): void {
    const { table, masks } = this.map;
    this.coverage.saw(slot, lane, value, masks.writable[lane]! & carried);
    const base = lane << STRIDE_BITS;
    const before = this.#state[lane]!;
    const known = this.#known[lane]!;
    const next = (before & ~carried) | (nextOnWrite(table, base, before, value) & carried);
    this.coverage.wrote(slot, lane, (before ^ next) & known, before);
    this.#state[lane] = next;
    this.#known[lane] =
      known | (fixedByWrite(table, base, value) & carried & ~masks.volatile[lane]!);
    const once = masks.once[lane]! & carried;
    if (once !== 0) this.#writeOnce(slot, lane, value, once);
  }

  #writeOnce(slot: number, lane: number, value: number, once: number): void {
    const certain = this.#spentKnown[lane]!;
    const open = once & certain & ~this.#spent[lane]!;
    const unsure = once & ~certain;
    this.coverage.effect(slot, open === 0 ? Effect.ONCE_IGNORED : Effect.WRITE_ONCE);
    // Stored or not: certain only where both come to the same.
    const differs = unsure & (value ^ this.#state[lane]!);
    this.#state[lane] = (this.#state[lane]! & ~open) | (value & open);
    this.#known[lane] = (this.#known[lane]! & ~differs) | (open & ~this.map.masks.volatile[lane]!);
    this.#spent[lane] = this.#spent[lane]! | once;
    this.#spentKnown[lane] = certain | once;
  }

  #foundWhole(
    subject: MirrorFinding['subject'],
    kind: MirrorFinding['kind'],
    access: Where,
    slot: number,
    value: number,
    bits: number,
  ): void {
    const register = this.map.registers[slot]!;
    const part = BigInt(value >>> 0);
    this.#found(subject, kind, { ...access, register, part }, BigInt(bits));
  }

  #found(
    subject: MirrorFinding['subject'],
    kind: MirrorFinding['kind'],
    { side, offset, size, register, part }: Omit<Seen, 'carried'>,
    bits: bigint,
  ): void {
    const concerned = register.fields.filter(({ mask }) => (mask & bits) !== 0n);
    this.#report({
      subject,
      kind,
      access: side,
      offset,
      size,
      register: register.name,
      fields: concerned.map(({ name }) => name),
      bits,
      expected: this.#of(this.#state, register) & bits,
      seen: part & bits,
    });
  }

  #of(lanes: Uint32Array, { lane, bytes }: Register): bigint {
    return joined(lanes[lane]!, bytes === 8 ? lanes[lane + 1]! : 0);
  }
}

interface Where {
  readonly side: Side;
  readonly offset: number;
  readonly size: AccessSize;
}

interface Access extends Where {
  readonly whole: bigint;
}

/** What one register saw of an access: `part` and `carried` are placed in the register. */
interface Seen extends Where {
  readonly register: Register;
  readonly part: bigint;
  readonly carried: bigint;
}

/** The finding as a sentence. */
export function describeFinding(finding: MirrorFinding): string {
  const { kind, access, size, register, fields, expected, seen, bits } = finding;
  const where = `${register ?? 'no register'} at offset ${hex(finding.offset)}`;
  const names = fields.length === 0 ? '' : ` (${fields.join(', ')})`;
  const bytes = `${size} ${size === 1 ? 'byte' : 'bytes'}`;
  switch (kind) {
    case 'value':
      return `${where}${names} read as ${hex(seen)}, but it can only hold ${hex(expected)}.`;
    case 'reserved':
      return `A write does not preserve reserved bits ${hex(bits)} of ${where}: ${hex(seen)}.`;
    case 'read-only':
      return `A write of ${hex(seen)} tries to change read-only bits of ${where}${names}.`;
    case 'write-only':
      return `A read of ${where}, which is write-only.`;
    case 'undefined':
      return `A ${access} of ${bytes} at offset ${hex(finding.offset)}, where no register lies.`;
    case 'size':
      return `A ${access} of ${bytes} at ${where}, which does not take that size.`;
    case 'unaligned':
      return `An unaligned ${access} of ${bytes} at ${where}.`;
  }
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
