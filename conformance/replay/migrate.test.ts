/** From Linux's recorded nvme driver to the sample: nothing unexplained; what is lost is seen. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { World } from '../../sim/kernel/world.ts';
import { openTrace } from '../../traces/files/trace-file.ts';
import { batched } from '../../traces/format/batch.ts';
import { type TraceEvent, TraceKind } from '../../traces/format/event.ts';
import type { PhaseVerdict } from '../../traces/migration/compare.ts';
import { builtIn } from '../cli/catalog.ts';
import { knownMigrations } from '../cli/known-differences.ts';
import { driverModule, loadDriver } from '../runner/load.ts';
import { targetEntry } from '../runner/plan.ts';
import { migrate } from './migrate.ts';

const LINUX = join(import.meta.dirname, '../../traces/corpus/nvme/linux.dyno');
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function recorded(): TraceEvent[] {
  const events: TraceEvent[] = [];
  for (const batch of openTrace(LINUX).batches()) {
    for (let at = 0; at < batch.length; at++) events.push(batch.eventAt(at));
  }
  return events;
}

async function migrated(old: readonly TraceEvent[]) {
  const target = await targetEntry(builtIn, 'sim:nvme').make({ onChild: () => {} });
  const { maps } = target.open(new World({ seed: 1, settle }));
  return migrate({
    old: () => batched(old),
    catalog: builtIn,
    driver: await loadDriver(driverModule(builtIn, 'nvme')),
    target,
    seed: 1,
    maps,
    explain: knownMigrations['nvme'],
    settle,
  });
}

const verdicts = (phases: readonly PhaseVerdict[]) =>
  Object.fromEntries(phases.map(({ phase, verdict }) => [phase, verdict]));

it('explains every difference between Linux and the sample', async () => {
  const { phases, problem } = await migrated(recorded());
  expect(problem).toBeUndefined();
  expect(verdicts(phases)).toEqual({
    probe: 'same',
    configure: 'explained',
    io: 'explained',
    error: 'not exercised',
    power: 'explained',
    shutdown: 'explained',
  });
  const io = phases.find(({ phase }) => phase === 'io');
  expect(io?.old.counts.blocks).toBe(io?.new.counts.blocks);
  expect(io?.old.ranges.length).toBeGreaterThan(5);
});

it('sees a register that the new driver does not set as the old one did', async () => {
  const CC = 0x14;
  const old = recorded().map((event) =>
    event.kind === TraceKind.Write && event.address === CC && event.value > 0x10_0000
      ? { ...event, value: event.value - 0x10_0000 }
      : event,
  );
  const { phases } = await migrated(old);
  expect(verdicts(phases)).toMatchObject({ configure: 'differs', shutdown: 'differs' });
  const open = phases.flatMap(({ differences }) => differences).filter(({ why }) => !why);
  expect(new Set(open.map(({ what }) => what))).toEqual(new Set(['CC']));
});

it('sees a command that only the old driver gives', async () => {
  const FORMAT = 0x80;
  const old = recorded();
  const at = old.findIndex(({ kind, space }) => kind === TraceKind.Command && space === 0);
  const other = { ...old[at]!, bytes: old[at]!.bytes!.with(0, FORMAT) };
  const { phases } = await migrated(old.toSpliced(at + 1, 0, other));
  expect(verdicts(phases)).toMatchObject({ configure: 'differs', io: 'explained' });
});
