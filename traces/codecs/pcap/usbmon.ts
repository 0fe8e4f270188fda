/**
 * Packets of Linux' usbmon as events and back. Linux Documentation/usb/usbmon.rst and
 * drivers/usb/mon/mon_bin.c (secondary: our notes), checked against tshark's dissector. Integers
 * have the byte order of the machine that captured.
 */
import type { EventBatch } from '../../format/batch.ts';
import { PAYLOAD_MAX, TraceKind, type TraceEvent } from '../../format/event.ts';
import { DESCRIPTOR_BYTES, DESCRIPTORS_MAX, type Urb, parseUrbText, urbText } from './urb.ts';

const SHORT_HEAD = 48;
const LONG_HEAD = 64;
const [SUBMIT, COMPLETE, ERROR] = [0x53, 0x43, 0x45];
const NS_PER_US = 1000;
const BUSES = 256;
const BUS_MAX = 65_535;

/**
 * Adds a packet as an event; false when it is none of usbmon. `isLong`: the header has 64 bytes
 * (link type 220), else 48 (189).
 */
export function addUsbmon(
  batch: EventBatch,
  timeNs: number,
  bytes: Uint8Array,
  { isLong, isLittle }: { readonly isLong: boolean; readonly isLittle: boolean },
): boolean {
  const head = isLong ? LONG_HEAD : SHORT_HEAD;
  if (bytes.length < head) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = view.getUint8(8);
  const transfer = view.getUint8(9);
  const count = isLong ? view.getUint32(60, isLittle) : 0;
  const setupFlag = view.getUint8(14);
  const dataFlag = view.getUint8(15);
  const descriptorsEnd = head + count * DESCRIPTOR_BYTES;
  const isKnown = type === SUBMIT || type === COMPLETE || type === ERROR;
  if (!isKnown || transfer > 3 || count > DESCRIPTORS_MAX) return false;
  if (descriptorsEnd > bytes.length || bytes.length - descriptorsEnd > PAYLOAD_MAX) return false;
  if (dataFlag !== 0 && descriptorsEnd < bytes.length) return false;
  const isIso = transfer === 0 && setupFlag !== 0;
  const signed = (at: number) => view.getInt32(at, isLittle);
  const urb: Urb = {
    id: view.getBigUint64(0, isLittle),
    transfer,
    isError: type === ERROR,
    status: signed(28),
    setup: setupFlag === 0 ? bytes.slice(40, 48) : setupFlag,
    noData: dataFlag === 0 ? undefined : dataFlag,
    interval: isLong ? signed(48) : 0,
    frame: isLong ? signed(52) : 0,
    flags: isLong ? view.getUint32(56, isLittle) : 0,
    errors: isIso ? signed(40) : 0,
    frames: isIso ? signed(44) : 0,
    descriptors: bytes.slice(head, descriptorsEnd),
  };
  const kind = type === SUBMIT ? TraceKind.Command : TraceKind.Completion;
  const address = view.getUint16(12, isLittle) * BUSES + view.getUint8(11);
  const length = view.getUint32(32, isLittle);
  const index = batch.add(timeNs, kind, view.getUint8(10), address, 0, length, 0);
  batch.texts[index] = urbText(urb);
  if (dataFlag === 0) {
    const data = bytes.subarray(descriptorsEnd);
    batch.makeBytes(index, data.length).set(data);
  }
  return true;
}

/** A packet of link type 220, little-endian; undefined when the event is no request of USB. */
export function usbmonPacket(
  event: Omit<TraceEvent, 'timeNs'>,
  seconds: number,
  ns: number,
): Uint8Array | undefined {
  const { kind, space, address, size, high, text = '', value, bytes } = event;
  if (kind !== TraceKind.Command && kind !== TraceKind.Completion) return undefined;
  const bus = Math.floor(address / BUSES);
  if (space > 0xff || bus > BUS_MAX || size !== 0 || high !== 0) return undefined;
  const urb = parseUrbText(text);
  if (urb === undefined || (urb.noData === undefined) !== (bytes !== undefined)) return undefined;
  if (urb.isError && kind !== TraceKind.Completion) return undefined;
  const data = bytes ?? new Uint8Array(0);
  const { descriptors, setup } = urb;
  const packet = new Uint8Array(LONG_HEAD + descriptors.length + data.length);
  const view = new DataView(packet.buffer);
  const done = urb.isError ? ERROR : COMPLETE;
  view.setBigUint64(0, urb.id, true);
  view.setUint8(8, kind === TraceKind.Command ? SUBMIT : done);
  view.setUint8(9, urb.transfer);
  view.setUint8(10, space);
  view.setUint8(11, address % BUSES);
  view.setUint16(12, bus, true);
  view.setUint8(14, typeof setup === 'number' ? setup : 0);
  view.setUint8(15, urb.noData ?? 0);
  view.setBigInt64(16, BigInt(seconds), true);
  view.setInt32(24, Math.floor(ns / NS_PER_US), true);
  view.setInt32(28, urb.status, true);
  view.setUint32(32, value, true);
  view.setUint32(36, descriptors.length + data.length, true);
  if (typeof setup === 'number') {
    view.setInt32(40, urb.errors, true);
    view.setInt32(44, urb.frames, true);
  } else packet.set(setup, 40);
  view.setInt32(48, urb.interval, true);
  view.setInt32(52, urb.frame, true);
  view.setUint32(56, urb.flags, true);
  view.setUint32(60, descriptors.length / DESCRIPTOR_BYTES, true);
  packet.set(descriptors, LONG_HEAD);
  packet.set(data, LONG_HEAD + descriptors.length);
  return packet;
}
