/**
 * The old driver's recording as the contract of the new one: the new one is asked for the same
 * work, recorded, and compared phase by phase.
 */
import type { CompiledMap } from '../../sim/registers/compile.ts';
import type { EventBatch } from '../../traces/format/batch.ts';
import {
  type ExplainMigration,
  type PhaseVerdict,
  compareMigration,
} from '../../traces/migration/compare.ts';
import { MigrationSummary, type NameCommand } from '../../traces/migration/summary.ts';
import type { Manifest } from '../../drivers-under-test/host/manifest.ts';
import type { Clause } from '../clause.ts';
import type { Catalog } from '../config.ts';
import type { Problem } from '../runner/diagnose.ts';
import { SIMPLE_IO, record } from '../runner/record.ts';
import type { Target } from '../target.ts';
import { doWork, nameNvmeCommand, workOf } from './nvme-work.ts';

export interface MigrateJob {
  /** Called twice: the recording is read for its work, and again to be compared. */
  readonly old: () => Iterable<EventBatch>;
  readonly catalog: Catalog;
  readonly driver: Manifest;
  readonly target: Target;
  readonly seed: number;
  readonly maps: ReadonlyMap<number, CompiledMap>;
  readonly explain: ExplainMigration | undefined;
  readonly settle: () => Promise<void>;
}

export interface Migration {
  readonly phases: readonly PhaseVerdict[];
  /** What went wrong with the new driver on the way. */
  readonly problem: Problem | undefined;
}

/** @throws TargetUnavailable */
export async function migrate(job: MigrateJob): Promise<Migration> {
  const { old, catalog, driver, target, seed, maps, settle } = job;
  const isNvme = target.device === 'nvme';
  const nameCommand: NameCommand = isNvme ? nameNvmeCommand : () => undefined;
  const before = new MigrationSummary(maps, nameCommand);
  for (const batch of old()) before.add(batch);
  const after = new MigrationSummary(maps, nameCommand);
  const { problem } = await record({
    catalog,
    driver,
    target,
    seed,
    clause: isNvme ? sameWork(old) : SIMPLE_IO,
    tool: 'dyno migrate',
    how: 'dyno migrate',
    date: '',
    settle,
    begin: () => {},
    take: (batch) => after.add(batch),
  });
  return { phases: compareMigration(before, after, job.explain), problem };
}

function sameWork(old: () => Iterable<EventBatch>): Clause {
  const work = workOf(old());
  return {
    ...SIMPLE_IO,
    id: 'same-work',
    text: 'The driver does the work that was recorded.',
    check: (scene) => doWork(scene, work),
  };
}
