/**
 * A value change dump (IEEE 1364, secondary: our notes and GTKWave) of a trace: own.ts says which
 * variables it has. VCD knows no time that goes back: such an event is at the latest time so far.
 */
import type { EventBatch } from '../../format/batch.ts';
import type { TraceEncoder } from '../../format/codec.ts';
import type { TraceFooter, TraceHeader } from '../../format/header.ts';
import { headerLines } from '../../format/header-text.ts';
import { SCOPE, VARIABLES, escaped, irqOf, kindName } from './own.ts';
import { hexBytes } from '../hex-bytes.ts';

const utf8 = new TextEncoder();

export class VcdEncoder implements TraceEncoder {
  #timeNs = -1;
  #strobe = 0;
  /** What each variable was set to last. */
  readonly #last = new Map<string, string>();

  *begin(header: TraceHeader): Iterable<Uint8Array> {
    const comment = headerLines(header).map((line) => ` ${escaped(line)}`);
    const variables = Object.entries(VARIABLES).map(([code, [name, bits]]) => {
      return bits === 0
        ? `$var string 1 ${code} ${name} $end`
        : `$var wire ${bits} ${code} ${name} $end`;
    });
    const lines = [
      '$comment',
      ...comment,
      '$end',
      '$timescale 1 ns $end',
      `$scope module ${SCOPE} $end`,
      ...variables,
      '$upscope $end',
      '$enddefinitions $end',
    ];
    yield utf8.encode(`${lines.join('\n')}\n`);
  }

  *encode(batch: EventBatch): Iterable<Uint8Array> {
    let out = '';
    for (let index = 0; index < batch.length; index++) out += this.#event(batch, index);
    if (out !== '') yield utf8.encode(out);
  }

  // A dump has no end.
  *end(_footer: TraceFooter): Iterable<Uint8Array> {}

  #event(batch: EventBatch, index: number): string {
    const timeNs = batch.timesNs[index] as number;
    let out = '';
    if (timeNs > this.#timeNs) {
      this.#timeNs = timeNs;
      out = `#${timeNs}\n`;
    }
    const bits = (number: number) => number.toString(2);
    const high = batch.highs[index] as number;
    const low = bits(batch.values[index] as number);
    const bytes = batch.bytesAt(index);
    const irq = irqOf(batch, index);
    out += this.#change('"', `s${kindName(batch.kinds[index] as number)} "`);
    out += this.#change('#', `b${bits(batch.spaces[index] as number)} #`);
    out += this.#change('$', `b${bits(batch.addresses[index] as number)} $`);
    out += this.#change('%', `b${bits(batch.sizes[index] as number)} %`);
    out += this.#change('&', `b${high === 0 ? low : bits(high) + low.padStart(32, '0')} &`);
    out += this.#change("'", `s${bytes === undefined ? '-' : `0x${hexBytes(bytes)}`} '`);
    out += this.#change('(', `s${escaped(batch.texts[index] as string)} (`);
    if (irq !== undefined) out += this.#change(')', `${irq})`);
    this.#strobe = 1 - this.#strobe;
    return `${out}${this.#strobe}!\n`;
  }

  /** The line of a change, if it is one. */
  #change(code: string, line: string): string {
    if (this.#last.get(code) === line) return '';
    this.#last.set(code, line);
    return `${line}\n`;
  }
}
