/** Drivers run against recordings of themselves, and the first other way is named. */
import { describe, expect, it } from 'vitest';
import { World } from '../../sim/kernel/world.ts';
import { batched } from '../../traces/format/batch.ts';
import { type TraceEvent, TraceKind } from '../../traces/format/event.ts';
import type { TraceHeader } from '../../traces/format/header.ts';
import { builtIn } from '../cli/catalog.ts';
import { driverModule, loadDriver } from '../runner/load.ts';
import { targetEntry } from '../runner/plan.ts';
import { SIMPLE_IO, record } from '../runner/record.ts';
import { playDevice } from './play-device.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Recorded {
  readonly header: TraceHeader;
  readonly events: readonly TraceEvent[];
}

async function recorded(driverName: string, targetName: string): Promise<Recorded> {
  const events: TraceEvent[] = [];
  const made: { header?: TraceHeader } = {};
  await record({
    catalog: builtIn,
    driver: await loadDriver(driverModule(builtIn, driverName)),
    target: await targetEntry(builtIn, targetName).make({ onChild: () => {} }),
    seed: 1,
    clause: SIMPLE_IO,
    tool: 'test',
    how: 'test',
    date: '2026-01-01',
    settle,
    begin: (header) => (made.header = header),
    take: (batch) => {
      for (let at = 0; at < batch.length; at++) events.push(batch.eventAt(at));
    },
  });
  return { header: made.header!, events };
}

async function played({ header, events }: Recorded, driverName: string, targetName: string) {
  const target = await targetEntry(builtIn, targetName).make({ onChild: () => {} });
  const { maps } = target.open(new World({ seed: 1, settle }));
  const driver = await loadDriver(driverModule(builtIn, driverName));
  const trace = { header, batches: batched(events) };
  return playDevice(trace, { catalog: builtIn, driver, clause: SIMPLE_IO, maps, settle });
}

describe.each([
  ['edu', 'sim:edu'],
  ['nvme', 'sim:nvme'],
])('%s', (driver, target) => {
  it('does the same against the recording as it did with the device', async () => {
    const result = await played(await recorded(driver, target), driver, target);
    expect(result).toMatchObject({ divergence: undefined, problem: undefined });
    expect(result.answered).toBe(result.asked);
    expect(result.asked).toBeGreaterThan(30);
  });
});

/** The recorded driver did something else, or the recorded device answered something else. */
function changed(
  { header, events }: Recorded,
  fits: (event: TraceEvent) => boolean,
  change: (event: TraceEvent) => TraceEvent | undefined,
): Recorded {
  const at = events.findIndex(fits);
  const other = change(events[at]!);
  return { header, events: events.toSpliced(at, 1, ...(other === undefined ? [] : [other])) };
}

const isWrite = (offset: number) => (event: TraceEvent) =>
  event.kind === TraceKind.Write && event.address === offset;

describe('the first forced difference', () => {
  const CC = 0x14;
  const AQA = 0x24;

  it('is named to the field', async () => {
    const recording = await recorded('nvme', 'sim:nvme');
    const other = changed(recording, isWrite(CC), (event) => ({
      ...event,
      value: event.value + 0x10,
    }));
    const { divergence } = await played(other, 'nvme', 'sim:nvme');
    expect(divergence).toMatchObject({
      where: 'CC.CSS',
      expected: '0x460011',
      seen: '0x460001',
    });
  });

  it('is what the recorded driver did not do', async () => {
    const recording = await recorded('nvme', 'sim:nvme');
    const other = changed(recording, isWrite(AQA), () => undefined);
    const { divergence } = await played(other, 'nvme', 'sim:nvme');
    expect(divergence).toMatchObject({
      expected: expect.stringContaining('to ASQ'),
      seen: 'write of 0x1f001f to AQA',
    });
  });

  it('follows from another answer of the device', async () => {
    const recording = await recorded('nvme', 'sim:nvme');
    const isVersion = ({ kind, address }: TraceEvent) =>
      kind === TraceKind.BufferRead && address % 0x10 === 0;
    const other = changed(recording, isVersion, (event) => ({
      ...event,
      bytes: event.bytes?.with(14, 0x03) ?? new Uint8Array(),
    }));
    const { divergence } = await played(other, 'nvme', 'sim:nvme');
    expect(divergence).toBeDefined();
  });
});
