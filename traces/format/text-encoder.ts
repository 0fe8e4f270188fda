/**
 * Events as text, one in each line:
 *
 * ```
 * +100 read 0:0x1c/4 = 0x1
 * +0 dma-write 0x10000 [00112233]
 * +50 lifecycle "started"
 * end 3 0123456789abcdef
 * ```
 *
 * Time as the difference to the event before in nanoseconds, so that one more event changes no
 * later line; kind; then, each only where it is not empty, `SPACE:0xADDRESS/SIZE`, ` = 0xVALUE`,
 * bytes in brackets (`00*512` is a run of one byte), text in quotes as in JSON. Of an event with
 * bytes the value is said only when it is not their number: then they are the beginning of more.
 */
import type { EventBatch } from './batch.ts';
import type { TraceEncoder } from './codec.ts';
import { KIND_NAMES, type TraceEvent } from './event.ts';
import type { TraceFooter, TraceHeader } from './header.ts';
import { headerLines } from './header-text.ts';

const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Text that is put into quotes as it is: no quote, backslash or control character. */
// oxlint-disable-next-line no-control-regex
const SIMPLE = /^[^"\\\u0000-\u001f\u007f\u2028\u2029]*$/;

const utf8 = new TextEncoder();

/** One event as a line, without its end; `beforeNs` is the time of the event before. */
export function eventLine(event: TraceEvent, beforeNs: number): string {
  const { timeNs, kind, space, address, size, value, high, bytes, text } = event;
  return line(timeNs - beforeNs, kind, space, address, size, value, high, bytes, text ?? '');
}

// Named fields would have to be put into an object for each event.
function line(
  deltaNs: number,
  kind: number,
  space: number,
  address: number,
  size: number,
  value: number,
  high: number,
  bytes: Uint8Array | undefined,
  text: string,
): string {
  let out = `${deltaNs < 0 ? '' : '+'}${deltaNs} ${KIND_NAMES.get(kind) ?? ''}`;
  if (space !== 0 || address !== 0 || size !== 0) {
    out += space === 0 && size === 0 ? ' 0x' : ` ${space}:0x`;
    out += address.toString(16);
    if (size !== 0) out += `/${size}`;
  }
  const silent = bytes === undefined ? (size === 0 ? 0 : -1) : bytes.length;
  if (high !== 0) out += ` = 0x${high.toString(16)}${value.toString(16).padStart(8, '0')}`;
  else if (value !== silent) out += ` = 0x${value.toString(16)}`;
  if (bytes !== undefined) out += ` [${hexOf(bytes)}]`;
  if (text !== '') out += SIMPLE.test(text) ? ` "${text}"` : ` ${JSON.stringify(text)}`;
  return out;
}

/** Shorter runs of one byte are written out. */
const RUN_MIN = 16;

/** Bytes as pairs of hexadecimal digits; a long run of one byte as that byte, * and how many. */
export function hexOf(bytes: Uint8Array): string {
  let out = '';
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] as number;
    let end = at + 1;
    while (end < bytes.length && bytes[end] === byte) end++;
    if (end - at >= RUN_MIN) {
      out += `${out === '' ? '' : ' '}${HEX_BYTES[byte] as string}*${end - at}`;
      if (end < bytes.length) out += ' ';
    } else {
      for (let index = at; index < end; index++) out += HEX_BYTES[byte] as string;
    }
    at = end;
  }
  return out.replaceAll('  ', ' ');
}

export class TextTraceEncoder implements TraceEncoder {
  #timeNs = 0;

  *begin(header: TraceHeader): Iterable<Uint8Array> {
    yield utf8.encode(`${headerLines(header).join('\n')}\n\n`);
  }

  *encode(batch: EventBatch): Iterable<Uint8Array> {
    let out = '';
    let before = this.#timeNs;
    for (let index = 0; index < batch.length; index++) {
      const timeNs = batch.timesNs[index] as number;
      out += line(
        timeNs - before,
        batch.kinds[index] as number,
        batch.spaces[index] as number,
        batch.addresses[index] as number,
        batch.sizes[index] as number,
        batch.values[index] as number,
        batch.highs[index] as number,
        batch.bytesAt(index),
        batch.texts[index] as string,
      );
      out += '\n';
      before = timeNs;
    }
    this.#timeNs = before;
    if (out !== '') yield utf8.encode(out);
  }

  *end({ events, journalHash }: TraceFooter): Iterable<Uint8Array> {
    yield utf8.encode(`end ${events}${journalHash === undefined ? '' : ` ${journalHash}`}\n`);
  }
}
