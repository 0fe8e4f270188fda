/**
 * pcap and pcapng: USB traffic of Linux and Windows as commands and completions (urb.ts says how),
 * and our own events where we wrote the file. Packets of other link types are kept, uninterpreted.
 */
import { EventBatch } from '../../format/batch.ts';
import type { TraceDecoder } from '../../format/codec.ts';
import { PAYLOAD_MAX, TraceKind } from '../../format/event.ts';
import { type TraceFooter, type TraceHeader, emptyHeader } from '../../format/header.ts';
import { HeaderBuilder, MAGIC_LINE } from '../../format/header-text.ts';
import { Ascii } from '../../format/ascii.ts';
import { EventLineReader } from '../../format/event-line.ts';
import { LineReader } from '../../format/line-reader.ts';
import { TraceError, atByte } from '../../format/trace-error.ts';
import { StampClock, beganOf } from '../stamp-clock.ts';
import { LinkType } from './link-types.ts';
import { type Packet, PacketReader } from './packet-reader.ts';
import { addUsbmon } from './usbmon.ts';
import { addUsbPcap } from './usbpcap.ts';

export class PcapDecoder implements TraceDecoder {
  header: TraceHeader | undefined;
  readonly footer: TraceFooter | undefined = undefined;
  readonly #reader = new PacketReader();
  readonly #batch: EventBatch;
  readonly #clock = new StampClock();
  #linkType: number | undefined;
  #own: TraceHeader | undefined;
  readonly #line = new LineReader();
  readonly #lines: EventLineReader;

  constructor(batch = new EventBatch()) {
    this.#batch = batch;
    this.#lines = new EventLineReader(this.#line, batch);
  }

  *push(chunk: Uint8Array): Iterable<EventBatch> {
    const batch = this.#batch;
    this.#reader.add(chunk);
    for (let packet = this.#reader.next(); packet !== undefined; packet = this.#reader.next()) {
      this.#linkType ??= packet.linkType;
      // A loss and the packet behind it.
      if (batch.length + 2 > batch.capacity || batch.full) {
        yield this.#handOut();
        batch.clear();
      }
      this.#add(packet);
    }
    if (batch.length === 0) return;
    yield this.#handOut();
    batch.clear();
  }

  // oxlint-disable-next-line require-yield
  *end(): Iterable<EventBatch> {
    this.#reader.finish();
    this.#own ??= ownHeader(this.#reader.comment);
    this.#handOut();
  }

  #handOut(): EventBatch {
    this.header ??= this.#makeHeader();
    return this.#batch;
  }

  #add(packet: Packet): void {
    const { linkType, seconds, ns, bytes, isLittle, lost, offset } = packet;
    const batch = this.#batch;
    const clock = this.#clock;
    if (clock.began === undefined) {
      this.#own = ownHeader(this.#reader.comment);
      // Our own files have times from the beginning on, which need not be the first event.
      if (this.#own !== undefined) clock.began = beganOf(this.#own);
    }
    if (seconds !== undefined && !clock.set(seconds, ns)) {
      throw new TraceError('this packet is months after the first', atByte(offset));
    }
    const { timeNs } = clock;
    if (lost > 0) batch.add(timeNs, TraceKind.Lost, 0, 0, 0, lost, 0);
    if (linkType === LinkType.UsbLinux || linkType === LinkType.UsbLinuxMapped) {
      const isLong = linkType === LinkType.UsbLinuxMapped;
      if (addUsbmon(batch, timeNs, bytes, { isLong, isLittle })) return;
    } else if (linkType === LinkType.UsbPcap) {
      if (addUsbPcap(batch, timeNs, bytes)) return;
    } else if (linkType === LinkType.Private && this.#addLine(timeNs, bytes)) return;
    const index = batch.add(timeNs, TraceKind.Raw, 0, 0, 0, packet.originalLength, 0);
    batch.texts[index] = `link type ${linkType}`;
    const kept = bytes.subarray(0, PAYLOAD_MAX);
    batch.makeBytes(index, kept.length).set(kept);
  }

  /** A line of our own text form; false when it is none. */
  #addLine(timeNs: number, bytes: Uint8Array): boolean {
    const batch = this.#batch;
    const { length } = batch;
    if (bytes.indexOf(Ascii.Newline) !== bytes.length - 1) return false;
    try {
      this.#line.feed(bytes);
      this.#line.next();
      this.#lines.timeNs = timeNs;
      this.#lines.read();
      return true;
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      batch.length = length;
      return false;
    }
  }

  #makeHeader(): TraceHeader {
    if (this.#own !== undefined) return this.#own;
    const { beginning } = this.#clock;
    return {
      ...emptyHeader('usb'),
      tool: this.#reader.kind ?? 'pcap',
      blind: ['lines', 'lifecycle', 'operations', 'interrupts', 'dma-contents', 'buffer-contents'],
      identity: {
        'link-type': String(this.#linkType ?? 'none'),
        ...(beginning === undefined ? {} : { began: beginning }),
      },
    };
  }
}

/** The header that we put into a file, or undefined. */
function ownHeader(comment: string): TraceHeader | undefined {
  if (!comment.startsWith(MAGIC_LINE)) return undefined;
  const builder = new HeaderBuilder();
  const isFine = comment.split('\n').every((line) => builder.add(line) === undefined);
  return isFine && builder.problem() === undefined ? builder.header : undefined;
}
