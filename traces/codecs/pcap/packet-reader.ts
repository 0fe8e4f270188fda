/**
 * Packets of a pcap or pcapng file as they come. pcapng: IETF draft-tuexen-opsawg-pcapng; pcap: its
 * classic header of 24 bytes (both secondary: our notes, and files that tshark reads and writes).
 * Blocks that are no packets are passed over by their length.
 */
import { TraceError, atByte } from '../../format/trace-error.ts';
import { PendingBytes } from '../pending-bytes.ts';

/** A packet, valid until the next one. */
export interface Packet {
  linkType: number;
  /** Since 1970; undefined where the block has no time. */
  seconds: number | undefined;
  ns: number;
  /** What was captured, of how much there was. */
  bytes: Uint8Array;
  originalLength: number;
  /** The byte order of the section: that of the machine that captured. */
  isLittle: boolean;
  /** Packets that were lost before this one. */
  lost: number;
  /** Where it begins in the file. */
  offset: number;
}

const BLOCK_MAX = 16_777_216;
const INTERFACES_MAX = 4096;
const PCAP_HEAD = 24;
const RECORD_HEAD = 16;

const SECTION = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;
const INTERFACE = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const PACKET = 6;
const SMALLEST_BLOCK = 12;
/** Bytes of a block before its options, and in a packet before its data. */
const SECTION_HEAD = 24;
const INTERFACE_HEAD = 16;
const PACKET_HEAD = 28;
const SIMPLE_HEAD = 12;

const OPTION_COMMENT = 1;
const OPTION_RESOLUTION = 9;
const OPTION_OFFSET = 14;
const DROPS_UNKNOWN = 0xffff;

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;

interface Interface {
  readonly linkType: number;
  /** Units of time in a second. */
  readonly perSecond: bigint;
  readonly offsetSeconds: number;
}

export class PacketReader {
  /** `pcap` or `pcapng`, known from the first bytes. */
  kind: 'pcap' | 'pcapng' | undefined;
  /** The comment of the first section. */
  comment = '';
  readonly #pending = new PendingBytes();
  #isLittle = true;
  #interfaces: Interface[] = [];
  #nsPerUnit = 1000;
  #linkType = 0;

  add(chunk: Uint8Array): void {
    this.#pending.add(chunk);
  }

  /** The next packet, or undefined when more bytes must be added. @throws TraceError */
  next(): Packet | undefined {
    if (this.kind === undefined && !this.#begin()) return undefined;
    return this.kind === 'pcap' ? this.#record() : this.#block();
  }

  /** @throws TraceError when the file ends within a packet, or before its header does */
  finish(): void {
    if (this.kind === undefined) throw this.#error('this is neither pcap nor pcapng');
    if (this.#pending.length > 0) throw this.#error('the file ends within what begins here');
  }

  #begin(): boolean {
    const view = this.#pending.view(4);
    if (view === undefined) return false;
    const magic = view.getUint32(0, true);
    if (magic === SECTION) {
      this.kind = 'pcapng';
      return true;
    }
    const known = [MICROSECONDS, NANOSECONDS];
    this.#isLittle = known.includes(magic);
    if (!this.#isLittle && !known.includes(view.getUint32(0, false))) {
      throw this.#error('this is neither pcap nor pcapng');
    }
    const head = this.#pending.view(PCAP_HEAD);
    if (head === undefined) return false;
    this.#nsPerUnit = head.getUint32(0, this.#isLittle) === NANOSECONDS ? 1 : 1000;
    // The upper bits tell of a checksum behind each frame.
    this.#linkType = head.getUint32(20, this.#isLittle) & 0x0fff_ffff;
    this.#pending.skip(PCAP_HEAD);
    this.kind = 'pcap';
    return true;
  }

  #record(): Packet | undefined {
    const pending = this.#pending;
    const head = pending.view(RECORD_HEAD);
    if (head === undefined) return undefined;
    const isLittle = this.#isLittle;
    const length = head.getUint32(8, isLittle);
    if (length > BLOCK_MAX) throw this.#error(`a packet has at most ${BLOCK_MAX} bytes`);
    if (pending.length < RECORD_HEAD + length) return undefined;
    const fraction = head.getUint32(4, isLittle) * this.#nsPerUnit;
    if (fraction >= 1e9) throw this.#error('the time of this packet is no time');
    const packet = {
      linkType: this.#linkType,
      seconds: head.getUint32(0, isLittle),
      ns: fraction,
      originalLength: head.getUint32(12, isLittle),
      bytes: pending.bytes(RECORD_HEAD + length).subarray(RECORD_HEAD),
      isLittle,
      lost: 0,
      offset: pending.offset,
    };
    pending.skip(RECORD_HEAD + length);
    return packet;
  }

  #block(): Packet | undefined {
    const pending = this.#pending;
    for (;;) {
      const head = pending.view(SMALLEST_BLOCK);
      if (head === undefined) return undefined;
      const type = head.getUint32(0, this.#isLittle);
      if (type === SECTION) this.#byteOrder(head);
      const length = head.getUint32(4, this.#isLittle);
      if (length < SMALLEST_BLOCK || length % 4 !== 0 || length > BLOCK_MAX) {
        throw this.#error(`a block has 12 to ${BLOCK_MAX} bytes, a multiple of 4`);
      }
      const block = pending.view(length);
      if (block === undefined) return undefined;
      if (block.getUint32(length - 4, this.#isLittle) !== length) {
        throw this.#error('the lengths before and behind this block differ');
      }
      const packet = this.#read(type, block);
      pending.skip(length);
      if (packet !== undefined) return packet;
    }
  }

  #byteOrder(head: DataView): void {
    const isLittle = head.getUint32(8, true) === BYTE_ORDER;
    if (!isLittle && head.getUint32(8, false) !== BYTE_ORDER) {
      throw this.#error('the byte order of this section is unknown');
    }
    this.#isLittle = isLittle;
    this.#interfaces = [];
  }

  #read(type: number, block: DataView): Packet | undefined {
    if (type === SECTION) this.#section(block);
    else if (type === INTERFACE) this.#interface(block);
    else if (type === PACKET || type === OLD_PACKET) return this.#packet(block, type);
    else if (type === SIMPLE_PACKET) return this.#simple(block);
    return undefined;
  }

