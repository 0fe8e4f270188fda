/** What is known to differ, by device: where a trace plays the driver, and in a migration. */
import type { KnownDifferences } from '../../traces/replay/driver-player.ts';
import type { ExplainMigration } from '../../traces/migration/compare.ts';
import { nvmeMigration } from '../specs/nvme/migration.ts';
import { nvmeReplay } from '../specs/nvme/replay.ts';
import { uartReplay } from '../specs/uart-16550/replay.ts';

export const knownDifferences: Readonly<Record<string, KnownDifferences>> = {
  nvme: nvmeReplay,
  'uart-16550': uartReplay,
};

export const knownMigrations: Readonly<Record<string, ExplainMigration>> = { nvme: nvmeMigration };
