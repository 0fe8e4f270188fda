import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceKind, traceEvent } from '../../format/event.ts';
import { arbitraryTrace, encoded, type WholeTrace } from '../../format/events.fixture.ts';
import { emptyHeader } from '../../format/header.ts';
import { PerfettoEncoder } from './encoder.ts';

interface Shown {
  readonly name: string;
  readonly ph: string;
  readonly ts?: number;
  readonly tid?: number;
}

function shown(trace: WholeTrace): Shown[] {
  const text = new TextDecoder().decode(encoded(new PerfettoEncoder(), trace));
  const { traceEvents } = JSON.parse(text) as { traceEvents: Shown[] };
  return traceEvents.filter(({ ph }) => ph !== 'M');
}

describe('the JSON that Perfetto opens', () => {
  it('has every event of any trace', () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        expect(shown(trace).map(({ ts }) => ts)).toEqual(
          trace.events.map(({ timeNs }) => timeNs / 1000),
        );
      }),
    );
  });

  it('shows operations as spans', () => {
    const call = traceEvent({ kind: TraceKind.Operation, text: 'read' });
    const thrown = traceEvent({
      kind: TraceKind.Operation,
      text: 'read: Bad',
      space: 2,
      timeNs: 9,
    });
    const trace = { header: emptyHeader('pci'), events: [call, thrown], footer: undefined };
    expect(shown(trace)).toMatchObject([
      { name: 'read', ph: 'b', ts: 0 },
      { name: 'read', ph: 'e', ts: 0.009 },
    ]);
  });
});