  #section(block: DataView): void {
    if (block.byteLength < SECTION_HEAD + 4) throw this.#error('this section is too short');
    if (this.comment !== '' || this.#pending.offset > 0) return;
    this.#options(block, SECTION_HEAD, (code, value) => {
      if (code === OPTION_COMMENT) this.comment = new TextDecoder().decode(value);
    });
  }

  #interface(block: DataView): void {
    if (block.byteLength < INTERFACE_HEAD + 4) throw this.#error('this interface is too short');
    if (this.#interfaces.length === INTERFACES_MAX) {
      throw this.#error(`a section has at most ${INTERFACES_MAX} interfaces`);
    }
    let perSecond = 1_000_000n;
    let offsetSeconds = 0;
    this.#options(block, INTERFACE_HEAD, (code, value) => {
      const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
      if (code === OPTION_RESOLUTION && value.length === 1) perSecond = unitsOf(view.getUint8(0));
      if (code === OPTION_OFFSET && value.length === 8) {
        offsetSeconds = Number(view.getBigInt64(0, this.#isLittle));
      }
    });
    const linkType = block.getUint16(8, this.#isLittle);
    this.#interfaces.push({ linkType, perSecond, offsetSeconds });
  }

  /** Calls back for each option of a block, from its place on. */
  #options(block: DataView, from: number, take: (code: number, value: Uint8Array) => void): void {
    const end = block.byteLength - 4;
    for (let at = from; at + 4 <= end;) {
      const code = block.getUint16(at, this.#isLittle);
      const length = block.getUint16(at + 2, this.#isLittle);
      if (code === 0) return;
      if (at + 4 + length > end) throw this.#error('an option goes beyond its block');
      take(code, new Uint8Array(block.buffer, block.byteOffset + at + 4, length));
      at += 4 + Math.ceil(length / 4) * 4;
    }
  }

  #packet(block: DataView, type: number): Packet {
    const isLittle = this.#isLittle;
    if (block.byteLength < PACKET_HEAD + 4) throw this.#error('this packet is too short');
    const isOld = type === OLD_PACKET;
    const number = isOld ? block.getUint16(8, isLittle) : block.getUint32(8, isLittle);
    const drops = isOld ? block.getUint16(10, isLittle) : 0;
    const { linkType, perSecond, offsetSeconds } = this.#interfaceOf(number);
    const units =
      BigInt(block.getUint32(12, isLittle)) * 0x1_0000_0000n +
      BigInt(block.getUint32(16, isLittle));
    return {
      linkType,
      seconds: Number(units / perSecond) + offsetSeconds,
      ns: Number(((units % perSecond) * 1_000_000_000n) / perSecond),
      bytes: this.#data(block, PACKET_HEAD, block.getUint32(20, isLittle)),
      originalLength: block.getUint32(24, isLittle),
      isLittle,
      lost: drops === DROPS_UNKNOWN ? 0 : drops,
      offset: this.#pending.offset,
    };
  }

  #simple(block: DataView): Packet {
    if (block.byteLength < SIMPLE_HEAD + 4) throw this.#error('this packet is too short');
    const { linkType } = this.#interfaceOf(0);
    const originalLength = block.getUint32(8, this.#isLittle);
    const length = Math.min(originalLength, block.byteLength - SIMPLE_HEAD - 4);
    return {
      linkType,
      seconds: undefined,
      ns: 0,
      bytes: this.#data(block, SIMPLE_HEAD, length),
      originalLength,
      isLittle: this.#isLittle,
      lost: 0,
      offset: this.#pending.offset,
    };
  }

  #interfaceOf(number: number): Interface {
    const found = this.#interfaces[number];
    if (found === undefined) throw this.#error(`this section has no interface ${number}`);
    return found;
  }

  #data(block: DataView, from: number, length: number): Uint8Array {
    if (from + length > block.byteLength - 4) throw this.#error('a packet goes beyond its block');
    return new Uint8Array(block.buffer, block.byteOffset + from, length);
  }

  #error(sentence: string): TraceError {
    return new TraceError(sentence, atByte(this.#pending.offset));
  }
}

/** A power of ten, or of two where the top bit is set; beyond what makes sense: nanoseconds. */
function unitsOf(resolution: number): bigint {
  const exponent = resolution & 0x7f;
  if (resolution >= 0x80) return 2n ** BigInt(Math.min(exponent, 63));
  return 10n ** BigInt(Math.min(exponent, 18));
}

/** Whether a file that begins so is pcap or pcapng. */
export function isPcap(start: Uint8Array): boolean {
  if (start.length < 4) return false;
  const view = new DataView(start.buffer, start.byteOffset, 4);
  const [little, big] = [view.getUint32(0, true), view.getUint32(0, false)];
  return (
    little === SECTION || [MICROSECONDS, NANOSECONDS].some((it) => it === little || it === big)
  );
}
