/**
 * Packets of USBPcap (Windows, link type 249) as events; we only read them. Little-endian, packed;
 * desowin.org/usbpcap/captureformat.html (secondary: our notes). A control transfer's first packet
 * has the setup bytes before its data.
 */
import type { EventBatch } from '../../format/batch.ts';
import { PAYLOAD_MAX, TraceKind } from '../../format/event.ts';
import { TRANSFERS } from './urb.ts';

const HEAD = 27;
const STAGE_AT = 27;
const CONTROL = 2;
const FROM_DEVICE = 1;
const STAGES = ['setup', 'data', 'status', 'complete'] as const;
const BUSES = 256;

/** Adds a packet as an event; false when it is none of USBPcap. */
export function addUsbPcap(batch: EventBatch, timeNs: number, bytes: Uint8Array): boolean {
  if (bytes.length < HEAD) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = view.getUint16(0, true);
  const device = view.getUint16(19, true);
  const transfer = view.getUint8(22);
  if (head < HEAD || head > bytes.length || transfer > 3 || device >= BUSES) return false;
  const data = bytes.subarray(head);
  if (data.length > PAYLOAD_MAX) return false;
  const words = [
    `irp=0x${view.getBigUint64(2, true).toString(16)}`,
    `type=${TRANSFERS[transfer] ?? ''}`,
    `function=0x${view.getUint16(14, true).toString(16)}`,
  ];
  const status = view.getUint32(10, true);
  if (status !== 0) words.push(`status=0x${status.toString(16)}`);
  const stage = head > STAGE_AT && transfer === CONTROL ? STAGES[view.getUint8(STAGE_AT)] : '';
  if (stage !== undefined && stage !== '') words.push(`stage=${stage}`);
  const isReply = (view.getUint8(16) & FROM_DEVICE) !== 0;
  const kind = isReply ? TraceKind.Completion : TraceKind.Command;
  const address = view.getUint16(17, true) * BUSES + device;
  const length = view.getUint32(23, true);
  const index = batch.add(timeNs, kind, view.getUint8(21), address, 0, length, 0);
  batch.texts[index] = words.join(' ');
  batch.makeBytes(index, data.length).set(data);
  return true;
}
