import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventBatch } from '../../format/batch.ts';
import { TraceKind } from '../../format/event.ts';
import { arbitraryTrace, concatenated, decoded, encoded } from '../../format/events.fixture.ts';
import { emptyHeader } from '../../format/header.ts';
import { PcapDecoder } from './decoder.ts';
import { PcapngEncoder } from './encoder.ts';
import { LinkType } from './link-types.ts';
import { arbitraryUrb } from './urbs.fixture.ts';

const read = (file: Uint8Array, piece = 65_536) =>
  decoded(new PcapDecoder(new EventBatch(64)), file, piece);

/** Numbers of so many bytes each, in one byte order. */
function packed(isLittle: boolean, ...fields: readonly (readonly [size: number, value: number])[]) {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, isLittle);
    else if (size === 4) view.setUint32(at, value >>> 0, isLittle);
    else view.setBigInt64(at, BigInt(value), isLittle);
    at += size;
  }
  return bytes;
}

/** A classic pcap file with one packet. */
function pcap(linkType: number, packet: Uint8Array, isLittle = true): Uint8Array {
  return concatenated([
    packed(isLittle, [4, 0xa1b2c3d4], [2, 2], [2, 4], [4, 0], [4, 0], [4, 65_535], [4, linkType]),
    packed(isLittle, [4, 1_700_000_000], [4, 250], [4, packet.length], [4, packet.length]),
    packet,
  ]);
}

/** The 48 bytes of usbmon: a control request for the device descriptor. */
function usbmon(isLittle: boolean): Uint8Array {
  return concatenated([
    packed(isLittle, [8, 0x1234], [1, 0x53], [1, 2], [1, 0x80], [1, 4], [2, 1], [1, 0], [1, 0x3c]),
    packed(isLittle, [8, 1_700_000_000], [4, 250], [4, -115], [4, 18], [4, 0]),
    Uint8Array.of(0x80, 6, 0, 1, 0, 0, 18, 0),
  ]);
}

describe('pcapng', () => {
  it('gives back any trace that we write, however it is cut', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.integer({ min: 1, max: 300 }), (trace, piece) => {
        const whole = { ...trace, header: { ...trace.header, identity: {} } };
        const file = encoded(new PcapngEncoder(), whole);
        expect(read(file, piece)).toEqual({ ...whole, footer: undefined });
      }),
    );
  });

  it('gives back requests of USB', () => {
    fc.assert(
      fc.property(fc.array(arbitraryUrb, { maxLength: 20 }), (events) => {
        const trace = { header: emptyHeader('usb'), events, footer: undefined };
        expect(read(encoded(new PcapngEncoder(), trace)).events).toEqual(events);
      }),
    );
  });

  it('says where it is broken', () => {
    const trace = { header: emptyHeader('usb'), events: [], footer: undefined };
    const file = encoded(new PcapngEncoder(), trace);
    const second = new DataView(file.buffer).getUint32(4, true);
    const broken = (at: number, byte: number) => () => {
      const copy = file.slice();
      copy[at] = byte;
      return read(copy);
    };
    expect(broken(0, 1)).toThrow('byte 0: this is neither pcap nor pcapng');
    expect(broken(8, 1)).toThrow('byte 0: the byte order of this section is unknown');
    expect(broken(second + 4, 7)).toThrow(`byte ${second}: a block has 12 to`);
    expect(broken(second + 4, 28)).toThrow(`byte ${second}: the lengths before and behind`);
    expect(broken(second + 18, 200)).toThrow(`byte ${second}: an option goes beyond its block`);
    expect(() => read(file.subarray(0, -4))).toThrow('the file ends within what begins here');
  });
});

describe('pcap', () => {
  for (const isLittle of [true, false]) {
    it(`of usbmon, ${isLittle ? 'little' : 'big'}-endian, short header`, () => {
      const { header, events } = read(pcap(LinkType.UsbLinux, usbmon(isLittle), isLittle));
      expect(header.identity).toEqual({ 'link-type': '189', began: '1700000000.000250000' });
      expect(events).toEqual([
        {
          timeNs: 0,
          kind: TraceKind.Command,
          space: 0x80,
          address: 0x104,
          size: 0,
          value: 18,
          high: 0,
          text: 'urb=0x1234 type=control status=-115 setup=8006000100001200 no-data=60',
        },
      ]);
    });
  }

  it('of USBPcap', () => {
    const head = packed(
      true,
      ...([
        [2, 28],
        [8, 0xabcd],
        [4, 0],
        [2, 11],
        [1, 0],
        [2, 1],
        [2, 4],
      ] as const),
      ...([
        [1, 0x80],
        [1, 2],
        [4, 8],
        [1, 0],
      ] as const),
    );
    const packet = concatenated([head, Uint8Array.of(0x80, 6, 0, 1, 0, 0, 18, 0)]);
    const [event] = read(pcap(LinkType.UsbPcap, packet)).events;
    expect(event).toMatchObject({ kind: TraceKind.Command, space: 0x80, address: 0x104, value: 8 });
    expect(event?.text).toBe('irp=0xabcd type=control function=0xb stage=setup');
    expect(event?.bytes?.length).toBe(8);
  });

  it('keeps packets that nobody interprets', () => {
    const [event] = read(pcap(1, Uint8Array.of(1, 2, 3))).events;
    expect(event).toMatchObject({ kind: TraceKind.Raw, text: 'link type 1', value: 3 });
  });
});
