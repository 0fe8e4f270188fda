/** The variables of our own dumps, and the event that they are when the strobe changes. */
import type { EventBatch } from '../../format/batch.ts';
import {
  KINDS_BY_NAME,
  NUMBER_MAX,
  PAYLOAD_MAX,
  SIZE_MAX,
  SPACE_MAX,
  TEXT_MAX,
  TraceKind,
} from '../../format/event.ts';
import { bytesOfHex } from '../hex-bytes.ts';
import { NOTHING, unescaped } from './own.ts';

const HIGH_BITS = 32;

export class EventVariables {
  readonly #batch: EventBatch;
  #kind: TraceKind = TraceKind.Mark;
  #space = 0;
  #address = 0;
  #size = 0;
  #value = 0;
  #high = 0;
  #bytes: Uint8Array | undefined;
  #text = '';

  constructor(batch: EventBatch) {
    this.#batch = batch;
  }

  /** Takes a change: `value` is b and bits, or s and a word. Returns what is wrong with it. */
  set(code: string, value: string, timeNs: number): string | undefined {
    const word = value.slice(1);
    if (code === '!') return this.#strobe(timeNs);
    if (code === ')') return undefined;
    if (code === '"' || code === "'" || code === '(') {
      return value.startsWith('s') ? this.#setText(code, word) : 'this variable is a string';
    }
    if (!value.startsWith('b') || !/^[01]{1,64}$/.test(word))
      return 'this variable has no such value';
    const low = Number(`0b${word.slice(-HIGH_BITS)}`);
    const high = word.length > HIGH_BITS ? Number(`0b${word.slice(0, -HIGH_BITS)}`) : 0;
    if (code === '&') {
      this.#value = low;
      this.#high = high;
      return undefined;
    }
    const number = high * 2 ** HIGH_BITS + low;
    const maxima: Readonly<Record<string, number>> = {
      '#': SPACE_MAX,
      $: NUMBER_MAX,
      '%': SIZE_MAX,
    };
    if (number > (maxima[code] ?? 0)) return `this value is larger than ${maxima[code] ?? 0}`;
    if (code === '#') this.#space = number;
    else if (code === '$') this.#address = number;
    else this.#size = number;
    return undefined;
  }

  #setText(code: string, word: string): string | undefined {
    if (code === '"') {
      const kind = KINDS_BY_NAME.get(word);
      if (kind === undefined) return 'there is no such kind of event';
      this.#kind = kind;
    } else if (code === "'") {
      const bytes = word === NOTHING ? undefined : bytesOfHex(word.replace(/^0x/, ''));
      if (bytes === undefined && word !== NOTHING) return 'these are no bytes';
      if (bytes !== undefined && bytes.length > PAYLOAD_MAX) {
        return `an event has at most ${PAYLOAD_MAX} bytes`;
      }
      this.#bytes = bytes;
    } else {
      const text = unescaped(word);
      if (text === undefined || text.length > TEXT_MAX) return 'this is no text';
      this.#text = text;
    }
    return undefined;
  }

  #strobe(timeNs: number): undefined {
    const batch = this.#batch;
    const { length: index } = batch;
    batch.add(timeNs, this.#kind, this.#space, this.#address, this.#size, this.#value, this.#high);
    batch.texts[index] = this.#text;
    const bytes = this.#bytes;
    if (bytes !== undefined) batch.makeBytes(index, bytes.length).set(bytes);
    return undefined;
  }
}
