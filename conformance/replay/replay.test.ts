/** Linux's recorded drivers play on our models: nothing unexplained, and a false answer is seen. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTrace } from '../../traces/files/trace-file.ts';
import { batched } from '../../traces/format/batch.ts';
import { type TraceEvent, TraceKind } from '../../traces/format/event.ts';
import { builtIn } from '../cli/catalog.ts';
import { knownDifferences } from '../cli/known-differences.ts';
import { targetEntry } from '../runner/plan.ts';
import { playDriver } from './play-driver.ts';

const CORPUS = join(import.meta.dirname, '../../traces/corpus');

type Change = (event: TraceEvent, index: number) => TraceEvent;

async function played(folder: string, targetName: string, change: Change = (event) => event) {
  const trace = openTrace(join(CORPUS, folder, 'linux.dyno'));
  const events: TraceEvent[] = [];
  for (const batch of trace.batches()) {
    for (let index = 0; index < batch.length; index++) {
      events.push(change(batch.eventAt(index), events.length));
    }
  }
  const target = await targetEntry(builtIn, targetName).make({ onChild: () => {} });
  const { header } = trace;
  return playDriver({ header, batches: batched(events) }, target, knownDifferences[folder]);
}

describe.each([
  ['nvme', 'sim:nvme', 700],
  ['uart-16550', 'sim:pci-serial', 800],
])('%s on %s', (folder, target, equal) => {
  it('has no difference that nothing explains', async () => {
    const tally = await played(folder, target);
    expect(tally.differences).toEqual([]);
    expect(tally.equal).toBeGreaterThan(equal);
  });
});

/** The first event that fits becomes another one. */
function once(fits: (event: TraceEvent) => boolean, changed: (event: TraceEvent) => TraceEvent) {
  let done = false;
  return (event: TraceEvent): TraceEvent => {
    if (done || !fits(event)) return event;
    done = true;
    return changed(event);
  };
}

describe('another answer than the recorded one', () => {
  it('of a register is named to the field', async () => {
    const isVersion = ({ kind, address }: TraceEvent) =>
      kind === TraceKind.Read && address === 0x08;
    const change = once(isVersion, (event) => ({ ...event, value: 0x10300 }));
    const { differences } = await played('nvme', 'sim:nvme', change);
    expect(differences).toMatchObject([{ where: 'VS.MNR', expected: '0x10300', seen: '0x10400' }]);
  });

  it('in a completion is named with its command', async () => {
    const isCompletion = ({ kind, bytes }: TraceEvent) =>
      kind === TraceKind.Completion && bytes?.[12] === 2;
    const change = once(isCompletion, (event) => ({
      ...event,
      bytes: event.bytes?.with(14, 0x05) ?? new Uint8Array(16),
    }));
    const { differences } = await played('nvme', 'sim:nvme', change);
    expect(differences).toMatchObject([{ where: expect.stringContaining('STATUS'), seen: '0x0' }]);
  });

  it('of a line control register is no poll when it is written in between', async () => {
    const isControl = ({ kind, address, value }: TraceEvent) =>
      kind === TraceKind.Read && address === 3 && value === 0x13;
    const change = once(isControl, (event) => ({ ...event, value: 0x1b }));
    const { differences } = await played('uart-16550', 'sim:pci-serial', change);
    expect(differences).toMatchObject([{ where: 'LCR.PEN', expected: '0x1b', seen: '0x13' }]);
  });
});

it('tells an interrupt that never comes', async () => {
  const isMessage = ({ kind, space }: TraceEvent) => kind === TraceKind.Interrupt && space === 1;
  const change = once(isMessage, (event) => ({ ...event, address: 7 }));
  const { differences } = await played('nvme', 'sim:nvme', change);
  expect(differences.map(({ where, expected, seen }) => [where, expected, seen])).toContainEqual([
    'message of vector 7',
    'raised',
    'none',
  ]);
});
