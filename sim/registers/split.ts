/**
 * How one access falls onto registers: it may be narrower than one, cover several, or be refused.
 * The bank and the mirror split alike.
 */
import type { CompiledMap, Register } from './compile.ts';
import type { Refusal } from './coverage.ts';
import type { AccessSize } from './declare.ts';

export type Side = 'read' | 'write';

/** The part of an access that one register takes. */
export interface Piece {
  readonly register: Register;
  /** False for a part that this side does not reach: a write to a read-only neighbour. */
  readonly reached: boolean;
  /** Position of the part in the access and in the register, in bits, and its width. */
  readonly inAccess: bigint;
  readonly inRegister: bigint;
  readonly ones: bigint;
}

/** The parts of an access that is not refused, by ascending address. */
export function split(
  map: CompiledMap,
  side: Side,
  page: number,
  offset: number,
  size: AccessSize,
): Piece[] {
  const pieces: Piece[] = [];
  const big = map.map.endian === 'big';
  for (let done = 0; done < size;) {
    const register = at(map, side, page, offset + done) as Register;
    const from = offset + done - register.at;
    const count = Math.min(register.bytes - from, size - done);
    pieces.push({
      register,
      reached: map.find(side, page, offset + done) !== undefined,
      inAccess: BigInt((big ? size - done - count : done) * 8),
      inRegister: BigInt((big ? register.bytes - from - count : from) * 8),
      ones: (1n << BigInt(count * 8)) - 1n,
    });
    done += count;
  }
  return pieces;
}

/**
 * Why an access is not answered, or undefined. An access that is exactly one register is aligned,
 * wherever that register lies.
 */
export function refusal(
  map: CompiledMap,
  side: Side,
  page: number,
  offset: number,
  size: AccessSize,
): Refusal | undefined {
  const first = at(map, side, page, offset);
  if (first === undefined) return 'undefined';
  const whole = first.at === offset && first.bytes === size;
  let reached = false;
  let illegal: Refusal | undefined;
  if (!whole && offset % size !== 0 && map.map.unaligned !== true) illegal = 'unaligned';
  for (let byte = offset; byte < offset + size;) {
    const register = at(map, side, page, byte);
    if (register === undefined) return 'undefined';
    if (map.find(side, page, byte) !== undefined) reached = true;
    if (!register.sizes.includes(size)) illegal ??= 'size';
    byte = register.at + register.bytes;
  }
  if (!reached) return side === 'read' ? 'write-only' : 'read-only';
  return illegal;
}

/** The register at a byte; where this side has none, the other side's. */
function at(map: CompiledMap, side: Side, page: number, byte: number): Register | undefined {
  return map.find(side, page, byte) ?? map.find(side === 'read' ? 'write' : 'read', page, byte);
}

/** Low and high 32 bits. */
export function halves(value: bigint): [low: number, high: number] {
  return [Number(value & 0xffffffffn), Number(value >> 32n)];
}

export function joined(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** A value moved up to a bit position, and the part of a value that lies there. */
export function placed(value: bigint, lsb: number): bigint {
  return value << BigInt(lsb);
}

export function part(value: bigint, lsb: number, width: number): bigint {
  return (value >> BigInt(lsb)) & ((1n << BigInt(width)) - 1n);
}
