/** One event as people read it: absolute time, the name of the register, its fields. */
import type { Register } from '../../sim/registers/compile.ts';
import type { EventBatch } from '../format/batch.ts';
import { KIND_NAMES, TraceKind } from '../format/event.ts';
import { hexOf } from '../format/text-encoder.ts';
import { fieldsOf } from './register-view.ts';

const KIND_COLUMNS = 17;
const PLACE_COLUMNS = 16;
const TIME_COLUMNS = 16;
const BYTES_SHOWN = 32;

const { Read, Write, ConfigRead, ConfigWrite } = TraceKind;

/** Nanoseconds as microseconds with three decimals, which line up. */
export function timeText(timeNs: number): string {
  const us = Math.floor(timeNs / 1000);
  return `${us}.${String(timeNs % 1000).padStart(3, '0')} us`;
}

/** Where an access goes: a BAR, configuration space, a queue. */
function place(batch: EventBatch, index: number): string {
  const kind = batch.kinds[index] as TraceKind;
  const space = batch.spaces[index] as number;
  const address = batch.addresses[index] as number;
  const at = `0x${address.toString(16)}`;
  if (kind === Read || kind === Write) return `BAR${space}+${at}`;
  if (kind === ConfigRead || kind === ConfigWrite) return `config+${at}`;
  if (space === 0 && address === 0) return '';
  return space === 0 ? at : `${space}:${at}`;
}

/** `register` as a RegisterView names it. */
export function eventText(
  batch: EventBatch,
  index: number,
  register: Register | undefined,
): string {
  const kind = batch.kinds[index] as TraceKind;
  const value = batch.values[index] as number;
  const high = batch.highs[index] as number;
  const size = batch.sizes[index] as number;
  const bytes = batch.bytesAt(index);
  const parts = [
    timeText(batch.timesNs[index] as number).padStart(TIME_COLUMNS),
    (KIND_NAMES.get(kind) ?? '').padEnd(KIND_COLUMNS),
    place(batch, index).padEnd(PLACE_COLUMNS),
  ];
  if (size > 0) parts.push(valueText(value, high, size));
  else if (bytes !== undefined) parts.push(bytesText(bytes, value));
  else if (value !== 0 || high !== 0) parts.push(valueText(value, high, 0));
  if (register !== undefined) parts.push(register.name, fieldsText(register, value, high));
  const text = batch.texts[index] as string;
  if (text !== '') parts.push(printable(text));
  return parts.join(' ').trimEnd();
}

function valueText(value: number, high: number, size: number): string {
  const digits =
    high === 0 ? value.toString(16) : high.toString(16) + value.toString(16).padStart(8, '0');
  return `0x${digits.padStart(size * 2, '0')}`;
}

function bytesText(bytes: Uint8Array, length: number): string {
  const shown = hexOf(bytes.subarray(0, BYTES_SHOWN));
  const more = length > BYTES_SHOWN || length > bytes.length ? '...' : '';
  return `${length} bytes [${shown}${more}]`;
}

function fieldsText(register: Register, value: number, high: number): string {
  return fieldsOf(register, value, high)
    .map(({ name, value: part, meaning }) => {
      return `${name}=${meaning ?? (part > 9 ? `0x${part.toString(16)}` : part)}`;
    })
    .join(' ');
}

/** A recording may hold anything: no control character reaches a terminal. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (letter) => {
    return `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
