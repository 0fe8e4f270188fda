/**
 * What /dev/usbmon0 gives to read(2), as a capture file: classic pcap, link type 189, that is
 * headers of 48 bytes (Linux Documentation/usb/usbmon.rst). Root hubs, which no wire leads to, are
 * left out.
 */

const MAGIC = 0xa1b2c3d4;
const LINK_TYPE = 189;
const HEADER = 48;
const At = { device: 11, seconds: 16, microseconds: 24, captured: 36 } as const;
/** The kernel gives this address to every root hub. */
const ROOT_HUB = 1;
const SNAP_LENGTH = 65_536;

/** @throws Error when the bytes end within an event */
export function usbmonCapture(bytes: Buffer): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(SNAP_LENGTH, 16);
  head.writeUInt32LE(LINK_TYPE, 20);
  const parts: Uint8Array[] = [head];
  let at = 0;
  while (at < bytes.length) {
    const length = at + HEADER <= bytes.length ? HEADER + bytes.readUInt32LE(at + At.captured) : 0;
    const event = bytes.subarray(at, at + length);
    if (length === 0 || event.length < length) {
      throw new Error(`The recording of usbmon ends within an event, at byte ${at}.`);
    }
    at += length;
    if (event[At.device] !== ROOT_HUB) parts.push(record(event), event);
  }
  return Buffer.concat(parts);
}

function record(event: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(Number(event.readBigInt64LE(At.seconds)), 0);
  head.writeUInt32LE(event.readInt32LE(At.microseconds), 4);
  head.writeUInt32LE(event.length, 8);
  head.writeUInt32LE(event.length, 12);
  return head;
}
