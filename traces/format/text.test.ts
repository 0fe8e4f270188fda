import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventBatch } from './batch.ts';
import { traceEvent, TraceKind, wideValue } from './event.ts';
import { arbitraryTrace, decoded, encoded, type WholeTrace } from './events.fixture.ts';
import { emptyHeader } from './header.ts';
import { TextTraceDecoder } from './text-decoder.ts';
import { TextTraceEncoder } from './text-encoder.ts';

const HEAD = 'driver-dyno trace 1\nbus: pci\n\n';
const utf8 = new TextEncoder();

function read(text: string) {
  return decoded(new TextTraceDecoder(), utf8.encode(text));
}

function write(trace: WholeTrace): string {
  return new TextDecoder().decode(encoded(new TextTraceEncoder(), trace));
}

describe('the text form', () => {
  it('is what its page says', () => {
    const events = [
      traceEvent({ timeNs: 100, kind: TraceKind.Read, address: 0x1c, size: 4, value: 1 }),
      traceEvent({
        timeNs: 100,
        kind: TraceKind.DmaWrite,
        address: 0x10000,
        bytes: Uint8Array.of(0, 0x11, 0x22, 0x33),
      }),
      traceEvent({ timeNs: 150, kind: TraceKind.Lifecycle, text: 'started' }),
    ];
    const footer = { events: 3, journalHash: '0123456789abcdef' };
    expect(write({ header: emptyHeader('pci'), events, footer })).toBe(
      `${HEAD}+100 read 0:0x1c/4 = 0x1\n+0 dma-write 0x10000 [00112233]\n` +
        '+50 lifecycle "started"\nend 3 0123456789abcdef\n',
    );
  });

  it('gives back what was written, however it is cut', () => {
    fc.assert(
      fc.property(arbitraryTrace, fc.integer({ min: 1, max: 200 }), (trace, piece) => {
        const file = encoded(new TextTraceEncoder(), trace);
        expect(decoded(new TextTraceDecoder(new EventBatch(64)), file, piece)).toEqual(trace);
      }),
      { numRuns: 300 },
    );
  });

  it('takes absolute times, comments, empty lines and CR LF', () => {
    const { events } = read(`${HEAD}# by hand\r\n\r\n70 removed "gone"\r\n-20 interrupt 1:0x3\r\n`);
    expect(events).toEqual([
      traceEvent({ timeNs: 70, kind: TraceKind.Removed, text: 'gone' }),
      traceEvent({ timeNs: 50, kind: TraceKind.Interrupt, space: 1, address: 3 }),
    ]);
  });

  it('holds 64 bits', () => {
    const [event] = read(`${HEAD}+1 write 0:0x28/8 = 0xfedcba9876543210\n`).events;
    expect(wideValue(event!)).toBe(0xfedcba9876543210n);
  });

  it('leaves out a last line that was cut off, and has no footer then', () => {
    const { events, footer } = read(`${HEAD}+1 write 0:0x0/4 = 0x12\n+1 write 0:0x0/4 = 0x1`);
    expect([events.length, footer]).toEqual([1, undefined]);
  });
});

/** What is wrong, and the beginning of what is said. */
const wrong: readonly [text: string, says: string][] = [
  ['', 'line 1, column 1: the file ends within its header'],
  ['hello\n', 'line 1, column 1: a trace begins with "driver-dyno trace 1"'],
  ['driver-dyno trace 2\n', 'line 1, column 1: this is version 2 of the format'],
  ['driver-dyno trace 1\n\n', 'line 2, column 1: the header does not say the bus'],
  ['driver-dyno trace 1\nbus: isa\n', 'line 2, column 1: the bus is one of'],
  ['driver-dyno trace 1\nbus: pci\nbus: pci\n', 'line 3, column 1: bus is said twice'],
  ['driver-dyno trace 1\nblind: colours\n', 'line 2, column 1: blind lists some of'],
  ['driver-dyno trace 1\ncolour: red\n', 'line 2, column 1: there is no colour in a header'],
  ['driver-dyno trace 1\nspace-9: memory 1 2\n', 'line 2, column 1: a space is "memory" or "io"'],
  ['driver-dyno trace 1\ntool: "a\n', 'line 2, column 1: the value of tool is neither'],
  [`${HEAD}read\n`, 'line 4, column 1: here must be the time in nanoseconds'],
  [`${HEAD}+9007199254740992 read\n`, 'line 4, column 2: the time in nanoseconds is larger'],
  [`${HEAD}+5 read\n-6 read\n`, 'line 5, column 1: this time is before the beginning'],
  [`${HEAD}+1 reed\n`, 'line 4, column 4: here must be a kind of event'],
  [`${HEAD}+1 read 0:1c\n`, 'line 4, column 11: here must be the address'],
  [`${HEAD}+1 read 0:0xg\n`, 'line 4, column 13: here must be the address'],
  [`${HEAD}+1 read 0:0x20000000000000\n`, 'line 4, column 11: the address is larger'],
  [`${HEAD}+1 read 70000:0x1\n`, 'line 4, column 9: a space is larger than 65535'],
  [`${HEAD}+1 read 0:0x1/128\n`, 'line 4, column 15: the size is larger than 127'],
  [`${HEAD}+1 read 0x1 = 0x11111111111111111\n`, 'line 4, column 17: the value has more than 16'],
  [`${HEAD}+1 read 0x1 [0\n`, 'line 4, column 13: these bytes have no "]"'],
  [`${HEAD}+1 read 0x1 [000]\n`, 'line 4, column 16: here must be a pair'],
  [`${HEAD}+1 read 0x1 [00*0]\n`, 'line 4, column 18: a byte is there at least once'],
  [`${HEAD}+1 read 0x1 [00*1048577]\n`, 'line 4, column 17: a count is larger'],
  [`${HEAD}+1 read 0x1 [00*1048576 00]\n`, 'line 4, column 27: an event has at most'],
  [`${HEAD}+1 read 0x1 [0g]\n`, 'line 4, column 14: here must be a pair'],
  [`${HEAD}+1 fault "a\n`, 'line 4, column 10: this text has no closing quote'],
  [`${HEAD}+1 fault "\\x"\n`, 'line 4, column 10: this text has an escape'],
  [`${HEAD}+1 fault "\\ud800"\n`, 'line 4, column 10: this text has half a surrogate pair'],
  [`${HEAD}+1 fault "a" \n`, 'line 4, column 13: an event is'],
  [`${HEAD}+1 read = 0x1 0x2\n`, 'line 4, column 15: an event is'],
  [`${HEAD}+1 read\nend 2\n`, 'line 5, column 5: the file has 1 events, not 2'],
  [`${HEAD}end 0\n+1 read\n`, 'line 5, column 1: after the end line nothing may come'],
];

describe('what is wrong is named with its place', () => {
  for (const [text, says] of wrong) {
    it(`${JSON.stringify(text.replace(HEAD, '... '))}`, () => {
      expect(() => read(text)).toThrow(says);
    });
  }

  it('bytes that are no UTF-8', () => {
    const file = Uint8Array.of(...utf8.encode(`${HEAD}+1 fault "`), 0xff, 0x22, 0x0a);
    expect(() => decoded(new TextTraceDecoder(), file)).toThrow('line 4, column 11: this text');
  });

  it('a line without end', () => {
    const decoder = new TextTraceDecoder();
    const chunk = new Uint8Array(1_048_576).fill(0x23);
    Array.from(decoder.push(utf8.encode(HEAD)));
    expect(() => {
      for (let turn = 0; turn < 8; turn++) Array.from(decoder.push(chunk));
    }).toThrow('longer than 4194304 bytes');
  });
});
