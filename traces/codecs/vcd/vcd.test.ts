import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventBatch } from '../../format/batch.ts';
import { TraceKind, traceEvent, wideValue } from '../../format/event.ts';
import { arbitraryTrace, decoded, encoded } from '../../format/events.fixture.ts';
import { emptyHeader } from '../../format/header.ts';
import { VcdDecoder } from './decoder.ts';
import { VcdEncoder } from './encoder.ts';

const utf8 = new TextEncoder();
const read = (file: Uint8Array, piece = 65_536) =>
  decoded(new VcdDecoder(new EventBatch(64)), file, piece);
const readText = (text: string) => read(utf8.encode(text), 5);

const HEAD =
  '$timescale 10 us $end $scope module top $end\n$var wire 1 ! clk $end\n' +
  '$var reg 40 % bus [39:0] $end $var real 64 & level $end\n$upscope $end\n' +
  '$enddefinitions $end\n';

describe('VCD', () => {
  it('gives back any trace that we write, however it is cut', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.integer({ min: 1, max: 300 }), (trace, piece) => {
        const events = trace.events.toSorted((one, two) => one.timeNs - two.timeNs);
        const file = encoded(new VcdEncoder(), { ...trace, events });
        expect(read(file, piece)).toEqual({ header: trace.header, events, footer: undefined });
      }),
    );
  });

  it('shows the interrupt line as a wire', () => {
    const raise = traceEvent({ kind: TraceKind.Interrupt, timeNs: 5, value: 1 });
    const trace = { header: emptyHeader('pci'), events: [raise], footer: undefined };
    expect(new TextDecoder().decode(encoded(new VcdEncoder(), trace))).toContain('#5\n');
    expect(new TextDecoder().decode(encoded(new VcdEncoder(), trace))).toContain('\n1)\n');
  });

  it('of others gives a change of a line for each change of value', () => {
    const { header, events } = readText(
      `${HEAD}#0 $dumpvars x! b0 % $end\n#3\n1!\n` +
        'b1010101010101010101010101010101010101010 %\nr1.5 &\n',
    );
    expect(header.identity).toEqual({
      'var-0': 'top.clk 1',
      'var-1': 'top.bus[39:0] 40',
      'var-2': 'top.level 64',
    });
    const rows = events.map((it) => [it.timeNs, it.space, wideValue(it), it.text]);
    expect(rows).toEqual([
      [0, 0, 0n, 'x'],
      [0, 1, 0n, undefined],
      [30_000, 0, 1n, undefined],
      [30_000, 1, 0xaaaaaaaaaan, undefined],
      [30_000, 2, 0n, 'r1.5'],
    ]);
  });

  it('says where it is broken', () => {
    expect(() => readText('hello')).toThrow('line 1, column 1: here must be a declaration');
    expect(() => readText('$timescale 5 ns $end\n')).toThrow('line 1, column 17: a timescale is');
    expect(() => readText('$var wire $end\n')).toThrow('line 1, column 11: a variable has');
    expect(() => readText(`${HEAD}#x\n`)).toThrow('line 6, column 1: a time is # and a number');
    expect(() => readText(`${HEAD}1?\n`)).toThrow('line 6, column 1: no variable has this code');
    expect(() => readText(`${HEAD}q!\n`)).toThrow('line 6, column 1: here must be a time');
    expect(() => readText(`${HEAD}b1`)).toThrow('line 6, column 3: the dump ends here');
    expect(() => readText('$timescale')).toThrow('line 1, column 11: the dump ends here');
  });
});
