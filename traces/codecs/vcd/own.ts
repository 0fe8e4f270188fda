/**
 * Events as variables of a value change dump, and back. All are in the scope `SCOPE`; `strobe`
 * changes with every event, which then is what the others say. Texts are string changes, which
 * GTKWave shows (an extension of its own): what is no printable ASCII, and \, is `\xHH` in UTF-8.
 */
import type { EventBatch } from '../../format/batch.ts';
import { KIND_NAMES, TraceKind } from '../../format/event.ts';

export const SCOPE = 'driver_dyno';

/** Variables by their code: what they are called, and how many bits they have (0: a string). */
export const VARIABLES = {
  '!': ['strobe', 1],
  '"': ['kind', 0],
  '#': ['space', 16],
  $: ['address', 53],
  '%': ['size', 7],
  '&': ['value', 64],
  "'": ['bytes', 0],
  '(': ['text', 0],
  ')': ['irq', 1],
} as const satisfies Record<string, readonly [string, number]>;

export const NOTHING = '-';

const utf8 = new TextEncoder();

/** A text as one word; `NOTHING` when it is empty. */
export function escaped(text: string): string {
  if (text === '') return NOTHING;
  let out = '';
  for (const byte of utf8.encode(text)) {
    const isPlain = byte > 0x20 && byte < 0x7f && byte !== 0x5c;
    out += isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return text === NOTHING ? '\\x2d' : out;
}

/** The other way round; undefined when it is no such word. */
export function unescaped(word: string): string | undefined {
  if (word === NOTHING) return '';
  const bytes: number[] = [];
  for (let at = 0; at < word.length; at++) {
    if (word[at] !== '\\') bytes.push(word.charCodeAt(at));
    else {
      const [, hex] = /^\\x([0-9a-f]{2})/.exec(word.slice(at, at + 4)) ?? [];
      if (hex === undefined) return undefined;
      bytes.push(Number.parseInt(hex, 16));
      at += 3;
    }
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Uint8Array.from(bytes),
    );
  } catch {
    return undefined;
  }
}

/** The level of the interrupt line after an event, where it says one. */
export function irqOf(batch: EventBatch, index: number): number | undefined {
  const isLevel = batch.kinds[index] === TraceKind.Interrupt && batch.spaces[index] === 0;
  return isLevel ? (batch.values[index] as number) % 2 : undefined;
}

export function kindName(kind: number): string {
  return KIND_NAMES.get(kind) ?? '';
}
