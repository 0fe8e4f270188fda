import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registers as uart } from '../../sim/devices/uart-16550/registers.ts';
import { compile } from '../../sim/registers/compile.ts';
import { EventBatch, batched } from '../format/batch.ts';
import { type TraceEvent, TraceKind, traceEvent } from '../format/event.ts';
import { arbitraryEvent } from '../format/events.fixture.ts';
import { differences } from './diff.ts';
import { eventText } from './event-text.ts';
import { compileFilter } from './filter.ts';
import { minimised } from './minimise.ts';
import { RegisterView } from './register-view.ts';
import { TraceStats } from './stats.ts';

const view = () => new RegisterView(new Map([[0, compile(uart)]]));

function read(address: number, value: number, timeNs = 0): TraceEvent {
  return traceEvent({ kind: TraceKind.Read, address, value, size: 1, timeNs });
}

function write(address: number, value: number): TraceEvent {
  return traceEvent({ kind: TraceKind.Write, address, value, size: 1 });
}

function batchOf(events: readonly TraceEvent[]): EventBatch {
  const batch = new EventBatch(events.length);
  for (const event of events) batch.addEvent(event);
  return batch;
}

function listed(batches: Iterable<EventBatch>): TraceEvent[] {
  return [...batches].flatMap((batch) =>
    Array.from({ length: batch.length }, (_, index) => batch.eventAt(index)),
  );
}

describe('registers of accesses', () => {
  it('follow the page that LCR.DLAB selects', () => {
    const shown = view();
    const batch = batchOf([write(0, 1), write(3, 0x80), write(0, 1), write(3, 0), read(0, 1)]);
    const names = Array.from({ length: 5 }, (_, at) => shown.registerAt(batch, at)?.name);
    expect(names).toEqual(['THR', 'LCR', 'DLL', 'LCR', 'RBR']);
  });

  it('are shown with their fields', () => {
    const batch = batchOf([read(5, 0x61, 1234)]);
    expect(eventText(batch, 0, view().registerAt(batch, 0))).toBe(
      '        1.234 us read              BAR0+0x5         0x61 LSR DR=1 OE=0 PE=0 FE=0 BI=0 ' +
        'THRE=1 TEMT=1 FIFOERR=0',
    );
  });

  it('show no control character of a text', () => {
    const batch = batchOf([traceEvent({ kind: TraceKind.Mark, text: 'a\u001b[2J\u009b' })]);
    expect(eventText(batch, 0, undefined)).toContain('a\\x1b[2J\\x9b');
  });
});

describe('a filter', () => {
  const events = [
    write(3, 0x03),
    read(5, 0x60, 100),
    read(5, 0x61, 200),
    traceEvent({ kind: TraceKind.DmaWrite, bytes: Uint8Array.of(1, 0xab, 0xcd), timeNs: 300 }),
    traceEvent({ kind: TraceKind.Lifecycle, text: 'started', timeNs: 400 }),
  ];
  const chosen = (words: Parameters<typeof compileFilter>[0]) => {
    const shown = view();
    const filter = compileFilter(words);
    const batch = batchOf(events);
    return events.flatMap((_, at) => (filter(batch, at, shown.registerAt(batch, at)) ? [at] : []));
  };

  it('takes kinds, registers, fields, times, texts and bytes', () => {
    expect(chosen({})).toEqual([0, 1, 2, 3, 4]);
    expect(chosen({ kinds: ['read', 'lifecycle'] })).toEqual([1, 2, 4]);
    expect(chosen({ registers: ['LSR'] })).toEqual([1, 2]);
    expect(chosen({ field: 'THRE' })).toEqual([1, 2]);
    expect(chosen({ field: 'DR=1' })).toEqual([2]);
    expect(chosen({ fromNs: 200, untilNs: 400 })).toEqual([2, 3]);
    expect(chosen({ contains: 'start' })).toEqual([4]);
    expect(chosen({ contains: 'abcd' })).toEqual([3]);
  });

  it('says what is wrong with a word', () => {
    expect(() => compileFilter({ kinds: ['reed'] })).toThrow('There is no kind reed of events');
    expect(() => compileFilter({ field: '=1' })).toThrow('A field is NAME or NAME=VALUE.');
  });
});

describe('minimising', () => {
  it('makes a poll one read, and keeps reads that take something', () => {
    const events = [read(5, 0x60), read(5, 0x60), read(5, 0x61), read(0, 7), read(0, 7)];
    const left = listed(minimised(batched(events), { view: view() }));
    expect(left).toEqual([read(5, 0x60), read(5, 0x61), read(0, 7), read(0, 7)]);
  });
});

describe('statistics', () => {
  it('count kinds, registers, polls and the longest silence', () => {
    const stats = new TraceStats(view());
    const dma = traceEvent({ kind: TraceKind.DmaRead, bytes: new Uint8Array(64), timeNs: 950 });
    stats.add(batchOf([read(5, 1, 100), read(5, 1, 200), dma, write(5, 2), write(0x40, 1)]));
    expect(stats).toMatchObject({ events: 5, polls: 1, longestGapNs: 750, longestGapAt: 2 });
    expect(stats.kinds.get('dma-read')).toEqual({ events: 1, bytes: 64 });
    expect(stats.places.get('LSR')).toEqual({ reads: 2, writes: 1, polls: 1 });
    expect(stats.places.get('BAR0+0x40')).toEqual({ reads: 0, writes: 1, polls: 0 });
  });
});

describe('differences', () => {
  const compared = (left: readonly TraceEvent[], right: readonly TraceEvent[]) => {
    const hunks = differences(batched(left), batched(right));
    const found: [number, number, number, number][] = [];
    for (;;) {
      const { value, done } = hunks.next();
      if (done === true) return { found, sums: value };
      found.push([...value.at, value.left.length, value.right.length]);
    }
  };

  it('are none between a trace and itself at other times', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEvent, { maxLength: 50 }), (events) => {
        const later = events.map((event) => ({ ...event, timeNs: 0 }));
        expect(compared(events, later).found).toEqual([]);
      }),
    );
  });

  it('end where both sides agree again', () => {
    const common = Array.from({ length: 5000 }, (_, at) => read(5, at % 200));
    const right = [...common.slice(0, 2000), write(3, 1), ...common.slice(2004)];
    expect(compared(common, right)).toEqual({
      found: [[2000, 2000, 4, 1]],
      sums: { agreeing: 4996, onlyLeft: 4, onlyRight: 1 },
    });
  });

  it('account for every event of either side', () => {
    const few = fc.array(
      fc.nat({ max: 3 }).map((value) => read(5, value)),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(few, few, (left, right) => {
        const { sums } = compared(left, right);
        expect(sums.agreeing + sums.onlyLeft).toBe(left.length);
        expect(sums.agreeing + sums.onlyRight).toBe(right.length);
      }),
    );
  });
});
