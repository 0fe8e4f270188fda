/**
 * pcapng: requests of USB as usbmon packets (link type 220), which Wireshark dissects; everything
 * else as lines of our text form (link type 147). The header is the comment of the section.
 */
import type { EventBatch } from '../../format/batch.ts';
import type { TraceEncoder } from '../../format/codec.ts';
import type { TraceFooter, TraceHeader } from '../../format/header.ts';
import { headerLines } from '../../format/header-text.ts';
import { eventLine } from '../../format/text-encoder.ts';
import { beganOf } from '../stamp-clock.ts';
import { LinkType } from './link-types.ts';
import { usbmonPacket } from './usbmon.ts';

const USB_INTERFACE = 0;
const PRIVATE_INTERFACE = 1;
const SNAP_LENGTH = 0x1000_0000;
const NANOSECONDS = 9;
const NS_PER_SECOND = 1_000_000_000n;
/** Blocks that are put together. */
const PIECE = 65_536;

const utf8 = new TextEncoder();

export class PcapngEncoder implements TraceEncoder {
  #beganNs = 0n;
  #piece = new Uint8Array(PIECE);
  #used = 0;

  *begin(header: TraceHeader): Iterable<Uint8Array> {
    const [seconds, ns] = beganOf(header);
    this.#beganNs = BigInt(seconds) * NS_PER_SECOND + BigInt(ns);
    this.#block(
      0x0a0d0d0a,
      16,
      (view) => {
        view.setUint32(0, 0x1a2b3c4d, true);
        view.setUint16(4, 1, true);
        view.setBigInt64(8, -1n, true);
      },
      [[1, utf8.encode(headerLines(header).join('\n'))]],
    );
    for (const linkType of [LinkType.UsbLinuxMapped, LinkType.Private]) {
      this.#block(
        1,
        8,
        (view) => {
          view.setUint16(0, linkType, true);
          view.setUint32(4, SNAP_LENGTH, true);
        },
        [[9, Uint8Array.of(NANOSECONDS)]],
      );
    }
    yield* this.#flush();
  }

  *encode(batch: EventBatch): Iterable<Uint8Array> {
    for (let index = 0; index < batch.length; index++) {
      const event = batch.eventAt(index);
      const ns = this.#beganNs + BigInt(event.timeNs);
      const seconds = Number(ns / NS_PER_SECOND);
      const usb = usbmonPacket(event, seconds, Number(ns % NS_PER_SECOND));
      const data = usb ?? utf8.encode(`${eventLine(event, event.timeNs)}\n`);
      this.#packet(usb === undefined ? PRIVATE_INTERFACE : USB_INTERFACE, ns, data);
      if (this.#used >= PIECE) yield* this.#flush();
    }
    yield* this.#flush();
  }

  *end(_footer: TraceFooter): Iterable<Uint8Array> {
    // A section has no end.
  }

  #packet(number: number, ns: bigint, data: Uint8Array): void {
    this.#block(
      6,
      20 + padded(data.length),
      (view, bytes) => {
        view.setUint32(0, number, true);
        view.setUint32(4, Number(ns / 0x1_0000_0000n), true);
        view.setUint32(8, Number(ns % 0x1_0000_0000n), true);
        view.setUint32(12, data.length, true);
        view.setUint32(16, data.length, true);
        bytes.set(data, 20);
      },
      [],
    );
  }

  /** A block with `length` bytes that `fill` writes, and options. */
  #block(
    type: number,
    length: number,
    fill: (view: DataView, bytes: Uint8Array) => void,
    options: readonly (readonly [code: number, value: Uint8Array])[],
  ): void {
    const optionBytes = options.reduce((sum, [, value]) => sum + 4 + padded(value.length), 0);
    const total = 12 + length + optionBytes + (options.length > 0 ? 4 : 0);
    this.#makeRoom(total);
    const bytes = this.#piece.subarray(this.#used, this.#used + total);
    const view = new DataView(bytes.buffer, bytes.byteOffset, total);
    bytes.fill(0);
    view.setUint32(0, type, true);
    view.setUint32(4, total, true);
    const body = bytes.subarray(8, 8 + length);
    fill(new DataView(body.buffer, body.byteOffset, length), body);
    let at = 8 + length;
    for (const [code, value] of options) {
      view.setUint16(at, code, true);
      view.setUint16(at + 2, value.length, true);
      bytes.set(value, at + 4);
      at += 4 + padded(value.length);
    }
    view.setUint32(total - 4, total, true);
    this.#used += total;
  }

  #makeRoom(length: number): void {
    if (this.#used + length <= this.#piece.length) return;
    const piece = new Uint8Array(Math.max(this.#used + length, this.#piece.length * 2));
    piece.set(this.#piece.subarray(0, this.#used));
    this.#piece = piece;
  }

  *#flush(): Iterable<Uint8Array> {
    if (this.#used > 0) yield this.#piece.subarray(0, this.#used);
    this.#used = 0;
  }
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
